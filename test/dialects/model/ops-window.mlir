// RUN: niello-opt %s | niello-opt | FileCheck %s

// CHECK-LABEL: @conv
func.func @conv(%x: tensor<1x4x8xf32>, %w: tensor<6x4x3xf32>, %b: tensor<6xf32>) -> tensor<1x6x8xf32> {
  // CHECK: model.conv %{{.+}}, %{{.+}} bias %{{.+}} {pads = array<i64: 1, 1>} : (tensor<1x4x8xf32>, tensor<6x4x3xf32>, tensor<6xf32>) -> tensor<1x6x8xf32>
  %y = model.conv %x, %w bias %b {pads = array<i64: 1, 1>} : (tensor<1x4x8xf32>, tensor<6x4x3xf32>, tensor<6xf32>) -> tensor<1x6x8xf32>
  return %y : tensor<1x6x8xf32>
}

// CHECK-LABEL: @conv_same
func.func @conv_same(%x: tensor<1x4x?xi8>, %w: tensor<6x4x3xi8>, %z: tensor<i8>) -> tensor<1x6x?xi32> {
  // CHECK: model.conv %{{.+}}, %{{.+}} zeros_input %{{.+}} pad same_upper {strides = array<i64: 2>}
  %y = model.conv %x, %w zeros_input %z pad same_upper {strides = array<i64: 2>} : (tensor<1x4x?xi8>, tensor<6x4x3xi8>, tensor<i8>) -> tensor<1x6x?xi32>
  return %y : tensor<1x6x?xi32>
}

// CHECK-LABEL: @conv_transpose
func.func @conv_transpose(%x: tensor<1x4x8xf32>, %w: tensor<4x6x3xf32>) -> tensor<1x6x17xf32> {
  // CHECK: model.conv_transpose %{{.+}}, %{{.+}} {strides = array<i64: 2>} : (tensor<1x4x8xf32>, tensor<4x6x3xf32>) -> tensor<1x6x17xf32>
  %y = model.conv_transpose %x, %w {strides = array<i64: 2>} : (tensor<1x4x8xf32>, tensor<4x6x3xf32>) -> tensor<1x6x17xf32>
  return %y : tensor<1x6x17xf32>
}

// CHECK-LABEL: @pool
func.func @pool(%x: tensor<1x4x8x8xf32>) -> (tensor<1x4x4x4xf32>, tensor<1x4x7x7xi64>) {
  // CHECK: model.pool max %{{.+}} kernel [2, 2] {strides = array<i64: 2, 2>} : (tensor<1x4x8x8xf32>) -> tensor<1x4x4x4xf32>
  %y = model.pool max %x kernel [2, 2] {strides = array<i64: 2, 2>} : (tensor<1x4x8x8xf32>) -> tensor<1x4x4x4xf32>
  // CHECK: model.pool max %{{.+}} kernel [2, 2] {indices}
  %z, %i = model.pool max %x kernel [2, 2] {indices} : (tensor<1x4x8x8xf32>) -> (tensor<1x4x7x7xf32>, tensor<1x4x7x7xi64>)
  return %y, %i : tensor<1x4x4x4xf32>, tensor<1x4x7x7xi64>
}

// Pads that take away more than 64 bits hold leave nothing.
// CHECK-LABEL: @far
func.func @far(%x: tensor<1x1x1xf32>, %w: tensor<1x1x1xf32>) -> tensor<1x1x0xf32> {
  // CHECK: -> tensor<1x1x0xf32>
  %y = model.conv_transpose %x, %w {pads = array<i64: 9223372036854775807, 9223372036854775807>} : (tensor<1x1x1xf32>, tensor<1x1x1xf32>) -> tensor<1x1x0xf32>
  return %y : tensor<1x1x0xf32>
}
