// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_PASSES_LOWER_PASSES
#define NIELLO_PASSES_LOWER_PASSES

include "mlir/Pass/PassBase.td"

def CleanUp : Pass<"clean-up"> {
  let summary = "Bring all to canonical form and compute each thing once";
  let description = [{
    ```
    a = x + y : "first";  b = x + y : "second"   ->   a = x + y : "first", "second"
    ```
    - Needs: nothing.
    - Leaves: MLIR's canonical forms, common subexpressions once. An operation has
      the names of the nodes whose last operation it replaces, too.
    - Order: behind whatever leaves work for it.
    - Float: changes nothing.
  }];
}

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

def CopyReturnedSlices : Pass<"copy-returned-slices", "mlir::func::FuncOp"> {
  let summary = "Copy slices that a function returns";
  let description = [{
    ```
    return (extract_slice %x)   ->   return (linalg.copy (extract_slice %x))
    ```
    - Needs: tensors.
    - Leaves: results that are no slices.
    - Order: before bufferisation, which takes a view of run-time strides and
      offset 0 for a dense buffer and casts it where a function returns it.
    - Float: no change.
  }];
  let dependentDialects = ["mlir::linalg::LinalgDialect",
                           "mlir::tensor::TensorDialect"];
}

def DecomposeTensors : Pass<"decompose-tensors"> {
  let summary = "Write tensor ops without a buffer form as ops that have one";
  let description = [{
    ```
    tensor.concat %a, %b   ->   insert_slice %b into (insert_slice %a into empty)
    tensor.pad, linalg.softmax, linalg.pack, linalg.unpack likewise
    ```
    - Needs: ops on tensors.
    - Leaves: everything else.
    - Order: before bufferisation; after the passes that recognise softmax.
    - Float: softmax subtracts the maximum of the row first, as ever.
  }];
  let dependentDialects = [
    "affine::AffineDialect", "arith::ArithDialect", "linalg::LinalgDialect",
    "math::MathDialect", "scf::SCFDialect", "tensor::TensorDialect"
  ];
}

def ProtectInputs : Pass<"protect-inputs", "::mlir::ModuleOp"> {
  let summary = "Mark the entries' arguments as not to be written";
  let description = [{
    ```
    func @main(%x: tensor<..>) {model.entry}   ->   %x: tensor<..> {bufferization.writable = false}
    ```
    - Needs: entries marked `model.entry`.
    - Leaves: other functions, whose callers decide.
    - Order: just before bufferisation, which would else compute in place inside
      the caller's arrays.
    - Float: changes nothing.
  }];
}

def GuardDivision : Pass<"guard-division"> {
  let summary = "Make integer division by zero a status, and MIN / -1 wrap";
  let description = [{
    ```
    %q = arith.divsi %a, %b   ->   model.require %b != 0, 5, "integer division by zero in '/Div'"
                                   %q = b == -1 ? 0 - a : a / b
    ```
    - Needs: `arith` on scalars or vectors.
    - Leaves: divisions by a constant that is neither 0 nor -1.
    - Order: after bufferisation, since a requirement is no part of a tensor
      computation; before `plan-arena`, which may compute sizes earlier.
    - Float: changes nothing.
  }];
  let dependentDialects = [
    "arith::ArithDialect", "model::ModelDialect", "vector::VectorDialect"
  ];
}

def LowerLinalgToLoops : Pass<"lower-linalg-to-loops"> {
  let summary = "Write linalg ops on buffers as loops, with sums in registers";
  let description = [{
    ```
    linalg.generic: y[i] += x[i, k]   ->   scf.for i: s = y[i]
                                             s = scf.for k iter_args(s): s + x[i, k]
                                             y[i] = s
    ```
    Parallel dims outside, reduced dims inside. Where an input runs along the
    same dim as the output, that dim is innermost and the sums stay in memory:
    then every row is read and written in order. `memref.copy` between layouts
    that are no single run of memory is a loop as well.
    - Needs: `linalg` on memrefs, outputs apart from what is read elsewhere.
    - Leaves: copies of one run, which become `memcpy`.
    - Order: after the generators, which take the ops they are good at; before
      `reassociate-sums`.
    - Float: each sum in the order of its reduced dims.
  }];
  let dependentDialects = [
    "affine::AffineDialect", "arith::ArithDialect", "linalg::LinalgDialect",
    "memref::MemRefDialect", "scf::SCFDialect"
  ];
}

def ReassociateSums : Pass<"reassociate-sums"> {
  let summary = "Let a sum that a loop carries be taken in several parts";
  let description = [{
    ```
    s = scf.for iter_args(s): arith.addf s, a * b   ->   addf fastmath<reassoc,contract>
                                                         mulf fastmath<contract>
    ```
    - Needs: sums carried by `scf.for`.
    - Leaves: sums with more than one use in the loop, and all that is no sum.
    - Order: after `lower-linalg-to-loops`, where sums become visible; not under
      `--numerics=strict` nor on the plain path.
    - Float: changes the order of sums inside a loop, never across kernels;
      products may be fused into them. NaN, infinities and signed zeros count.
  }];
  let dependentDialects = ["arith::ArithDialect"];
}

def ExpandSmallFloats : Pass<"expand-small-floats"> {
  let summary = "Convert bfloat16 and 8-bit floats in integer arithmetic";
  let description = [{
    ```
    arith.truncf %x : f32 to bf16   ->   (bits(x) + 0x7fff + odd) >> 16
    ```
    LLVM has no conversion of the 8-bit floats, and calls a library for bfloat16
    on most machines. Rounds to nearest, ties to even, from f64 as well; too
    large a number becomes infinity where the type has one, else NaN.
    - Needs: `arith.extf` and `arith.truncf` on scalars or vectors; other
      arithmetic on these types is in f32 already.
    - Leaves: conversions between f16, f32 and f64, unless `f16` is set.
    - Order: after `math-extend-to-supported-types` and
      `arith-emulate-unsupported-floats`, whose conversions it expands.
    - Float: exact.
  }];
  let options = [
    Option<"f16", "f16", "bool", "false",
           "Convert f16 too: the target has no instruction for it">,
  ];
  let dependentDialects = ["arith::ArithDialect"];
}

def LowerMath : Pass<"lower-math", "::mlir::ModuleOp"> {
  let summary = "Call the C library for the functions that LLVM does not know";
  let description = [{
    ```
    math.erf %x : f32   ->   call @erff(%x)
    ```
    - Needs: `math` on f32 and f64, scalars or vectors.
    - Leaves: what LLVM has an intrinsic for, which becomes an instruction
      (sqrt, floor) or LLVM's own call (sin, pow).
    - Order: after `add-context`, since library functions take none; before
      `convert-math-to-llvm`, which would expand expm1 and log1p with a loss.
    - Float: as the library.
  }];
  let dependentDialects = [
    "arith::ArithDialect", "func::FuncDialect", "math::MathDialect",
    "vector::VectorDialect"
  ];
}

def LowerForall : Pass<"lower-forall", "::mlir::ModuleOp"> {
  let summary = "Make parallel loops calls of the runtime";
  let description = [{
    ```
    scf.forall (%i, %j) in (4, %n) {..}   ->   niello_rt_parallel(4 * n, @f_tile, &captured)
    ```
    The body becomes a function of a range of iterations, counted with the last
    dim fastest. What it reads of its surroundings travels in a struct.
    - Needs: `scf.forall` on buffers.
    - Leaves: a loop inside another one: that one's iterations suffice.
    - Order: after bufferisation; before `plan-arena`, so that each body has a
      frame of its own, and before `add-context`.
    - Float: changes nothing, whatever the number of threads.
  }];
  let dependentDialects = [
    "arith::ArithDialect", "func::FuncDialect", "LLVM::LLVMDialect",
    "memref::MemRefDialect", "scf::SCFDialect"
  ];
}

def LowerWeights : Pass<"lower-weights", "::mlir::ModuleOp"> {
  let summary = "Find each weight at an offset from one base pointer";
  let description = [{
    ```
    model.load_weight @w : memref<2x4xf32>   ->   *niello_weights_base + 64
    ```
    - Needs: memrefs; every `model.weight` that stays will take room in the
      artefact.
    - Leaves: the `model.weight` symbols, from which the artefact is filled.
    - Order: after `erase-unused-weights`, since offsets count what is declared.
    - Float: changes nothing.
  }];
  let dependentDialects = ["LLVM::LLVMDialect"];
}

def EraseUnusedWeights : Pass<"erase-unused-weights", "::mlir::ModuleOp"> {
  let summary = "Drop the weights that nothing loads";
  let description = [{
    ```
    model.weight @w ...   ->   (nothing, without a load_weight @w)
    ```
    - Needs: `model` weights.
    - Leaves: every weight that is loaded.
    - Order: after the last pass that may drop a load; before `lower-weights`.
    - Float: changes nothing.
  }];
}

def LowerRequire : Pass<"lower-require", "::mlir::ModuleOp"> {
  let summary = "Turn requirements into branches that end the call";
  let description = [{
    ```
    model.require %ok, 5, "index {0}", %i   ->   scf.if !ok: niello_rt_fail(5, @sentence, i, 0)
    ```
    - Needs: `model.require` inside functions.
    - Leaves: none.
    - Order: after `guard-division`, which writes some; before `add-context`,
      which completes the calls.
    - Float: changes nothing.
  }];
  let dependentDialects = [
    "arith::ArithDialect", "func::FuncDialect", "LLVM::LLVMDialect",
    "scf::SCFDialect"
  ];
}

def LowerStencils : Pass<"lower-stencils", "::mlir::ModuleOp"> {
  let summary = "Call the runtime for each stencil";
  let description = [{
    ```
    kernel.stencil "resize_2" ...   ->   niello_rt_stencil(@stencil_resize_2_v3_argv, ...)
    ```
    The level is in the name, so a binary holds the code of the levels that it
    was compiled for, and no other, and only the stencils that it calls.
    - Needs: stencils on memrefs of identity layout.
    - Leaves: none.
    - Order: after `plan-arena`, which sees memory through memrefs; before
      `add-context`, which completes the calls.
    - Float: changes nothing; all levels of a stencil give the same bits.
  }];
  let options = [
    Option<"level", "level", "std::string", "\"v2\"",
           "Of the code to call: v2, v3 or v4">,
  ];
  let dependentDialects = [
    "arith::ArithDialect", "func::FuncDialect", "LLVM::LLVMDialect",
    "memref::MemRefDialect"
  ];
}

def AddContext : Pass<"add-context", "::mlir::ModuleOp"> {
  let summary = "Hand the call's context through every function";
  let description = [{
    ```
    func @kernel(%a: memref<..>)        ->   func @kernel(%ctx: !llvm.ptr, %a: memref<..>)
    call @niello_rt_alloc(%n)           ->   call @niello_rt_alloc(%ctx, %n)
    ```
    - Needs: functions and calls without it.
    - Leaves: declarations of functions that are not the runtime's.
    - Order: after the passes that call the runtime (`plan-arena`,
      `lower-require`, `lower-forall`); before `lower-entry`.
    - Float: changes nothing.
  }];
  let dependentDialects = ["LLVM::LLVMDialect"];
}

def LowerEntry : Pass<"lower-entry", "::mlir::ModuleOp"> {
  let summary = "Give each entry the C function that the runtime calls";
  let description = [{
    ```
    func @main(%ctx, %x: memref<?x4xf32>) -> memref<?xf32> {model.entry}   ->
    func @niello_entry_0(%ctx, %inputs: !llvm.ptr, %outputs: !llvm.ptr)
        {model.entry = "main", model.inputs, model.outputs}
    ```
    The wrapper reads pointers and sizes from the inputs' `niello_buffer`s and
    writes those of the results to the outputs'.
    - Needs: entries on memrefs of identity layout, the context first.
    - Leaves: the entry itself, now private and without its `model` attributes,
      which describe the wrapper's inputs and outputs from here on.
    - Order: after `add-context`; before the conversion to LLVM.
    - Float: changes nothing.
  }];
  let dependentDialects = [
    "arith::ArithDialect", "func::FuncDialect", "LLVM::LLVMDialect",
    "memref::MemRefDialect"
  ];
}

def AddDebugInfo : Pass<"add-debug-info", "::mlir::ModuleOp"> {
  let summary = "Name source nodes as functions inlined where their code stands";
  let description = [{
    ```
    llvm.fmul .. loc("fc/MatMul@m.onnx")   ->
      llvm.fmul .. loc(callsite(<di_subprogram "fc/MatMul"> at <di_subprogram "kernel_0_fc_MatMul">))
    ```
    MLIR's translation drops names, and a fused location comes out as line 0. A
    location of several nodes goes to its first, the root of what was fused.
    - Needs: functions of the LLVM dialect.
    - Leaves: operations that came from no node; they belong to their function.
    - Order: last, only for `-g`: the text of stage `llvm` keeps all names.
    - Float: changes nothing.
  }];
  let dependentDialects = ["LLVM::LLVMDialect"];
}

#endif // NIELLO_PASSES_LOWER_PASSES
