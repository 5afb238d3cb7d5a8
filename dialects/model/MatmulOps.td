// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_MATMULOPS
#define NIELLO_DIALECTS_MODEL_MATMULOPS

include "dialects/model/ModelBase.td"

def Model_MatmulOp : Model_InferredOp<"matmul", [AttrSizedOperandSegments]> {
  let summary = "result[b,m,n] = sum_k (lhs[b,m,k] - lhs_zero) (rhs[b,k,n] - rhs_zero)";
  let description = [{
    The leading dimensions broadcast as in NumPy. 16-bit floats are summed in
    f32; integers below 32 bits give i32; integers wrap.
    - C1: both operands have rank 2 or more.
    - C2: the last size of `lhs` equals the last but one of `rhs`.
    - C3: leading sizes are equal or 1.
    - C4: the operands are both floats of one type or both integers.
    - C5: a zero point goes with integers, has its operand's element type and
      broadcasts to its operand.
    ```mlir
    %y = model.matmul %a, %b : (tensor<2x3x4xf32>, tensor<4x5xf32>) -> tensor<2x3x5xf32>
    ```
  }];
  let arguments = (ins ModelTensor:$lhs, ModelTensor:$rhs,
                       Optional<IntegerTensor>:$lhs_zero,
                       Optional<IntegerTensor>:$rhs_zero,
                       DefaultValuedAttr<BoolAttr, "true">:$signed_lhs,
                       DefaultValuedAttr<BoolAttr, "true">:$signed_rhs);
  let results = (outs ModelTensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs (`zeros_lhs` $lhs_zero^)? (`zeros_rhs` $rhs_zero^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs), [{
    build($_builder, $_state, lhs, rhs, Value(), Value());
  }]>];
  let hasVerifier = 1; // C1 to C5
}

#endif // NIELLO_DIALECTS_MODEL_MATMULOPS
