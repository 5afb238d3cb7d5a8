// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --lower-kernel-gemm --canonicalize %s | FileCheck %s

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (n)>

// 8 x 48 accumulators over k; the bias is added where the tile is stored, and
// the buffer of the bare product is never written.
// CHECK-LABEL: @bias
// CHECK-SAME:    %[[A:[a-z0-9]+]]: memref<64x32xf32>, %[[B:[a-z0-9]+]]: memref<32x96xf32>, %[[BIAS:[a-z0-9]+]]: memref<96xf32>, %[[Y:[a-z0-9]+]]: memref<64x96xf32>
func.func @bias(%a: memref<64x32xf32>, %b: memref<32x96xf32>,
                %bias: memref<96xf32>, %y: memref<64x96xf32>) {
  %zero = arith.constant 0.0 : f32
  %t = memref.alloc() : memref<64x96xf32>
  // CHECK-NOT: linalg
  linalg.fill ins(%zero : f32) outs(%t : memref<64x96xf32>)
  // CHECK: vector.load %[[A]]
  // CHECK: vector.shuffle
  // CHECK: vector.load %[[B]]
  // CHECK: scf.for {{.*}} iter_args
  // CHECK-COUNT-24: vector.fma
  linalg.generic {indexing_maps = [#a, #b, #c],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<64x32xf32>, memref<32x96xf32>)
      outs(%t : memref<64x96xf32>) {
  ^bb0(%x: f32, %w: f32, %sum: f32):
    %p = arith.mulf %x, %w : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  }
  // CHECK: %[[V:[a-z0-9]+]] = vector.load %[[BIAS]]
  // CHECK: %[[S:[a-z0-9]+]] = arith.addf %{{.+}}, %[[V]] : vector<16xf32>
  // CHECK: vector.store %[[S]], %[[Y]]
  linalg.generic {indexing_maps = [#id, #row, #id],
                  iterator_types = ["parallel", "parallel"]}
      ins(%t, %bias : memref<64x96xf32>, memref<96xf32>)
      outs(%y : memref<64x96xf32>) {
  ^bb0(%x: f32, %w: f32, %o: f32):
    %s = arith.addf %x, %w : f32
    linalg.yield %s : f32
  }
  memref.dealloc %t : memref<64x96xf32>
  return
}

// -----

#a = affine_map<(m, n, c, h, w) -> (m, c, h, w)>
#b = affine_map<(m, n, c, h, w) -> (n + w, c)>
#c = affine_map<(m, n, c, h, w) -> (m, n)>

// A kernel of height 1 over rows: the input has no dimension for the height,
// and its columns are no vectors.
// CHECK-LABEL: @window
func.func @window(%a: memref<64x32x1x3xf32>, %b: memref<66x32xf32>,
                  %y: memref<64x64xf32>) {
  %zero = arith.constant 0.0 : f32
  // CHECK-NOT: linalg
  linalg.fill ins(%zero : f32) outs(%y : memref<64x64xf32>)
  // CHECK: vector.fma
  // CHECK-NOT: linalg
  linalg.generic {indexing_maps = [#a, #b, #c],
                  iterator_types = ["parallel", "parallel", "reduction",
                                    "reduction", "reduction"]}
      ins(%a, %b : memref<64x32x1x3xf32>, memref<66x32xf32>)
      outs(%y : memref<64x64xf32>) {
  ^bb0(%x: f32, %w: f32, %sum: f32):
    %p = arith.mulf %x, %w : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  }
  // CHECK: return
  return
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>

// f16 is widened where it is packed; the sum is f32. Sizes are known at run
// time only: rows that do not fill a tile take a smaller body.
// CHECK-LABEL: @half
func.func @half(%a: memref<?x?xf16>, %b: memref<?x?xf16>, %y: memref<?x?xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%y : memref<?x?xf32>)
  // The packed rows are no more than there are.
  // CHECK: %[[M:.+]] = memref.dim %{{.+}}, %c0
  // CHECK: %[[TILES:.+]] = arith.ceildivui %[[M]], %c8
  // CHECK: %[[ROWS:.+]] = arith.muli %[[TILES]], %c8
  // CHECK: %[[LEAST:.+]] = arith.minsi %[[ROWS]], %{{.+}}
  // CHECK: memref.alloc
  // CHECK: arith.extf %{{.+}} : vector<16xf16> to vector<16xf32>
  // CHECK-COUNT-24: vector.fma
  // CHECK: else
  // CHECK-COUNT-12: vector.fma
  linalg.generic {indexing_maps = [#a, #b, #c],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<?x?xf16>, memref<?x?xf16>)
      outs(%y : memref<?x?xf32>) {
  ^bb0(%x: f16, %w: f16, %sum: f32):
    %u = arith.extf %x : f16 to f32
    %v = arith.extf %w : f16 to f32
    %p = arith.mulf %u, %v : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  }
  return
}

// -----

#x = affine_map<(o, p, c, k) -> (c, p * 2 + k)>
#w = affine_map<(o, p, c, k) -> (o, c, k)>
#y = affine_map<(o, p, c, k) -> (o, p)>

// A convolution: the window is gathered when B is packed.
// CHECK-LABEL: @window
// CHECK-SAME:    %[[X:[a-z0-9]+]]: memref<8x65xf32>
func.func @window(%x: memref<8x65xf32>, %w: memref<16x8x3xf32>,
                  %y: memref<16x32xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%y : memref<16x32xf32>)
  // CHECK: memref.load %[[X]]
  // CHECK: vector.fma
  linalg.generic {indexing_maps = [#x, #w, #y],
                  iterator_types = ["parallel", "parallel", "reduction",
                                    "reduction"]}
      ins(%x, %w : memref<8x65xf32>, memref<16x8x3xf32>)
      outs(%y : memref<16x32xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  }
  return
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>

// Nobody zeroes the output: it stays a plain loop nest.
// CHECK-LABEL: @accumulates
// CHECK: linalg.generic
func.func @accumulates(%a: memref<64x32xf32>, %b: memref<32x96xf32>,
                       %y: memref<64x96xf32>) {
  linalg.generic {indexing_maps = [#a, #b, #c],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<64x32xf32>, memref<32x96xf32>)
      outs(%y : memref<64x96xf32>) {
  ^bb0(%x: f32, %w: f32, %sum: f32):
    %p = arith.mulf %x, %w : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  }
  return
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#panels = affine_map<(m, n, k) -> (n floordiv 16, k, n mod 16)>
#c = affine_map<(m, n, k) -> (m, n)>

// Weights in panels are read as they lie, and fetched 16 steps ahead. Their
// three streams are one vector: nothing in the loop divides a subscript.
// CHECK-LABEL: @panels
// CHECK-SAME:    %{{[a-z0-9]+}}: memref<64x32xf32>, %[[B:[a-z0-9]+]]: memref<6x32x16xf32>
func.func @panels(%a: memref<64x32xf32>, %b: memref<6x32x16xf32>,
                  %y: memref<64x96xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%y : memref<64x96xf32>)
  // CHECK: %[[FLAT:.+]] = memref.reinterpret_cast %[[B]] {{.*}} to memref<3072xf32>
  // CHECK: scf.for %[[K:[a-z0-9]+]] = {{.*}} iter_args
  // CHECK-NEXT: %[[AT:.+]] = arith.muli %[[K]], %c16
  // CHECK-NOT: div
  // CHECK-COUNT-3: vector.load %[[FLAT]]
  // CHECK: %[[AHEAD:.+]] = arith.addi %[[AT]], %c256
  // CHECK-COUNT-3: memref.prefetch %[[FLAT]]
  // CHECK-NOT: div
  // CHECK-COUNT-24: vector.fma
  // CHECK-NEXT: scf.yield
  linalg.generic {indexing_maps = [#a, #panels, #c],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<64x32xf32>, memref<6x32x16xf32>)
      outs(%y : memref<64x96xf32>) {
  ^bb0(%x: f32, %w: f32, %sum: f32):
    %p = arith.mulf %x, %w : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  }
  return
}
