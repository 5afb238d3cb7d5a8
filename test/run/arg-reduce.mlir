// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from onnxruntime.

// The first of equals.
func.func private @greatest() {
  %x = arith.constant dense<[[4.0, -1.0, 2.0, 4.0, 1.0], [3.0, 2.0, 2.0,
        -1.0, 3.0], [-3.0, 1.0, 2.0, 3.0, 0.0]]> : tensor<3x5xf32>
  %y = model.arg_reduce max %x axis 1 {keep} : (tensor<3x5xf32>) -> tensor<3x1xi64>
  %y_expected = arith.constant dense<[[0], [0], [3]]> : tensor<3x1xi64>
  check.equal %y, %y_expected : tensor<3x1xi64>, tensor<3x1xi64>
  return
}

// The last of equals, without the axis, dynamic sizes.
func.func private @least_last() {
  %x_static = arith.constant dense<[[4.0, -1.0, 2.0, 4.0, 1.0], [3.0, 2.0,
        2.0, -1.0, 3.0], [-3.0, 1.0, 2.0, 3.0, 0.0]]> : tensor<3x5xf32>
  %x = tensor.cast %x_static : tensor<3x5xf32> to tensor<?x?xf32>
  %y = model.arg_reduce min %x axis 0 {select_last} : (tensor<?x?xf32>) -> tensor<?xi64>
  %y_expected = arith.constant dense<[2, 0, 2, 1, 2]> : tensor<5xi64>
  check.equal %y, %y_expected : tensor<?xi64>, tensor<5xi64>
  return
}

func.func @main() attributes {model.entry} {
  call @greatest() : () -> ()
  call @least_last() : () -> ()
  return
}
