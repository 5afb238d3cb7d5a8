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

// A gather of constants is a constant; -1 is the last.
// CHECK-LABEL: @gather
func.func @gather() -> tensor<2xi64> {
  %data = arith.constant dense<[5, 6, 7]> : tensor<3xi64>
  %indices = arith.constant dense<[-1, 0]> : tensor<2xi64>
  // CHECK: arith.constant dense<[7, 5]> : tensor<2xi64>
  // CHECK-NOT: model.gather
  %r = model.gather axis %data, %indices : (tensor<3xi64>, tensor<2xi64>) -> tensor<2xi64>
  return %r : tensor<2xi64>
}

// One that is out of range stops the run, so it stays.
// CHECK-LABEL: @gather_outside
func.func @gather_outside() -> tensor<1xi64> {
  %data = arith.constant dense<[5, 6, 7]> : tensor<3xi64>
  %indices = arith.constant dense<[3]> : tensor<1xi64>
  // CHECK: model.gather
  %r = model.gather axis %data, %indices : (tensor<3xi64>, tensor<1xi64>) -> tensor<1xi64>
  return %r : tensor<1xi64>
}
