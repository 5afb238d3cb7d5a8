// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_PASSES_LOWER_PASSES
#define NIELLO_PASSES_LOWER_PASSES

include "mlir/Pass/PassBase.td"

def LowerCheck : Pass<"lower-check"> {
  let summary = "Write assertions of test IR out as loops that check";
  let description = [{
    ```
    check.equal %a, %b   ->   scf.for over all places: model.require %a[i] == %b[i]
    ```
    - Needs: `check` ops on tensors.
    - Leaves: everything that is not a `check` op.
    - Order: before bufferisation, which does not know the ops.
    - Float: compares, changes nothing.
  }];
  let dependentDialects = [
    "arith::ArithDialect", "math::MathDialect", "model::ModelDialect",
    "scf::SCFDialect", "tensor::TensorDialect"
  ];
}

def LowerModelToLinalg : Pass<"lower-model-to-linalg"> {
  let summary = "Write every model op out in upstream ops, the plain way";
  let description = [{
    ```
    model.matmul %a, %b   ->   linalg.generic: acc + a[m, k] * b[k, n]
    ```
    Each op by its own plain lowering: what the op means, for any shape and type.
    - Needs: `model` ops on tensors.
    - Leaves: `model.load_weight` and `model.require`, for bufferisation, and
      the weights.
    - Order: before bufferisation; after the passes that recognise blocks, which
      need the ops whole.
    - Float: sums in the order of the loops, 16-bit floats in f32.
  }];
  let dependentDialects = [
    "arith::ArithDialect", "linalg::LinalgDialect", "math::MathDialect",
    "scf::SCFDialect", "tensor::TensorDialect"
  ];
}

#endif // NIELLO_PASSES_LOWER_PASSES
