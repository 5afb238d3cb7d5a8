// RUN: niello-opt --lower-check --canonicalize --split-input-file %s | FileCheck %s

// A float is close within absolute + relative * |expected|, in f64.
// CHECK-LABEL: @close
// CHECK-SAME:    (%[[A:[a-z0-9]+]]: tensor<4xf32>, %[[B:[a-z0-9]+]]: tensor<4xf32>)
func.func @close(%a: tensor<4xf32>, %b: tensor<4xf32>) {
  // CHECK: scf.for %[[I:[a-z0-9]+]] =
  // CHECK: tensor.extract %[[A]][%[[I]]]
  // CHECK: tensor.extract %[[B]][%[[I]]]
  // CHECK: math.absf {{.+}} : f64
  // CHECK: model.require %{{.+}}, 5, "check.close failed at element {0}"
  check.close %a, %b absolute 1.0e-06 relative 1.0e-05 : tensor<4xf32>, tensor<4xf32>
  return
}

// -----

// Sizes that may differ are checked first.
// CHECK-LABEL: @equal
func.func @equal(%a: tensor<?xi32>, %b: tensor<4xi32>) {
  // CHECK: model.require %{{.+}}, 5, "check needs equal sizes, but got {0} for {1}"
  // CHECK: scf.for
  // CHECK: model.require %{{.+}}, 5, "check.equal failed at element {0}"
  check.equal %a, %b : tensor<?xi32>, tensor<4xi32>
  return
}

// -----

// Only what is dynamic is checked.
// CHECK-LABEL: @shape
func.func @shape(%a: tensor<3x?xi32>) {
  // CHECK-COUNT-1: model.require %{{.+}}, 5, "check.shape found a size of {0}, not {1}"
  // CHECK-NOT: model.require
  check.shape %a [3, 4] : tensor<3x?xi32>
  return
}
