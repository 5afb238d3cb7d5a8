// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_ACTIVATIONOPS
#define NIELLO_DIALECTS_MODEL_ACTIVATIONOPS

include "dialects/model/ModelBase.td"

def Model_GeluOp : Model_InferredOp<"gelu"> {
  let summary = "result = input P(normal variable <= input), element by element";
  let description = [{
    `approximate` says how the probability is computed:
    - `none`: (1 + erf(x / sqrt 2)) / 2;
    - `tanh`: (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.

    16-bit floats are computed in f32 and rounded once: in their own steps
    nothing is left of 1 + erf(x) below -3.
    - C1: `result` has the element type, the rank and the sizes of `input`.
    ```mlir
    %y = model.gelu %x approximate tanh : (tensor<2x3xf32>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins FloatTensor:$input, Approximation:$approximate);
  let results = (outs FloatTensor:$result);
  let assemblyFormat = [{
    $input `approximate` $approximate attr-dict
    `:` functional-type(operands, results)
  }];
}

#endif // NIELLO_DIALECTS_MODEL_ACTIVATIONOPS
