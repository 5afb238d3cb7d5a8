// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_CUMULATIVEOPS
#define NIELLO_DIALECTS_MODEL_CUMULATIVEOPS

include "dialects/model/ModelBase.td"

def Model_CumulativeOp : Model_InferredOp<"cumulative"> {
  let summary = "result[i] = sum or product of input[j] for j <= i along an axis";
  let description = [{
    With `exclusive` for j < i; with `reverse` from the other end. 16-bit floats
    are accumulated in f32.
    - C1: `axis` is in [0, rank).
    ```mlir
    %y = model.cumulative sum %x axis 1 {reverse} : (tensor<2x3xf32>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins CumulativeKind:$kind, ModelTensor:$input, SizeAttr:$axis,
                       UnitAttr:$exclusive, UnitAttr:$reverse);
  let results = (outs ModelTensor:$result);
  let assemblyFormat = [{
    $kind $input `axis` $axis attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // C1
}

#endif // NIELLO_DIALECTS_MODEL_CUMULATIVEOPS
