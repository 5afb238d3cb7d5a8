// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --call-stencils %s | FileCheck %s

// The last two axes in one stencil, with two taps each; channels and batches
// are slices.
// CHECK-LABEL: @linear
// CHECK-SAME: (%[[X:[a-z0-9]+]]: tensor<?x3x?x?xf32>
func.func @linear(%x: tensor<?x3x?x?xf32>, %s: f32, %n: index, %h: index, %w: index) -> tensor<?x3x?x?xf32> {
  // CHECK: %[[FLAT:[a-z0-9_]+]] = tensor.collapse_shape %[[X]] {{\[\[}}0, 1], [2], [3]]
  // CHECK: %[[Y:[0-9]+]] = kernel.stencil "resize_2" slices(%[[FLAT]] : tensor<?x?x?xf32>) tables({{.*}} : tensor<2x?xi32>, tensor<2x?xf32>, tensor<2x?xi32>, tensor<2x?xf32>)
  // CHECK: tensor.expand_shape %[[Y]]
  // CHECK-NOT: model.resize
  %y = model.resize linear %x axes [2, 3] scales(%s, %s) sizes(%n, %h, %w) half_pixel : tensor<?x3x?x?xf32> -> tensor<?x3x?x?xf32>
  return %y : tensor<?x3x?x?xf32>
}

// An axis with others below it: these move as one. Taps as antialiasing wants.
// CHECK-LABEL: @outer
func.func @outer(%x: tensor<2x8x5x3xf32>, %s: f32) -> tensor<2x4x5x3xf32> {
  // CHECK: kernel.stencil "resize_outer_n" slices({{.*}} : tensor<2x8x15xf32>)
  %y = model.resize linear %x axes [1] scales(%s) half_pixel {antialias} : tensor<2x8x5x3xf32> -> tensor<2x4x5x3xf32>
  return %y : tensor<2x4x5x3xf32>
}

// Nearest moves elements of any type.
// CHECK-LABEL: @nearest
func.func @nearest(%x: tensor<2x3x8x8xf16>, %s: f32) -> tensor<2x3x4x4xf16> {
  // CHECK: kernel.stencil "resize_nearest_16" bits slices(
  %y = model.resize nearest %x axes [2, 3] scales(%s, %s) asymmetric : tensor<2x3x8x8xf16> -> tensor<2x3x4x4xf16>
  return %y : tensor<2x3x4x4xf16>
}

// Weighted bytes keep their loops.
// CHECK-LABEL: @bytes
func.func @bytes(%x: tensor<2x3x8x8xi8>, %s: f32) -> tensor<2x3x4x4xi8> {
  // CHECK: model.resize linear
  %y = model.resize linear %x axes [2, 3] scales(%s, %s) asymmetric : tensor<2x3x8x8xi8> -> tensor<2x3x4x4xi8>
  return %y : tensor<2x3x4x4xi8>
}

// A batch entry a slice; the stencil knows mode and edges.
// CHECK-LABEL: @grid
func.func @grid(%x: tensor<?x3x?x?xf32>, %g: tensor<?x4x5x2xf32>) -> tensor<?x3x4x5xf32> {
  // CHECK: kernel.stencil "grid_sample_cubic_border" parameters [1] slices(%{{.*}}, %{{.*}} : tensor<?x3x?x?xf32>, tensor<?x4x5x2xf32>)
  %y = model.grid_sample cubic %x, %g outside border {align_corners} : (tensor<?x3x?x?xf32>, tensor<?x4x5x2xf32>) -> tensor<?x3x4x5xf32>
  return %y : tensor<?x3x4x5xf32>
}

// Volumes keep their loops.
// CHECK-LABEL: @volume
func.func @volume(%x: tensor<1x3x4x4x4xf32>, %g: tensor<1x4x5x6x3xf32>) -> tensor<1x3x4x5x6xf32> {
  // CHECK: model.grid_sample
  %y = model.grid_sample linear %x, %g outside zeros : (tensor<1x3x4x4x4xf32>, tensor<1x4x5x6x3xf32>) -> tensor<1x3x4x5x6xf32>
  return %y : tensor<1x3x4x5x6xf32>
}

// Height and width of the window, its strides and dilations; the pads are a
// table, since SAME pads follow from sizes.
// CHECK-LABEL: @pool
func.func @pool(%x: tensor<?x8x?x?xf32>) -> tensor<?x8x?x?xf32> {
  // CHECK: kernel.stencil "pool_max_2" parameters [3, 4, 1, 2, 1, 1] slices({{.*}}) tables({{.*}} : tensor<2xi32>)
  %y = model.pool max %x kernel [3, 4] pad same_upper {strides = array<i64: 1, 2>} : (tensor<?x8x?x?xf32>) -> tensor<?x8x?x?xf32>
  return %y : tensor<?x8x?x?xf32>
}

// A mean divides by the counts of each side.
// CHECK-LABEL: @mean
func.func @mean(%x: tensor<1x8x9x9xf32>) -> tensor<1x8x3x3xf32> {
  // CHECK: kernel.stencil "pool_average_n" parameters [3, 3, 3, 3, 1, 1] slices({{.*}} : tensor<8x9x9xf32>) tables({{.*}} : tensor<2xi32>, tensor<3xf32>, tensor<3xf32>)
  %y = model.pool average %x kernel [3, 3] {strides = array<i64: 3, 3>} : (tensor<1x8x9x9xf32>) -> tensor<1x8x3x3xf32>
  return %y : tensor<1x8x3x3xf32>
}

// The places of the greatest have no stencil.
// CHECK-LABEL: @places
func.func @places(%x: tensor<1x4x8x8xf32>) -> (tensor<1x4x4x4xf32>, tensor<1x4x4x4xi64>) {
  // CHECK: model.pool
  %y:2 = model.pool max %x kernel [2, 2] {strides = array<i64: 2, 2>, indices} : (tensor<1x4x8x8xf32>) -> (tensor<1x4x4x4xf32>, tensor<1x4x4x4xi64>)
  return %y#0, %y#1 : tensor<1x4x4x4xf32>, tensor<1x4x4x4xi64>
}

// A region a slice, the image whole. 1065353216 is 1.0 in bits.
// CHECK-LABEL: @regions
func.func @regions(%x: tensor<1x3x8x8xf32>, %r: tensor<5x4xf32>, %b: tensor<5xi64>) -> tensor<5x3x2x4xf32> {
  // CHECK: kernel.stencil "roi_align_average" parameters [2, 4, 3, 1, 1065353216] slices({{.*}} : tensor<5x4xf32>, tensor<5xi32>) tables({{.*}} : tensor<2xi32>, tensor<1x3x64xf32>)
  %y = model.roi_align average %x, %r, %b {height = 2 : i64, width = 4 : i64, samples = 3 : i64, half_pixel} : (tensor<1x3x8x8xf32>, tensor<5x4xf32>, tensor<5xi64>) -> tensor<5x3x2x4xf32>
  return %y : tensor<5x3x2x4xf32>
}

// As many samples as the data says: loops.
// CHECK-LABEL: @adaptive
func.func @adaptive(%x: tensor<1x3x8x8xf32>, %r: tensor<5x4xf32>, %b: tensor<5xi64>) -> tensor<5x3x2x2xf32> {
  // CHECK: model.roi_align
  %y = model.roi_align average %x, %r, %b {height = 2 : i64, width = 2 : i64, half_pixel} : (tensor<1x3x8x8xf32>, tensor<5x4xf32>, tensor<5xi64>) -> tensor<5x3x2x2xf32>
  return %y : tensor<5x3x2x2xf32>
}
