// RUN: niello-opt %s | niello-opt | FileCheck %s

// CHECK-LABEL: @layer
func.func @layer(%x: tensor<2x3x4xf32>, %s: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<2x3x4xf32> {
  // CHECK: model.norm layer %{{.+}} scale %{{.+}} bias %{{.+}} axis 2 epsilon 1.000000e-05 : (tensor<2x3x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x3x4xf32>
  %y = model.norm layer %x scale %s bias %b axis 2 epsilon 1.0e-05 : (tensor<2x3x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x3x4xf32>
  return %y : tensor<2x3x4xf32>
}

// CHECK-LABEL: @statistics
func.func @statistics(%x: tensor<2x3xf16>) -> (tensor<2x3xf16>, tensor<2x1xf32>, tensor<2x1xf32>) {
  // CHECK: model.norm rms %{{.+}} axis 1 epsilon 1.000000e-05 statistics
  %y, %m, %i = model.norm rms %x axis 1 epsilon 1.0e-05 statistics : (tensor<2x3xf16>) -> (tensor<2x3xf16>, tensor<2x1xf32>, tensor<2x1xf32>)
  return %y, %m, %i : tensor<2x3xf16>, tensor<2x1xf32>, tensor<2x1xf32>
}

// CHECK-LABEL: @channels
func.func @channels(%x: tensor<2x4x?xf32>, %c: tensor<4xf32>) -> (tensor<2x4x?xf32>, tensor<2x4x?xf32>, tensor<2x4x?xf32>) {
  // CHECK: model.norm group %{{.+}} scale %{{.+}} bias %{{.+}} epsilon 1.000000e-05 groups 2
  %g = model.norm group %x scale %c bias %c epsilon 1.0e-05 groups 2 : (tensor<2x4x?xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x?xf32>
  // CHECK: model.norm instance %{{.+}} epsilon 1.000000e-05
  %i = model.norm instance %x epsilon 1.0e-05 : (tensor<2x4x?xf32>) -> tensor<2x4x?xf32>
  // CHECK: model.norm batch %{{.+}} mean %{{.+}} variance %{{.+}} epsilon 1.000000e-05
  %b = model.norm batch %x mean %c variance %c epsilon 1.0e-05 : (tensor<2x4x?xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x?xf32>
  return %g, %i, %b : tensor<2x4x?xf32>, tensor<2x4x?xf32>, tensor<2x4x?xf32>
}
