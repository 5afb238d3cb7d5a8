// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_PASSES_LOWER_CPU_PASSES_TD
#define NIELLO_PASSES_LOWER_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowerKernelGemm : Pass<"lower-kernel-gemm"> {
  let summary = "Turn contractions and their epilogues into register-tiled loops";
  let description = [{
    ```
    fill(c, 0); c += a b; y = gelu(c + bias)   ->
      for m0, j:  pack A block, B panel
        for i:    MR x NR accumulators over K; y row by row from the tile
    ```
    Sums of bytes in i32 are taken four products at a time: by `vpdpbusd` where
    the target has it and one factor has a sign and the other none, else in
    pairs of 16 bits (`pmaddwd`), which is as exact.
    - Needs: `linalg.generic` on memrefs of identity layout.
    - Leaves: contractions whose output is not zeroed just before, that sum in
      f16 or a narrow integer, or that have fewer than 4096 products: plain
      loops are as good for those.
    - Order: after bufferisation; before `lower-kernel-rows`, which would take
      the epilogue as a kernel of its own, and before `plan-arena`, which
      places the scratch.
    - Float: sums run over k in order, with fused multiply-adds where the target
      has them; the order does not depend on sizes or threads.
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "int64_t", "512",
           "Width of a vector register">,
    Option<"registers", "registers", "int64_t", "32",
           "Number of vector registers">,
    Option<"fma", "fma", "bool", "true",
           "The target has fused multiply-adds">,
    Option<"dotsBytes", "dots-bytes", "bool", "false",
           "The target has vpdpbusd in vectors of this width">,
    Option<"leastProducts", "least-products", "int64_t", "4096",
           "Contractions below this number of products stay as they are">,
  ];
  let dependentDialects = [
    "mlir::affine::AffineDialect", "mlir::arith::ArithDialect",
    "mlir::LLVM::LLVMDialect", "mlir::memref::MemRefDialect",
    "mlir::scf::SCFDialect", "mlir::vector::VectorDialect"
  ];
}

def LowerKernelAttention : Pass<"lower-kernel-attention"> {
  let summary = "Turn an attention into one loop nest over blocks of scores";
  let description = [{
    ```
    x = f(q k); w = e^(x - max x); y = (w v) / (sum w)   ->
      for blocks of queries, for blocks of keys:
        P = f(q k), n = max(m, P), P = e^(P - n), l and o scaled by e^(m - n)
        l += sum P, o += P v
      y = o / l
    ```
    - Needs: functions of `kernel.attention` on memrefs.
    - Leaves: what does not match any more, as its two contractions and rows.
    - Order: after bufferisation; before `lower-kernel-gemm`, which would take
      its products, and before `plan-arena`, which places the scratch.
    - Float: e to a power is within 2 ulp. Sums run over keys in order, in
      blocks from the first key, each scaled when a greater score comes; the
      order does not depend on other rows or threads. Keys that a comparison
      hides from all queries of a block are not read: a NaN among their values
      does not reach the result.
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "int64_t", "512",
           "Width of a vector register">,
    Option<"registers", "registers", "int64_t", "32",
           "Number of vector registers">,
    Option<"fma", "fma", "bool", "true",
           "The target has fused multiply-adds">,
  ];
  let dependentDialects = [
    "mlir::affine::AffineDialect", "mlir::arith::ArithDialect",
    "mlir::memref::MemRefDialect", "mlir::scf::SCFDialect",
    "mlir::vector::VectorDialect"
  ];
}

def LowerKernelRows : Pass<"lower-kernel-rows", "mlir::ModuleOp"> {
  let summary = "Run kernels of rows and maps a row at a time, in vectors";
  let description = [{
    ```
    s = sum_j x(i, j); y = x / s   ->   for i:  s in a register; y(i, :) by it
    ```
    - Needs: kernel functions on memrefs whose operations agree on their first
      loops, as `fuse-kernels` orders them and `kernel.rows` counts them.
    - Leaves: kernels that sum over a part of the row or read a neighbouring
      row, as plain loops. Bools in memory are bytes: they run by elements.
    - Order: after `lower-kernel-gemm`; before `approximate-math`, which wants
      the vectors.
    - Float: a sum has one partial sum a lane, joined at the end; the order
      depends on the vector width only.
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "int64_t", "512",
           "Width of a vector register">,
  ];
  let dependentDialects = [
    "mlir::affine::AffineDialect", "mlir::arith::ArithDialect",
    "mlir::memref::MemRefDialect", "mlir::scf::SCFDialect",
    "mlir::vector::VectorDialect"
  ];
}

def ApproximateMath : Pass<"approximate-math"> {
  let summary = "Compute exp, log, tanh and erf by arithmetic in lanes";
  let description = [{
    ```
    math.exp x : vector<16xf32>   ->   2^n (1 + r + r^2/2 + ...), n = round(x / ln 2)
    ```
    - Needs: scalars or vectors; f16 and bf16 are widened to f32 first.
    - Leaves: f64, and functions with no replacement of full accuracy over the
      whole range (sin, cos, pow, log1p): they become calls of libm.
    - Order: after the generators, before math is converted to LLVM or libm.
    - Float: within 5 ulp of the true value; NaN stays NaN, infinities and
      denormals are as in libm.
  }];
  let options = [
    Option<"fma", "fma", "bool", "true",
           "The target has fused multiply-adds">,
  ];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::math::MathDialect",
    "mlir::vector::VectorDialect"
  ];
}

def ExpandMath : Pass<"expand-math"> {
  let summary = "Write log1p and expm1 by log and exp, accurate near zero";
  let description = [{
    ```
    math.log1p x   ->   log(u) x / (u - 1), u = 1 + x
    math.expm1 x   ->   (u - 1) x / log(u), u = exp(x)
    ```
    - Needs: scalars, vectors or static tensors.
    - Leaves: all other functions.
    - Order: before `approximate-math`, which computes the log and the exp, and
      before `convert-math-to-llvm`, whose own forms are wrong for small x.
    - Float: within 6 ulp over the whole range.
  }];
  let dependentDialects = ["mlir::arith::ArithDialect"];
}

#endif // NIELLO_PASSES_LOWER_CPU_PASSES_TD
