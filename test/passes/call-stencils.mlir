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
