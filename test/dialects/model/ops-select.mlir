// RUN: niello-opt %s | niello-opt | FileCheck %s

// CHECK-LABEL: @scatter
func.func @scatter(%x: tensor<3x4xf32>, %i: tensor<3x2xi64>, %u: tensor<3x2xf32>, %v: tensor<3xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  // CHECK: model.scatter elements %{{.+}}, %{{.+}}, %{{.+}} add {axis = 1 : i64} : (tensor<3x4xf32>, tensor<3x2xi64>, tensor<3x2xf32>) -> tensor<3x4xf32>
  %r = model.scatter elements %x, %i, %u add {axis = 1 : i64} : (tensor<3x4xf32>, tensor<3x2xi64>, tensor<3x2xf32>) -> tensor<3x4xf32>
  // CHECK: model.scatter nd %{{.+}}, %{{.+}}, %{{.+}} : (tensor<3x4xf32>, tensor<3x2xi64>, tensor<3xf32>) -> tensor<3x4xf32>
  %n = model.scatter nd %x, %i, %v : (tensor<3x4xf32>, tensor<3x2xi64>, tensor<3xf32>) -> tensor<3x4xf32>
  return %r, %n : tensor<3x4xf32>, tensor<3x4xf32>
}

// CHECK-LABEL: @topk
func.func @topk(%x: tensor<2x9xf32>, %k: index) -> (tensor<2x?xf32>, tensor<2x?xi64>) {
  // CHECK: model.topk max %{{.+}}, %{{.+}} axis 1 : (tensor<2x9xf32>, index) -> (tensor<2x?xf32>, tensor<2x?xi64>)
  %v, %p = model.topk max %x, %k axis 1 : (tensor<2x9xf32>, index) -> (tensor<2x?xf32>, tensor<2x?xi64>)
  return %v, %p : tensor<2x?xf32>, tensor<2x?xi64>
}

// CHECK-LABEL: @arg_reduce
func.func @arg_reduce(%x: tensor<2x9xf32>) -> tensor<2x1xi64> {
  // CHECK: model.arg_reduce max %{{.+}} axis 1 {keep} : (tensor<2x9xf32>) -> tensor<2x1xi64>
  %p = model.arg_reduce max %x axis 1 {keep} : (tensor<2x9xf32>) -> tensor<2x1xi64>
  return %p : tensor<2x1xi64>
}

// CHECK-LABEL: @nonzero
func.func @nonzero(%x: tensor<2x3xf32>) -> tensor<2x?xi64> {
  // CHECK: model.nonzero %{{.+}} : (tensor<2x3xf32>) -> tensor<2x?xi64>
  %p = model.nonzero %x : (tensor<2x3xf32>) -> tensor<2x?xi64>
  return %p : tensor<2x?xi64>
}

// CHECK-LABEL: @unique
func.func @unique(%x: tensor<5xf32>) -> tensor<?xf32> {
  // CHECK: model.unique %{{.+}} axis 0 : (tensor<5xf32>) -> (tensor<?xf32>, tensor<?xi64>, tensor<5xi64>, tensor<?xi64>)
  %v, %f, %i, %c = model.unique %x axis 0 : (tensor<5xf32>) -> (tensor<?xf32>, tensor<?xi64>, tensor<5xi64>, tensor<?xi64>)
  return %v : tensor<?xf32>
}

// CHECK-LABEL: @cumulative
func.func @cumulative(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK: model.cumulative sum %{{.+}} axis 1 {reverse} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %y = model.cumulative sum %x axis 1 {reverse} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: @pad
func.func @pad(%x: tensor<2x?xf32>, %n: index, %zero: f32) -> (tensor<2x?xf32>, tensor<4x?xf32>) {
  // CHECK: model.pad reflect %{{.+}} low [0, %{{.+}}] high [0, -1] : tensor<2x?xf32> -> tensor<2x?xf32>
  %y = model.pad reflect %x low [0, %n] high [0, -1] : tensor<2x?xf32> -> tensor<2x?xf32>
  // CHECK: model.pad constant %{{.+}} value %{{.+}} : f32 low [1, 0] high [1, 0]
  %z = model.pad constant %x value %zero : f32 low [1, 0] high [1, 0] : tensor<2x?xf32> -> tensor<4x?xf32>
  return %y, %z : tensor<2x?xf32>, tensor<4x?xf32>
}

// CHECK-LABEL: @tree_ensemble
func.func @tree_ensemble(%x: tensor<?x3xf32>) -> tensor<?x1xf32> {
  // CHECK: model.tree_ensemble sum %{{.+}} features [0, 0, 0] values [5.000000e-01, 0.000000e+00, 0.000000e+00] modes [0, 6, 6] yes [1, 0, 1] no [2, 1, 2] missing [false, false, false] roots [0] targets [0, 0] weights [1.000000e+00, -1.000000e+00] to 1 : (tensor<?x3xf32>) -> tensor<?x1xf32>
  %y = model.tree_ensemble sum %x features [0, 0, 0] values [0.5, 0.0, 0.0] modes [0, 6, 6] yes [1, 0, 1] no [2, 1, 2] missing [false, false, false] roots [0] targets [0, 0] weights [1.0, -1.0] to 1 : (tensor<?x3xf32>) -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}
