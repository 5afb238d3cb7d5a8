// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --plan-kernels %s | FileCheck %s
// RUN: niello-opt --plan-kernels="vector-bits=256 registers=16" %s | FileCheck %s --check-prefix=AVX2
// RUN: niello-opt --plan-kernels="dots-bytes=true" %s | FileCheck %s --check-prefix=DOT

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

// A stencil of the runtime: two taps, a multiply and an addition each, for every
// element; of a pool its window; of a region's samples nobody knows how many.
// CHECK-LABEL: @stencils
func.func @stencils(%x: tensor<3x4x8xf32>, %p: tensor<2x16xi32>, %w: tensor<2x16xf32>, %b: tensor<2xi32>,
                    %o: tensor<3x4x16xf32>, %q: tensor<3x2x4xf32>) -> (tensor<3x4x16xf32>, tensor<3x2x4xf32>, tensor<3x2x4xf32>) {
  // CHECK: kernel.call "resize" {{.*}} flops "768" bytes "1408" {
  %y = kernel.call "resize" ins(%a = %x : tensor<3x4x8xf32>, %i = %p : tensor<2x16xi32>, %t = %w : tensor<2x16xf32>) outs(%c = %o : tensor<3x4x16xf32>) {
    %m = kernel.stencil "resize_inner_2" slices(%a : tensor<3x4x8xf32>) tables(%i, %t : tensor<2x16xi32>, tensor<2x16xf32>) outs(%c : tensor<3x4x16xf32>) -> tensor<3x4x16xf32>
    kernel.yield %m : tensor<3x4x16xf32>
  }
  // CHECK: kernel.call "pool" {{.*}} flops "216" bytes "488" {
  %z = kernel.call "pool" ins(%a = %x : tensor<3x4x8xf32>, %i = %b : tensor<2xi32>) outs(%c = %q : tensor<3x2x4xf32>) {
    %m = kernel.stencil "pool_max_2" parameters [3, 3, 2, 2, 1, 1] slices(%a : tensor<3x4x8xf32>) tables(%i : tensor<2xi32>) outs(%c : tensor<3x2x4xf32>) -> tensor<3x2x4xf32>
    kernel.yield %m : tensor<3x2x4xf32>
  }
  // CHECK: kernel.call "regions"
  // CHECK-SAME: outs({{.*}}) bytes "480" {
  %r = kernel.call "regions" ins(%a = %x : tensor<3x4x8xf32>) outs(%c = %q : tensor<3x2x4xf32>) {
    %m = kernel.stencil "roi_align_average" slices(%a : tensor<3x4x8xf32>) outs(%c : tensor<3x2x4xf32>) -> tensor<3x2x4xf32>
    kernel.yield %m : tensor<3x2x4xf32>
  }
  return %y, %z, %r : tensor<3x4x16xf32>, tensor<3x2x4xf32>, tensor<3x2x4xf32>
}

// A size that an input names has its name in the cost, through the kernel that
// hands it on; one that is computed has none.
// CHECK-LABEL: @named
func.func @named(%x: tensor<?x8xf32> {model.dims = ["rows", 8]}, %n: index) -> (tensor<?x8xf32>, tensor<?x8xf32>)
    attributes {model.entry} {
  %c0 = arith.constant 0 : index
  %rows = tensor.dim %x, %c0 : tensor<?x8xf32>
  %o = tensor.empty(%rows) : tensor<?x8xf32>
  // CHECK: kernel.map "exp" {{.*}} flops "160*rows" bytes "64*rows"
  %y = kernel.map "exp" ins(%a = %x : tensor<?x8xf32>) outs(%c = %o : tensor<?x8xf32>) {
    %m = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<?x8xf32>) outs(%c : tensor<?x8xf32>) {
    ^bb0(%p: f32, %s: f32):
      %t = math.exp %p : f32
      linalg.yield %t : f32
    } -> tensor<?x8xf32>
    kernel.yield %m : tensor<?x8xf32>
  }
  %q = tensor.empty(%n) : tensor<?x8xf32>
  // CHECK: kernel.map "both" {{.*}} bytes "32*? + 32*rows"
  %z = kernel.map "both" ins(%a = %y : tensor<?x8xf32>) outs(%c = %q : tensor<?x8xf32>) {
    %m = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<?x8xf32>) outs(%c : tensor<?x8xf32>) {
    ^bb0(%p: f32, %s: f32):
      %t = math.exp %p : f32
      linalg.yield %t : f32
    } -> tensor<?x8xf32>
    kernel.yield %m : tensor<?x8xf32>
  }
  return %y, %z : tensor<?x8xf32>, tensor<?x8xf32>
}

// Bytes: as many columns as of 32 bits with vpdpbusd; without it a vector of
// weights takes two registers, and the tile is smaller.
// CHECK-LABEL: @bytes
// AVX2-LABEL: @bytes
// DOT-LABEL: @bytes
func.func @bytes(%x: tensor<12x8xi8>, %w: tensor<8x96xi8>, %o: tensor<12x96xi32>) -> tensor<12x96xi32> {
  // CHECK: kernel.gemm {{.*}} flops "18432" bytes "5472" tiles [6, 48]
  // AVX2: tiles [4, 16]
  // DOT: tiles [8, 48]
  %y = kernel.gemm "fc" ins(%a = %x : tensor<12x8xi8>, %b = %w : tensor<8x96xi8>) outs(%c = %o : tensor<12x96xi32>) {
    %m = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%a, %b : tensor<12x8xi8>, tensor<8x96xi8>) outs(%c : tensor<12x96xi32>) {
    ^bb0(%p: i8, %q: i8, %s: i32):
      %pp = arith.extui %p : i8 to i32
      %qq = arith.extsi %q : i8 to i32
      %t = arith.muli %pp, %qq : i32
      %u = arith.addi %s, %t : i32
      linalg.yield %u : i32
    } -> tensor<12x96xi32>
    kernel.yield %m : tensor<12x96xi32>
  }
  return %y : tensor<12x96xi32>
}
