// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from NumPy's broadcast_to.

// A leading dimension and a size of 1.
func.func private @stretched() {
  %x = arith.constant dense<[[-3.0], [1.0], [0.0]]> : tensor<3x1xf32>
  %y = model.broadcast %x : tensor<3x1xf32> -> tensor<2x3x2xf32>
  %y_expected = arith.constant dense<[[[-3.0, -3.0], [1.0, 1.0], [0.0, 0.0]],
        [[-3.0, -3.0], [1.0, 1.0], [0.0, 0.0]]]> : tensor<2x3x2xf32>
  check.equal %y, %y_expected : tensor<2x3x2xf32>, tensor<2x3x2xf32>
  return
}

// Which sizes stretch shows at run time.
func.func private @dynamic() {
  %x_static = arith.constant dense<[[-3.0], [1.0], [0.0]]> : tensor<3x1xf32>
  %x = tensor.cast %x_static : tensor<3x1xf32> to tensor<?x?xf32>
  %two = arith.constant 2 : index
    %three = arith.constant 3 : index
    %y = model.broadcast %x sizes(%two, %three, %two) : tensor<?x?xf32> -> tensor<?x?x?xf32>
  %y_expected = arith.constant dense<[[[-3.0, -3.0], [1.0, 1.0], [0.0, 0.0]],
        [[-3.0, -3.0], [1.0, 1.0], [0.0, 0.0]]]> : tensor<2x3x2xf32>
  check.equal %y, %y_expected : tensor<?x?x?xf32>, tensor<2x3x2xf32>
  return
}

func.func @main() attributes {model.entry} {
  call @stretched() : () -> ()
  call @dynamic() : () -> ()
  return
}
