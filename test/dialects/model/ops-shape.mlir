// RUN: niello-opt %s | niello-opt | FileCheck %s

// CHECK-LABEL: @broadcast
func.func @broadcast(%x: tensor<1x4xf32>, %n: index) -> tensor<?x4xf32> {
  // CHECK: model.broadcast %{{.+}} sizes(%{{.+}}) : tensor<1x4xf32> -> tensor<?x4xf32>
  %b = model.broadcast %x sizes(%n) : tensor<1x4xf32> -> tensor<?x4xf32>
  return %b : tensor<?x4xf32>
}

// CHECK-LABEL: @broadcast_static
func.func @broadcast_static(%x: tensor<4xf32>) -> tensor<2x4xf32> {
  // CHECK: model.broadcast %{{.+}} : tensor<4xf32> -> tensor<2x4xf32>
  %b = model.broadcast %x : tensor<4xf32> -> tensor<2x4xf32>
  return %b : tensor<2x4xf32>
}

// CHECK-LABEL: @gather
func.func @gather(%table: tensor<9x4xf32>, %ids: tensor<2x3xi64>) -> (tensor<2x3x4xf32>, tensor<2xf32>, tensor<2x3xf32>) {
  // CHECK: model.gather axis %{{.+}}, %{{.+}} : (tensor<9x4xf32>, tensor<2x3xi64>) -> tensor<2x3x4xf32>
  %r = model.gather axis %table, %ids {axis = 0 : i64} : (tensor<9x4xf32>, tensor<2x3xi64>) -> tensor<2x3x4xf32>
  %pairs = arith.constant dense<1> : tensor<2x2xi64>
  // CHECK: model.gather nd
  %n = model.gather nd %table, %pairs : (tensor<9x4xf32>, tensor<2x2xi64>) -> tensor<2xf32>
  // CHECK: model.gather elements {{.+}} {axis = 1 : i64}
  %e = model.gather elements %table, %ids {axis = 1 : i64} : (tensor<9x4xf32>, tensor<2x3xi64>) -> tensor<2x3xf32>
  return %r, %n, %e : tensor<2x3x4xf32>, tensor<2xf32>, tensor<2x3xf32>
}
