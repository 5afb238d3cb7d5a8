// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_CONVOPS
#define NIELLO_DIALECTS_MODEL_CONVOPS

include "dialects/model/ModelBase.td"

defvar Sizes = DefaultValuedAttr<DenseI64ArrayAttr, "{}">;

def Model_ConvOp : Model_InferredOp<"conv", [AttrSizedOperandSegments]> {
  let summary = "result[b,m,o] = bias[m] + sum_{c,k} input[b,c,o*s+k*d-p] weight[m,c,k]";
  let description = [{
    `input` is [B, C, ...], `weight` [M, C / groups, ...], `result` [B, M, ...]
    with 1 to 3 spatial dimensions or more. `strides` and `dilations` have one
    number a spatial dimension and are 1 where left out; `pads` has all begins,
    then all ends, and is 0 where left out. A `pad` rule computes pads that make
    the result's size ceil(size / stride), an odd one more at the end
    (same_upper) or at the beginning (same_lower). 16-bit floats are summed in
    f32, integers below 32 bits in i32; padding counts as the zero point.
    - C1: `input` and `weight` have one rank, 3 or more.
    - C2: strides and dilations are 1 or more, pads 0 or more, and there are as
      many as the spatial dimensions want.
    - C3: `groups` divides M, and C is groups times the weight's second size.
    - C4: `bias` is [M].
    - C5: both are floats of one type or both integers; zero points go with
      integers, have their operand's element type and broadcast to it.
    - C6: pads are given only without a pad rule.
    ```mlir
    %y = model.conv %x, %w bias %b {pads = array<i64: 1, 1>} : (tensor<1x4x8xf32>, tensor<6x4x3xf32>, tensor<6xf32>) -> tensor<1x6x8xf32>
    ```
  }];
  let arguments = (ins ModelTensor:$input, ModelTensor:$weight,
                       Optional<ModelTensor>:$bias,
                       Optional<IntegerTensor>:$input_zero,
                       Optional<IntegerTensor>:$weight_zero,
                       Sizes:$strides, Sizes:$dilations, Sizes:$pads,
                       DefaultValuedAttr<SizeAttr, "1">:$groups,
                       DefaultValuedAttr<PadRule, "PadRule::Explicit">:$pad,
                       DefaultValuedAttr<BoolAttr, "true">:$signed_input,
                       DefaultValuedAttr<BoolAttr, "true">:$signed_weight);
  let results = (outs ModelTensor:$result);
  let assemblyFormat = [{
    $input `,` $weight (`bias` $bias^)? (`zeros_input` $input_zero^)?
    (`zeros_weight` $weight_zero^)? (`pad` $pad^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // C1 to C6
}

def Model_ConvTransposeOp
    : Model_InferredOp<"conv_transpose"> {
  let summary = "result[b,m,o] = bias[m] + sum_{c,k,t: t*s+k*d-p = o} input[b,c,t] weight[c,m,k]";
  let description = [{
    `input` is [B, C, ...], `weight` [C, M / groups, ...], `result` [B, M, ...].
    A spatial size is s * (size - 1) + output_padding + d * (k - 1) + 1 - pads.
    With `output_shape` the pads follow from it; with a `pad` rule it is
    s * size. Pads that follow have an odd one more at the end for same_upper,
    at the beginning otherwise.
    - C1: `input` and `weight` have one rank, 3 or more.
    - C2: strides and dilations are 1 or more, pads and output_padding 0 or
      more, and there are as many as the spatial dimensions want.
    - C3: `groups` divides C, and C is the weight's first size.
    - C4: `bias` is [M].
    - C5: input, weight and bias are floats of one type.
    ```mlir
    %y = model.conv_transpose %x, %w {strides = array<i64: 2>} : (tensor<1x4x8xf32>, tensor<4x6x3xf32>) -> tensor<1x6x17xf32>
    ```
  }];
  let arguments = (ins FloatTensor:$input, FloatTensor:$weight,
                       Optional<FloatTensor>:$bias, Sizes:$strides,
                       Sizes:$dilations, Sizes:$pads, Sizes:$output_padding,
                       Sizes:$output_shape,
                       DefaultValuedAttr<SizeAttr, "1">:$groups,
                       DefaultValuedAttr<PadRule, "PadRule::Explicit">:$pad);
  let results = (outs FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $weight (`bias` $bias^)? (`pad` $pad^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // C1 to C5
}

#endif // NIELLO_DIALECTS_MODEL_CONVOPS
