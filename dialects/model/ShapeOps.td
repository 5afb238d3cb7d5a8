// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_SHAPEOPS
#define NIELLO_DIALECTS_MODEL_SHAPEOPS

include "dialects/model/ModelBase.td"

def Model_BroadcastOp : Model_TensorOp<"broadcast"> {
  let summary = "result[.., i, j] = input[i or 0, j or 0]";
  let description = [{
    Stretches `input` to the result's shape; dimensions are aligned at the
    right. A size of 1 stretches to any size. Where sizes are only known at run
    time, one that is neither 1 nor the result's stops the run.
    - C1: the result has at least the rank of the operand.
    - C2: there is one operand in `sizes` for each dynamic size of the result.
    - C3: a static operand size is 1 or equals the result's static size.
    - C4: both have the same element type.
    ```mlir
    %b = model.broadcast %x sizes(%n) : tensor<1x4xf32> -> tensor<?x4xf32>
    ```
  }];
  let arguments = (ins ModelTensor:$input, Variadic<Index>:$sizes);
  let results = (outs ModelTensor:$result);
  let assemblyFormat = [{
    $input (`sizes` `(` $sizes^ `)`)? attr-dict `:`
    type($input) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input,
      "::llvm::ArrayRef<::mlir::OpFoldResult>":$sizes)>];
  let extraClassDeclaration = [{
    /// All sizes of the result, static ones as attributes.
    ::llvm::SmallVector<::mlir::OpFoldResult> getMixedSizes();
  }];
  let hasVerifier = 1; // C1 to C4
  let hasFolder = 1;   // the same static shape
}

#endif // NIELLO_DIALECTS_MODEL_SHAPEOPS
