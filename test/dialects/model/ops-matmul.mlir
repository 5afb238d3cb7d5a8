// RUN: niello-opt %s | niello-opt | FileCheck %s

// CHECK-LABEL: @matmul
func.func @matmul(%a: tensor<2x3x4xf32>, %b: tensor<4x5xf32>) -> tensor<2x3x5xf32> {
  // CHECK: model.matmul %{{.+}}, %{{.+}} : (tensor<2x3x4xf32>, tensor<4x5xf32>) -> tensor<2x3x5xf32>
  %y = model.matmul %a, %b : (tensor<2x3x4xf32>, tensor<4x5xf32>) -> tensor<2x3x5xf32>
  return %y : tensor<2x3x5xf32>
}

// 8-bit integers with a zero point a column give i32.
// CHECK-LABEL: @matmul_integer
func.func @matmul_integer(%a: tensor<3x4xi8>, %b: tensor<4x5xi8>, %z: tensor<5xi8>) -> tensor<3x5xi32> {
  // CHECK: model.matmul %{{.+}}, %{{.+}} zeros_rhs %{{.+}} {signed_lhs = false}
  %y = model.matmul %a, %b zeros_rhs %z {signed_lhs = false} : (tensor<3x4xi8>, tensor<4x5xi8>, tensor<5xi8>) -> tensor<3x5xi32>
  return %y : tensor<3x5xi32>
}
