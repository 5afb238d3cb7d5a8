// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from NumPy.

// Places in row major order.
func.func private @floats() {
  %x = arith.constant dense<[[0.0, 1.5, 0.0], [-2.0, 0.0,
        3.0]]> : tensor<2x3xf32>
  %y = model.nonzero %x : (tensor<2x3xf32>) -> tensor<2x?xi64>
  %y_expected = arith.constant dense<[[0, 1, 1], [1, 0, 2]]> : tensor<2x3xi64>
  check.equal %y, %y_expected : tensor<2x?xi64>, tensor<2x3xi64>
  return
}

// Booleans of a dynamic size.
func.func private @booleans() {
  %x_static = arith.constant dense<[true, false, true]> : tensor<3xi1>
  %x = tensor.cast %x_static : tensor<3xi1> to tensor<?xi1>
  %y = model.nonzero %x : (tensor<?xi1>) -> tensor<1x?xi64>
  %y_expected = arith.constant dense<[[0, 2]]> : tensor<1x2xi64>
  check.equal %y, %y_expected : tensor<1x?xi64>, tensor<1x2xi64>
  return
}

func.func @main() attributes {model.entry} {
  call @floats() : () -> ()
  call @booleans() : () -> ()
  return
}
