// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --decompose-tensors %s | FileCheck %s

// Both operands of a concat are written into one result.
// CHECK-LABEL: @concat
func.func @concat(%a: tensor<?x4xf32>, %b: tensor<2x4xf32>) -> tensor<?x4xf32> {
  // CHECK-NOT: tensor.concat
  // CHECK: %[[E:[a-z0-9]+]] = tensor.empty(%{{[a-z0-9]+}}) : tensor<?x4xf32>
  // CHECK: %[[FIRST:[a-z0-9_]+]] = tensor.insert_slice %{{[a-z0-9]+}} into %[[E]]
  // CHECK: tensor.insert_slice %{{[a-z0-9]+}} into %[[FIRST]]
  %r = tensor.concat dim(0) %a, %b : (tensor<?x4xf32>, tensor<2x4xf32>) -> tensor<?x4xf32>
  return %r : tensor<?x4xf32>
}

// A pad fills the whole result and inserts the operand.
// CHECK-LABEL: @pad
func.func @pad(%a: tensor<4xf32>) -> tensor<6xf32> {
  %zero = arith.constant 0.0 : f32
  // CHECK: %[[FILL:[a-z0-9]+]] = linalg.fill
  // CHECK: tensor.insert_slice %{{[a-z0-9]+}} into %[[FILL]][1] [4] [1]
  %r = tensor.pad %a low[1] high[1] {
  ^bb0(%i: index):
    tensor.yield %zero : f32
  } : tensor<4xf32> to tensor<6xf32>
  return %r : tensor<6xf32>
}

// Softmax becomes maximum, exponentials, sum, quotient.
// CHECK-LABEL: @softmax
func.func @softmax(%a: tensor<2x4xf32>, %b: tensor<2x4xf32>) -> tensor<2x4xf32> {
  // CHECK: arith.maxnumf
  // CHECK: arith.subf
  // CHECK: math.exp
  // CHECK: arith.addf
  // CHECK: arith.divf
  // CHECK-NOT: linalg.softmax
  %r = linalg.softmax dimension(1) ins(%a : tensor<2x4xf32>) outs(%b : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}

// One dimension that becomes two of run-time size is reshaped by a shape.
// CHECK-LABEL: @expand
func.func @expand(%a: tensor<?xf32>, %m: index, %n: index) -> tensor<?x?xf32> {
  // CHECK: %[[S:[a-z0-9_]+]] = tensor.from_elements %{{[a-z0-9]+}}, %{{[a-z0-9]+}} : tensor<2xindex>
  // CHECK: tensor.reshape %{{[a-z0-9]+}}(%[[S]])
  %r = tensor.expand_shape %a [[0, 1]] output_shape [%m, %n] : tensor<?xf32> into tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
