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
    - Needs: `linalg.generic` on memrefs of identity layout.
    - Leaves: contractions whose output is not zeroed just before, that sum in
      f16 or a narrow integer, or that have fewer than 4096 products: plain
      loops are as good for those.
    - Order: after bufferisation; before `lower-kernel-rows`, which would take
      the epilogue as a kernel of its own.
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
    Option<"leastProducts", "least-products", "int64_t", "4096",
           "Contractions below this number of products stay as they are">,
  ];
  let dependentDialects = [
    "mlir::affine::AffineDialect", "mlir::arith::ArithDialect",
    "mlir::memref::MemRefDialect", "mlir::scf::SCFDialect",
    "mlir::vector::VectorDialect"
  ];
}

#endif // NIELLO_PASSES_LOWER_CPU_PASSES_TD
