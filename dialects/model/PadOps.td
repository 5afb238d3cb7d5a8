// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_PADOPS
#define NIELLO_DIALECTS_MODEL_PADOPS

include "dialects/model/ModelBase.td"

def Model_PadOp : Model_TensorOp<"pad", [AttrSizedOperandSegments]> {
  let summary = "result[i] = input[i - low], and outside a constant, a mirror, the edge or a repetition";
  let description = [{
    A negative pad takes elements away, before others are added. `reflect` does
    not repeat the edge.
    - C1: there is a low and a high pad for each dimension.
    - C2: a `value` of the element type is given for `constant` and only there.
    ```mlir
    %y = model.pad reflect %x low [0, %n] high [0, -1] : tensor<2x?xf32> -> tensor<2x?xf32>
    ```
  }];
  let arguments = (ins PadKind:$kind, ModelTensor:$input,
                       Optional<AnyType>:$value, Variadic<Index>:$low,
                       Variadic<Index>:$high, DenseI64ArrayAttr:$static_low,
                       DenseI64ArrayAttr:$static_high);
  let results = (outs ModelTensor:$result);
  let assemblyFormat = [{
    $kind $input (`value` $value^ `:` type($value))?
    `low` custom<DynamicIndexList>($low, $static_low)
    `high` custom<DynamicIndexList>($high, $static_high) attr-dict
    `:` type($input) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "PadKind":$kind, "::mlir::Value":$input,
      "::llvm::ArrayRef<::mlir::OpFoldResult>":$low,
      "::llvm::ArrayRef<::mlir::OpFoldResult>":$high,
      CArg<"::mlir::Value", "{}">:$value)>];
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::mlir::OpFoldResult> getMixedLow();
    ::llvm::SmallVector<::mlir::OpFoldResult> getMixedHigh();
  }];
  let hasVerifier = 1; // C1, C2
}

#endif // NIELLO_DIALECTS_MODEL_PADOPS
