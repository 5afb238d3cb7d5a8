// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_PASSES_PLAN_PASSES_TD
#define NIELLO_PASSES_PLAN_PASSES_TD

include "mlir/Pass/PassBase.td"

def PlanKernels : Pass<"plan-kernels"> {
  let summary = "Write cost and tiles on each kernel";
  let description = [{
    ```
    kernel.gemm "fc1" ...   ->   kernel.gemm "fc1" ... flops "150994944"
                                     bytes "3348480" tiles [8, 48]
    ```
    `flops` counts arithmetic, a transcendental function as twenty; `bytes` is
    what goes in and out once. A size that is known at run time only is a `?`
    in the product. `tiles` is rows and columns of the register tile.
    - Needs: kernels, made by `fuse-kernels`.
    - Leaves: kernels that already have tiles keep them.
    - Order: before `outline-kernels`, which moves the attributes to functions.
    - Float: no change.
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "int64_t", "512",
           "Width of a vector register">,
    Option<"registers", "registers", "int64_t", "32",
           "Number of vector registers">,
  ];
}

def OutlineKernels : Pass<"outline-kernels", "mlir::ModuleOp"> {
  let summary = "Turn each kernel into a function, equal ones into one";
  let description = [{
    ```
    y = kernel.gemm "fc1" ins(x, w) outs(e) { .. }   ->
      func.func private @kernel_0_fc1(x, w, e) { .. }
      y = call @kernel_0_fc1(x, w, e)
    ```
    Kernels of one structure, whatever their names, become one function.
    - Needs: kernels; nothing is captured, so a body moves as it is.
    - Leaves: no kernel op. Every empty tensor that is written to is one of its
      own afterwards, in kernels and in their callers: shared ones would make
      bufferisation copy them.
    - Order: last on tensors, just before bufferisation. No `cse` in between: it
      would share the empty tensors again.
    - Float: no change.
  }];
  let dependentDialects = ["mlir::func::FuncDialect"];
}

#endif // NIELLO_PASSES_PLAN_PASSES_TD
