// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --plan-kernels %s | FileCheck %s
// RUN: niello-opt --plan-kernels="vector-bits=256 registers=16" %s | FileCheck %s --check-prefix=AVX2

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>

// Two operations a product, 12 x 8 + 8 x 96 + 12 x 96 floats; the size of run
// time stays a question mark.
// CHECK-LABEL: @gemm
// AVX2-LABEL: @gemm
func.func @gemm(%x: tensor<12x8xf32>, %w: tensor<8x96xf32>, %o: tensor<12x96xf32>) -> tensor<12x96xf32> {
  // CHECK: kernel.gemm {{.*}} flops "18432" bytes "8064" tiles [8, 48]
  // AVX2: tiles [4, 24]
  %y = kernel.gemm "fc" ins(%a = %x : tensor<12x8xf32>, %b = %w : tensor<8x96xf32>) outs(%c = %o : tensor<12x96xf32>) {
    %m = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%a, %b : tensor<12x8xf32>, tensor<8x96xf32>) outs(%c : tensor<12x96xf32>) {
    ^bb0(%p: f32, %q: f32, %s: f32):
      %t = arith.mulf %p, %q : f32
      %u = arith.addf %s, %t : f32
      linalg.yield %u : f32
    } -> tensor<12x96xf32>
    kernel.yield %m : tensor<12x96xf32>
  }
  return %y : tensor<12x96xf32>
}

#id = affine_map<(i, j) -> (i, j)>

// CHECK-LABEL: @map
func.func @map(%x: tensor<?x8xf32>, %o: tensor<?x8xf32>) -> tensor<?x8xf32> {
  // CHECK: kernel.map {{.*}} flops "160*?" bytes "64*?"
  %y = kernel.map "exp" ins(%a = %x : tensor<?x8xf32>) outs(%c = %o : tensor<?x8xf32>) {
    %m = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<?x8xf32>) outs(%c : tensor<?x8xf32>) {
    ^bb0(%p: f32, %s: f32):
      %t = math.exp %p : f32
      linalg.yield %t : f32
    } -> tensor<?x8xf32>
    kernel.yield %m : tensor<?x8xf32>
  }
  return %y : tensor<?x8xf32>
}
