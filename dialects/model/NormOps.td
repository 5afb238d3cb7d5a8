// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_NORMOPS
#define NIELLO_DIALECTS_MODEL_NORMOPS

include "dialects/model/ModelBase.td"

def Model_NormOp : Model_InferredOp<"norm", [AttrSizedOperandSegments]> {
  let summary = "result = (input - mean) / sqrt(variance + epsilon) * scale + bias";
  let description = [{
    The kind says which elements share a mean and a variance:
    - `layer`: those of the dimensions from `axis` on; `rms` the same with a mean
      of 0, so that the variance is the mean square;
    - `group`: those of one batch entry and one of `groups` runs of channels;
    - `instance`: those of one batch entry and one channel;
    - `batch`: given as operands, one a channel.

    Statistics are taken in f32 for 16-bit floats. With `statistics` there are
    two more results in that type, size 1 where reduced: the mean and
    1 / sqrt(variance + epsilon); `layer` and `rms` only.
    - C1: `axis` is in [0, rank) for `layer` and `rms`.
    - C2: the other kinds need rank 2 or more: [B, C, ...].
    - C3: `scale` and `bias` broadcast to the input for `layer` and `rms`, and
      are [C] for the other kinds.
    - C4: `mean` and `variance` are given, as [C], for `batch` and only for it.
    - C5: `groups` divides C, and is 1 for every kind but `group`.
    - C6: the number of results is 1, or 3 with `statistics`.
    ```mlir
    %y = model.norm layer %x scale %s bias %b axis 2 epsilon 1.0e-05 : (tensor<2x3x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x3x4xf32>
    ```
  }];
  let arguments = (ins NormKind:$kind, FloatTensor:$input,
                       Optional<FloatTensor>:$scale, Optional<FloatTensor>:$bias,
                       Optional<FloatTensor>:$mean,
                       Optional<FloatTensor>:$variance,
                       DefaultValuedAttr<SizeAttr, "0">:$axis,
                       RealAttr:$epsilon,
                       DefaultValuedAttr<SizeAttr, "1">:$groups,
                       UnitAttr:$statistics);
  let results = (outs FloatTensor:$result, Variadic<FloatTensor>:$shared);
  let assemblyFormat = [{
    $kind $input (`scale` $scale^)? (`bias` $bias^)? (`mean` $mean^)?
    (`variance` $variance^)? (`axis` $axis^)? `epsilon` $epsilon
    (`groups` $groups^)? (`statistics` $statistics^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let builders = [
    // layer and rms
    OpBuilder<(ins "NormKind":$kind, "::mlir::Value":$input,
                   "::mlir::Value":$scale, "::mlir::Value":$bias,
                   "int64_t":$axis, "double":$epsilon,
                   CArg<"bool", "false">:$statistics)>,
    // group and instance
    OpBuilder<(ins "NormKind":$kind, "::mlir::Value":$input, "int64_t":$groups,
                   "::mlir::Value":$scale, "::mlir::Value":$bias,
                   "double":$epsilon)>,
    // batch
    OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$scale,
                   "::mlir::Value":$bias, "::mlir::Value":$mean,
                   "::mlir::Value":$variance, "double":$epsilon)>];
  let hasVerifier = 1; // C1 to C6
}

#endif // NIELLO_DIALECTS_MODEL_NORMOPS
