// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_RANDOMOPS
#define NIELLO_DIALECTS_MODEL_RANDOMOPS

include "dialects/model/ModelBase.td"

def Model_RandomOp : Model_TensorOp<"random", [AttrSizedOperandSegments]> {
  let summary = "result[i] = a number drawn by a counter: seed and i decide it";
  let description = [{
    - `uniform`: in [first, second);
    - `normal`: of mean `first` and deviation `second`;
    - `bernoulli`: 1 with the `probability` of its place, else 0.

    Philox4x32-10 over the place's number, so that the same seed gives the same
    numbers on every machine.
    - C1: there is one operand in `sizes` for each dynamic size of the result.
    - C2: `probability` goes with bernoulli and has the result's shape.
    - C3: uniform and normal give floats.
    ```mlir
    %r = model.random normal seed 7 first 0.0 second 1.0 sizes(%n) : tensor<?x4xf32>
    ```
  }];
  let arguments = (ins RandomKind:$kind, SizeAttr:$seed, RealAttr:$first,
                       RealAttr:$second, Optional<FloatTensor>:$probability,
                       Variadic<Index>:$sizes);
  let results = (outs ModelTensor:$result);
  let assemblyFormat = [{
    $kind `seed` $seed `first` $first `second` $second
    (`probability` $probability^ `:` type($probability))?
    (`sizes` `(` $sizes^ `)`)? attr-dict `:` type($result)
  }];
  let builders = [
    OpBuilder<(ins "RandomKind":$kind, "int64_t":$seed, "double":$first,
                   "double":$second,
                   "::llvm::ArrayRef<::mlir::OpFoldResult>":$sizes,
                   "::mlir::Type":$element)>,
    // bernoulli
    OpBuilder<(ins "int64_t":$seed, "::mlir::Value":$probability,
                   "::llvm::ArrayRef<::mlir::OpFoldResult>":$sizes,
                   "::mlir::Type":$element)>];
  let hasVerifier = 1; // C1 to C3
}

#endif // NIELLO_DIALECTS_MODEL_RANDOMOPS
