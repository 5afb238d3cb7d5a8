// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_POOLOPS
#define NIELLO_DIALECTS_MODEL_POOLOPS

include "dialects/model/ConvOps.td"

def Model_PoolOp : Model_InferredOp<"pool"> {
  let summary = "result[b,c,o] = max, mean or p-norm over k of input[b,c,o*s+k*d-p]";
  let description = [{
    Strides, dilations, pads and the `pad` rule are those of `model.conv`; with
    `ceil_mode` a last window may reach past the end, but must start before it.
    Padding is no element: it is never the greatest, adds nothing and counts in
    a mean only with `count_include_pad`, up to the padded end.
    With `indices` (`max` only) there is a second result, i64: the place of the
    greatest element, the first of equals, numbered over the whole input, row
    major, or with `column_major` the first spatial dimension fastest.
    - C1: `input` has rank 3 or more and `kernel` a size of 1 or more for each
      spatial dimension.
    - C2: strides and dilations are 1 or more, pads 0 or more, and there are as
      many as the spatial dimensions want.
    - C3: average and lp need floats; `p` is 1 or more.
    - C4: there are two results with `indices`, which goes with max, else one.
    ```mlir
    %y = model.pool max %x kernel [2, 2] {strides = array<i64: 2, 2>} : (tensor<1x4x8x8xf32>) -> tensor<1x4x4x4xf32>
    ```
  }];
  let arguments = (ins PoolKind:$kind, ModelTensor:$input,
                       DenseI64ArrayAttr:$kernel, Sizes:$strides,
                       Sizes:$dilations, Sizes:$pads,
                       DefaultValuedAttr<PadRule, "PadRule::Explicit">:$pad,
                       UnitAttr:$ceil_mode, UnitAttr:$count_include_pad,
                       DefaultValuedAttr<SizeAttr, "2">:$p, UnitAttr:$indices,
                       UnitAttr:$column_major,
                       DefaultValuedAttr<BoolAttr, "true">:$is_signed);
  let results = (outs ModelTensor:$result, Variadic<IntegerTensor>:$places);
  let assemblyFormat = [{
    $kind $input `kernel` $kernel (`pad` $pad^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // C1 to C4
}

#endif // NIELLO_DIALECTS_MODEL_POOLOPS
