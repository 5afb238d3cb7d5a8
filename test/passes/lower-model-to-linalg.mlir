// RUN: niello-opt --lower-model-to-linalg --canonicalize --cse --split-input-file %s | FileCheck %s

// 16-bit floats are summed in f32.
// CHECK-LABEL: @matmul
func.func @matmul(%a: tensor<?x4xf16>, %b: tensor<4x5xf16>) -> tensor<?x5xf16> {
  // CHECK: linalg.generic {{.+}} iterator_types = ["parallel", "parallel", "reduction"]
  // CHECK: arith.addf {{.+}} : f32
  // CHECK: arith.truncf {{.+}} : f32 to f16
  %y = model.matmul %a, %b : (tensor<?x4xf16>, tensor<4x5xf16>) -> tensor<?x5xf16>
  // CHECK-NOT: model.
  return %y : tensor<?x5xf16>
}

// -----

// Inner sizes that may differ are checked.
// CHECK-LABEL: @matmul_unknown
func.func @matmul_unknown(%a: tensor<3x?xf32>, %b: tensor<?x5xf32>) -> tensor<3x5xf32> {
  // CHECK: model.require %{{.+}}, 5, "matmul needs equal inner sizes, but got {0} and {1}"
  %y = model.matmul %a, %b : (tensor<3x?xf32>, tensor<?x5xf32>) -> tensor<3x5xf32>
  return %y : tensor<3x5xf32>
}

// -----

// A size that is 1 or the result's, decided at run time.
// CHECK-LABEL: @broadcast
func.func @broadcast(%x: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  // CHECK: %[[ONE:[a-z0-9]+]] = arith.cmpi eq, %{{.+}}, %c1
  // CHECK: model.require %{{.+}}, 5, "a size of {0} does not broadcast to {1}"
  // CHECK: arith.select %[[ONE]]
  %b = model.broadcast %x sizes(%n) : tensor<?xf32> -> tensor<?xf32>
  return %b : tensor<?xf32>
}

// -----

// Constant indices in range need no check.
// CHECK-LABEL: @gather_constant
func.func @gather_constant(%x: tensor<3x4xf32>) -> tensor<2x4xf32> {
  %i = arith.constant dense<[0, -3]> : tensor<2xi64>
  // CHECK-NOT: model.require
  // CHECK: linalg.generic
  %y = model.gather axis %x, %i : (tensor<3x4xf32>, tensor<2xi64>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

// Others are checked before any is used.
// CHECK-LABEL: @gather
func.func @gather(%x: tensor<3x4xf32>, %i: tensor<?xi64>) -> tensor<?x4xf32> {
  // CHECK: scf.for
  // CHECK: model.require %{{.+}}, 5, "index {0} is outside a size of {1}"
  // CHECK: linalg.generic
  %y = model.gather axis %x, %i : (tensor<3x4xf32>, tensor<?xi64>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
