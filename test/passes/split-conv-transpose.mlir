// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --split-conv-transpose %s | FileCheck %s
// RUN: niello-opt --split-input-file --split-conv-transpose --explain=split-conv-transpose %s 2>&1 >/dev/null | FileCheck %s --check-prefix=WHY

// Six outputs of three taps are eighteen outputs of one; then two taps at most
// reach an element.
// CHECK-LABEL: @product
func.func @product(%x: tensor<1x4x?xf32>, %w: tensor<4x6x3xf32>) -> tensor<1x6x?xf32> {
  // CHECK: linalg.transpose ins({{.*}} : tensor<1x4x18xf32>) outs({{.*}} : tensor<1x18x4xf32>) permutation = [0, 2, 1]
  // CHECK: %[[Z:[a-z0-9]+]] = model.conv {{.*}} (tensor<1x4x?xf32>, tensor<18x4x1xf32>) -> tensor<1x18x?xf32>
  // CHECK: scf.for
  // CHECK: tensor.extract %[[Z]]
  // CHECK-NOT: model.conv_transpose
  %y = model.conv_transpose %x, %w {strides = array<i64: 2>} : (tensor<1x4x?xf32>, tensor<4x6x3xf32>) -> tensor<1x6x?xf32>
  return %y : tensor<1x6x?xf32>
}

// -----

// Groups stay groups of the product.
// CHECK-LABEL: @groups
func.func @groups(%x: tensor<1x8x5xf32>, %w: tensor<8x3x2xf32>) -> tensor<1x6x10xf32> {
  // CHECK: model.conv {{.*}}groups = 2{{.*}} (tensor<1x8x5xf32>, tensor<12x4x1xf32>) -> tensor<1x12x5xf32>
  %y = model.conv_transpose %x, %w {groups = 2, strides = array<i64: 2>} : (tensor<1x8x5xf32>, tensor<8x3x2xf32>) -> tensor<1x6x10xf32>
  return %y : tensor<1x6x10xf32>
}

// -----

// What the pass leaves: 16-bit floats, dilated kernels, kernels of unknown
// size, groups of few channels.
// WHY-DAG: its sums are wider than its type
// WHY-DAG: its weight's sizes are not known
// WHY-DAG: its kernel is dilated
// WHY-DAG: its groups have few channels
// CHECK-LABEL: @left
func.func @left(%h: tensor<1x4x8xf16>, %hw: tensor<4x6x3xf16>, %x: tensor<1x4x8xf32>, %w: tensor<4x6x3xf32>, %any: tensor<4x6x?xf32>) -> (tensor<1x6x10xf16>, tensor<1x6x12xf32>, tensor<1x6x?xf32>, tensor<1x24x10xf32>) {
  // CHECK-NOT: model.conv %
  // CHECK-COUNT-4: model.conv_transpose
  %a = model.conv_transpose %h, %hw : (tensor<1x4x8xf16>, tensor<4x6x3xf16>) -> tensor<1x6x10xf16>
  %b = model.conv_transpose %x, %w {dilations = array<i64: 2>} : (tensor<1x4x8xf32>, tensor<4x6x3xf32>) -> tensor<1x6x12xf32>
  %c = model.conv_transpose %x, %any : (tensor<1x4x8xf32>, tensor<4x6x?xf32>) -> tensor<1x6x?xf32>
  %d = model.conv_transpose %x, %w {groups = 4} : (tensor<1x4x8xf32>, tensor<4x6x3xf32>) -> tensor<1x24x10xf32>
  return %a, %b, %c, %d : tensor<1x6x10xf16>, tensor<1x6x12xf32>, tensor<1x6x?xf32>, tensor<1x24x10xf32>
}
