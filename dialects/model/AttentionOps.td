// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_ATTENTIONOPS
#define NIELLO_DIALECTS_MODEL_ATTENTIONOPS

include "dialects/model/ModelBase.td"

def Model_AttentionOp
    : Model_InferredOp<"attention", [AttrSizedOperandSegments]> {
  let summary = "Softmax attention: softmax(softcap(scale * Q K^T) + mask) V";
  let description = [{
    `softcap` c above 0 turns a score x into c tanh(x / c). A query at t stands
    at position p = t + offset, where `offset` is one number or one a batch
    entry, 0 where left out. It sees the key at s unless
    - `causal` and s > p;
    - `left` is 0 or more and s < p - left, or `right` so and s > p + right;
    - s is not below the `lengths` of its batch entry;
    - the `mask` is false there; a mask of floats is added to the scores.

    A sink adds e to its power to what its head's rows are divided by. A query
    that sees nothing gives 0. Scores and sums are f32 for 16-bit floats.

    With `hidden` h a key that is not seen has the score h instead, and a row is
    its softmax even where nothing is seen: NaN where all of it is -infinity.
    - C1: `query` is [B,H,T,D], `key` [B,G,S,D], `value` [B,G,S,E], `result`
      [B,H,T,E].
    - C2: G divides H; query head h reads key head h / (H / G).
    - C3: query, key and value are floats of one type.
    - C4: `mask` is of floats or i1 and broadcasts to [B,H,T,S].
    - C5: `offset` is a scalar or [B], and `lengths` is [B].
    - C6: `sinks` is [H] of floats.
    ```mlir
    %o = model.attention %q, %k, %v scale 0.125 {causal} : (tensor<1x8x?x64xf32>, tensor<1x2x?x64xf32>, tensor<1x2x?x64xf32>) -> tensor<1x8x?x64xf32>
    ```
  }];
  let arguments = (ins FloatTensor:$query, FloatTensor:$key, FloatTensor:$value,
                       Optional<ModelTensor>:$mask,
                       Optional<IntegerTensor>:$offset,
                       Optional<IntegerTensor>:$lengths,
                       Optional<FloatTensor>:$sinks, RealAttr:$scale,
                       DefaultValuedAttr<RealAttr, "0.0">:$softcap,
                       UnitAttr:$causal,
                       DefaultValuedAttr<SizeAttr, "-1">:$left,
                       DefaultValuedAttr<SizeAttr, "-1">:$right,
                       OptionalAttr<RealAttr>:$hidden);
  let results = (outs FloatTensor:$result);
  let assemblyFormat = [{
    $query `,` $key `,` $value (`mask` $mask^)? (`offset` $offset^)?
    (`lengths` $lengths^)? (`sinks` $sinks^)? `scale` $scale attr-dict
    `:` functional-type(operands, results)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$query, "::mlir::Value":$key,
      "::mlir::Value":$value, "::mlir::Value":$mask, "double":$scale,
      CArg<"bool", "false">:$causal)>];
  let hasVerifier = 1; // C1 to C6
}

def Model_RopeOp : Model_InferredOp<"rope"> {
  let summary = "result = input with pairs (a, b) turned to (a cos - b sin, b cos + a sin)";
  let description = [{
    The last dimension's first R elements are R / 2 pairs: i and i + R / 2, or 2i
    and 2i + 1 with `interleaved`. The rest stays. R is twice the last size of
    `cos`.
    - C1: `cos` and `sin` have one static last size, at most half the input's,
      and broadcast to the input off the last dimension.
    - C2: the three have one element type.
    ```mlir
    %y = model.rope %x, %c, %s : (tensor<1x2x3x8xf32>, tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<1x2x3x8xf32>
    ```
  }];
  let arguments = (ins FloatTensor:$input, FloatTensor:$cos, FloatTensor:$sin,
                       UnitAttr:$interleaved);
  let results = (outs FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $cos `,` $sin attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // C1, C2
}

#endif // NIELLO_DIALECTS_MODEL_ATTENTIONOPS
