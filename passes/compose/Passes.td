// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_PASSES_COMPOSE_PASSES_TD
#define NIELLO_PASSES_COMPOSE_PASSES_TD

include "mlir/Pass/PassBase.td"

def OutlineWeightPrograms : Pass<"outline-weight-programs", "::mlir::ModuleOp"> {
  let summary = "Split off what depends on weights alone, for the compiler to run";
  let description = [{
    ```
    t = transpose(load_weight @w); y = x t
      ->
    y = x load_weight(@folded_0)
    weight @folded_0 program(@program_0) of [@w]
    @weight_programs { weight @w file ...; @program_0(w) { transpose(w) } }
    ```
    Equal programs are one function, whatever weights they are run on.
    - Needs: `model` and upstream operations on tensors, in entries.
    - Leaves: results above 64 MB; what would make the file more than 1 MB
      larger, such as a dequantised weight; more than a few seconds of work;
      views and broadcasts, which cost their reader nothing; random tensors,
      loops whose trips depend on data; what stands in branches and loops,
      because a check in it may fail that the model never reaches; work on
      constants without a weight, of which there is little.
    - Order: at the end of the stage `packed`, when formats are chosen; before
      the lowering to loops, so that programs can be read.
    - Float: no change against the plain path, which programs are compiled by.
  }];
  let dependentDialects = [
    "::mlir::func::FuncDialect", "::niello::model::ModelDialect"
  ];
}

def SplitZeroPoints : Pass<"split-zero-points"> {
  let summary = "A product of bytes without zero points, and what corrects it";
  let description = [{
    ```
    sum_k (a - p) (b - q)   ->   sum_k a b - p (sum_k b - K q) - q sum_k a
    ```
    Of the product that is left, the first factor has no sign and the second
    one has, which is what processors multiply: bytes of the other kind have
    their highest bit flipped and their zero point moved by 128. The sums of
    weights are programs that the compiler runs; those of the first factor are
    taken only where q is not 0.
    - Needs: `model.matmul` on bytes.
    - Leaves: zero points that differ along the sum; wider integers.
    - Order: after all that makes products of integers; before
      `outline-weight-programs`, which splits off the sums of weights.
    - Float: none; integers wrap on both sides alike.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::tensor::TensorDialect", "::niello::model::ModelDialect"
  ];
}

#endif // NIELLO_PASSES_COMPOSE_PASSES_TD
