// RUN: niello-opt --canonicalize %s | FileCheck %s

// A broadcast to the same static shape is its operand.
// CHECK-LABEL: @broadcast
// CHECK-SAME:    (%[[X:[a-z0-9]+]]: tensor<2x3xf32>
func.func @broadcast(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %b = model.broadcast %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: return %[[X]]
  return %b : tensor<2x3xf32>
}

// Equal dynamic types may still stretch.
// CHECK-LABEL: @broadcast_dynamic
func.func @broadcast_dynamic(%x: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  // CHECK: model.broadcast
  %b = model.broadcast %x sizes(%n) : tensor<?xf32> -> tensor<?xf32>
  return %b : tensor<?xf32>
}

// What is known to hold needs no check.
// CHECK-LABEL: @require
func.func @require() {
  %yes = arith.constant true
  // CHECK-NOT: model.require
  model.require %yes, 5, "always"
  return
}
