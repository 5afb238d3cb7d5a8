// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from NumPy.

// Pairs i and i + 2; the last two elements stay.
func.func private @halved() {
  %x = arith.constant dense<[[[[-2.0, -2.0, 2.0, 1.0, 0.0, -1.0], [2.0, -1.0,
        -2.0, 4.0, -2.0, -2.0], [2.0, 1.0, -4.0, -4.0, -1.0, 3.0]], [[-1.0,
        3.0, -2.0, -2.0, 3.0, 3.0], [-4.0, -4.0, 2.0, -1.0, 1.0, -3.0], [3.0,
        0.0, 4.0, 3.0, 2.0, -2.0]]]]> : tensor<1x2x3x6xf32>
  %c = arith.constant dense<[[2.0, -4.0], [1.0, -1.0], [4.0,
        -3.0]]> : tensor<3x2xf32>
  %s = arith.constant dense<[[4.0, -4.0], [1.0, 1.0], [4.0,
        -2.0]]> : tensor<3x2xf32>
  %y = model.rope %x, %c, %s : (tensor<1x2x3x6xf32>, tensor<3x2xf32>, tensor<3x2xf32>) -> tensor<1x2x3x6xf32>
  %y_expected = arith.constant dense<[[[[-12.0, 12.0, -4.0, 4.0, 0.0, -1.0],
        [4.0, -3.0, 0.0, -5.0, -2.0, -2.0], [24.0, -11.0, -8.0, 10.0, -1.0,
        3.0]], [[6.0, -20.0, -8.0, -4.0, 3.0, 3.0], [-6.0, 5.0, -2.0, -3.0,
        1.0, -3.0], [-4.0, 6.0, 28.0, -9.0, 2.0,
        -2.0]]]]> : tensor<1x2x3x6xf32>
  check.equal %y, %y_expected : tensor<1x2x3x6xf32>, tensor<1x2x3x6xf32>
  return
}

// Pairs 2i and 2i + 1, dynamic sizes.
func.func private @interleaved() {
  %x_static = arith.constant dense<[[[[-2.0, -2.0, 2.0, 1.0, 0.0, -1.0],
        [2.0, -1.0, -2.0, 4.0, -2.0, -2.0], [2.0, 1.0, -4.0, -4.0, -1.0,
        3.0]], [[-1.0, 3.0, -2.0, -2.0, 3.0, 3.0], [-4.0, -4.0, 2.0, -1.0,
        1.0, -3.0], [3.0, 0.0, 4.0, 3.0, 2.0, -2.0]]]]> : tensor<1x2x3x6xf32>
  %x = tensor.cast %x_static : tensor<1x2x3x6xf32> to tensor<?x?x?x?xf32>
  %c = arith.constant dense<[[[[4.0, 2.0, 4.0], [-3.0, 2.0, 4.0], [-4.0,
        -1.0, 1.0]]]]> : tensor<1x1x3x3xf32>
  %s = arith.constant dense<[[[[-4.0, 0.0, 1.0], [2.0, 4.0, -1.0], [-1.0,
        0.0, 4.0]]]]> : tensor<1x1x3x3xf32>
  %y = model.rope %x, %c, %s {interleaved} : (tensor<?x?x?x?xf32>, tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>) -> tensor<?x?x?x?xf32>
  %y_expected = arith.constant dense<[[[[-16.0, 0.0, 4.0, 2.0, 1.0, -4.0],
        [-4.0, 7.0, -20.0, 0.0, -10.0, -6.0], [-7.0, -6.0, 4.0, 4.0, -13.0,
        -1.0]], [[8.0, 16.0, -4.0, -4.0, 9.0, 15.0], [20.0, 4.0, 8.0, 6.0,
        1.0, -13.0], [-12.0, -3.0, -4.0, -3.0, 10.0,
        6.0]]]]> : tensor<1x2x3x6xf32>
  check.equal %y, %y_expected : tensor<?x?x?x?xf32>, tensor<1x2x3x6xf32>
  return
}

func.func @main() attributes {model.entry} {
  call @halved() : () -> ()
  call @interleaved() : () -> ()
  return
}
