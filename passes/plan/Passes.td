// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_PASSES_PLAN_PASSES_TD
#define NIELLO_PASSES_PLAN_PASSES_TD

include "mlir/Pass/PassBase.td"

def CallStencils : Pass<"call-stencils"> {
  let summary = "Call the kernels that Halide compiled with Niello";
  let description = [{
    ```
    model.resize linear %x ...   ->   places, weights: tables of each axis
                                      kernel.stencil "resize_2" slices(%x) tables(...)
    ```
    What coordinates, modes and edges decide is in the tables, small tensors
    that compiled code makes, so that few stencils serve all variants and any
    sizes.
    - Needs: `model` ops on tensors; a target that runtime/image is compiled
      for, which is any x86-64.
    - Leaves: ops without a stencil for their element type or mode, to loops.
    - Order: before `lower-model-to-linalg`; what it leaves around a stencil
      fuses as other operations do.
    - Float: a resize and a mean sum an axis at a time instead of over all taps
      at once: within (taps of all axes + 2) epsilon times the sum of |weight
      element|. Grid samples and regions are equal to the bit.
  }];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::linalg::LinalgDialect",
    "mlir::math::MathDialect", "mlir::scf::SCFDialect",
    "mlir::tensor::TensorDialect", "niello::kernel::KernelDialect"
  ];
}

def PlanKernels : Pass<"plan-kernels"> {
  let summary = "Write cost and tiles on each kernel";
  let description = [{
    ```
    kernel.gemm "fc1" ...   ->   kernel.gemm "fc1" ... flops "150994944"
                                     bytes "3348480" tiles [8, 48]
    ```
    `flops` counts arithmetic, a transcendental function as twenty; `bytes` is
    what goes in and out once. A size that is known at run time only stands in
    the product by the name that the model's inputs have for it, or as a `?`. `tiles` is rows and columns of the register tile.
    - Needs: kernels, made by `fuse-kernels`.
    - Leaves: kernels that already have tiles keep them; one with a stencil
      whose work follows from data has no `flops`.
    - Order: before `outline-kernels`, which moves the attributes to functions.
    - Float: no change.
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "int64_t", "512",
           "Width of a vector register">,
    Option<"registers", "registers", "int64_t", "32",
           "Number of vector registers">,
    Option<"dotsBytes", "dots-bytes", "bool", "false",
           "The target has vpdpbusd in vectors of this width">,
  ];
}

def PackGemmWeights : Pass<"pack-gemm-weights", "mlir::ModuleOp"> {
  let summary = "Let the compiler pack the weights of contractions";
  let description = [{
    ```
    kernel.gemm ins(x, load_weight @w) { x w }
      ->
    kernel.gemm ins(x, load_weight @packed_0) { x (w, read in panels) }
    weight @packed_0 program(@pack_..) of [@w]
    ```
    Columns of the result lie in panels of 16, which every level reads as one or
    more vectors; rows, of a convolution say, in panels as high as the tile.
    Bytes that are summed in i32 lie in words of four along the depth.
    Inside a panel the depth is the outer dimension. The generator reads panels
    as they lie and packs nothing at run time.
    - Needs: kernels with tiles, from `plan-kernels`; weights are loaded outside
      of kernels.
    - Leaves: a weight that anything else reads, above 64 MB, of fewer columns
      or rows than a panel has, or that panels would make a quarter larger;
      contractions that the generator leaves to loops.
    - Order: after `plan-kernels`; before `outline-kernels`, so that the plan
      shows what is read.
    - Float: no change: the order of the sum stays.
  }];
  let dependentDialects = [
    "mlir::func::FuncDialect", "mlir::linalg::LinalgDialect",
    "mlir::tensor::TensorDialect", "niello::model::ModelDialect"
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
    Kernels of one structure, whatever their names, become one function. Where
    only numbers in their arithmetic differ, as scales of layers do, these are
    passed to it.
    - Needs: kernels; nothing is captured, so a body moves as it is.
    - Leaves: no kernel op. Every empty tensor that is written to is one of its
      own afterwards, in kernels and in their callers: shared ones would make
      bufferisation copy them.
    - Order: last on tensors, just before bufferisation. No `cse` in between: it
      would share the empty tensors again.
    - Float: no change.
  }];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::func::FuncDialect"];
}

def OutlineLoops : Pass<"outline-loops", "mlir::ModuleOp"> {
  let summary = "Turn the fills and copies of an entry into functions";
  let description = [{
    ```
    linalg.fill ins(%zero) outs(%a)   ->   func.func private @loops_0_Pad(%a) { .. }
                                           call @loops_0_Pad(%a)
    ```
    An entry of a thousand nodes has hundreds of such loops, whose bounds are
    formulas over the sizes of its inputs. LLVM's analyses carry each formula
    into each loop; a function's arguments end that. Equal loops become one
    function.
    - Needs: buffers.
    - Leaves: loops over 64 elements and fewer, of known sizes; what private
      functions do, which are kernels and the bodies of parallel loops.
    - Order: after bufferisation, which makes the copies; before linalg becomes
      loops.
    - Float: no change.
  }];
  let dependentDialects = ["mlir::func::FuncDialect"];
}

def PlanArena : Pass<"plan-arena", "mlir::ModuleOp"> {
  let summary = "Give every buffer a place in one arena, or memory of the runtime";
  let description = [{
    ```
    %a = memref.alloc(%n) : memref<?xf32>   ->   %arena = niello_rt_arena(total) at the top
                                                 %a = memref.view %arena[offset][%n]
    ```
    Buffers whose lives do not overlap share memory: those of constant size by
    offset, those of a size in symbols by slots as large as the largest. A size
    that depends on data, and a buffer that a loop carries on, come from
    `niello_rt_alloc` where they stand; they go back after their last use where
    that is in sight, else at the end of the call. A function that is not an
    entry has a frame of its own: on the stack up to 4 KB, else from the runtime.

    - Needs: memrefs; the entry marked `model.entry`.
    - Leaves: no `memref.alloc`, no `memref.dealloc`.
    - Order: after bufferisation and `lower-forall`, whose bodies are functions
      with frames of their own; before `add-context`, which the calls wait for.
    - Float: changes nothing.
  }];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::func::FuncDialect", "mlir::LLVM::LLVMDialect",
    "mlir::memref::MemRefDialect"
  ];
}

#endif // NIELLO_PASSES_PLAN_PASSES_TD
