// RUN: niello-opt %s | niello-opt | FileCheck %s

// CHECK-LABEL: @close
func.func @close(%y: tensor<4xf32>, %expected: tensor<4xf32>) {
  // CHECK: check.close %{{.+}}, %{{.+}} absolute 9.{{[0-9]+}}E-7 relative 1.000000e-05 : tensor<4xf32>, tensor<4xf32>
  check.close %y, %expected absolute 1.0e-06 relative 1.0e-05 : tensor<4xf32>, tensor<4xf32>
  return
}

// CHECK-LABEL: @equal
func.func @equal(%y: tensor<4xi32>, %expected: tensor<4xi32>) {
  // CHECK: check.equal %{{.+}}, %{{.+}} : tensor<4xi32>, tensor<4xi32>
  check.equal %y, %expected : tensor<4xi32>, tensor<4xi32>
  return
}

// CHECK-LABEL: @shape
func.func @shape(%y: tensor<?x?xf32>) {
  // CHECK: check.shape %{{.+}} [2, 4] : tensor<?x?xf32>
  check.shape %y [2, 4] : tensor<?x?xf32>
  return
}
