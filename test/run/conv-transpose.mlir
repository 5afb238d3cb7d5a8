// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from onnxruntime; the data are small whole numbers, so that
// they are exact.

// Strides, pads and an output padding.
func.func private @strided() {
  %x = arith.constant dense<[[[[-4.0, -2.0], [4.0, -2.0], [0.0, 3.0]], [[1.0,
        3.0], [-3.0, 0.0], [1.0, -1.0]]]]> : tensor<1x2x3x2xf32>
  %w = arith.constant dense<[[[[1.0, 4.0], [2.0, -2.0], [-4.0, -3.0]],
        [[-2.0, 3.0], [-2.0, 3.0], [-2.0, 2.0]], [[0.0, 4.0], [1.0, 4.0],
        [4.0, 2.0]]], [[[1.0, 3.0], [4.0, -2.0], [1.0, -3.0]], [[-4.0, 2.0],
        [-4.0, 2.0], [3.0, -3.0]], [[2.0, -1.0], [4.0, 4.0], [1.0,
        1.0]]]]> : tensor<2x3x3x2xf32>
  %b = arith.constant dense<[2.0, 1.0, 2.0]> : tensor<3xf32>
  %y = model.conv_transpose %x, %w bias %b {strides = array<i64: 2, 3>, pads = array<i64: 1, 0, 0, 1>, output_padding = array<i64: 1, 0>}
      : (tensor<1x2x3x2xf32>, tensor<2x3x3x2xf32>, tensor<3xf32>) -> tensor<1x3x7x4xf32>
  %y_expected = arith.constant dense<[[[[-2.0, 8.0, 2.0, 10.0], [20.0, 18.0,
        2.0, 11.0], [-2.0, 0.0, 2.0, -2.0], [-16.0, 2.0, 2.0, 12.0], [6.0,
        0.0, 2.0, 4.0], [3.0, -1.0, 2.0, -11.0], [2.0, 2.0, 2.0, 2.0]],
        [[5.0, -9.0, 1.0, -7.0], [16.0, -4.0, 1.0, 18.0], [5.0, 7.0, 1.0,
        5.0], [-20.0, 20.0, 1.0, 3.0], [-3.0, 3.0, 1.0, -1.0], [4.0, -2.0,
        1.0, -8.0], [1.0, 1.0, 1.0, 1.0]], [[2.0, -10.0, 2.0, 12.0], [-19.0,
        14.0, 2.0, -3.0], [-6.0, 6.0, 2.0, 0.0], [17.0, 6.0, 2.0, -8.0],
        [6.0, 6.0, 2.0, 1.0], [3.0, 3.0, 2.0, 13.0], [2.0, 2.0, 2.0,
        2.0]]]]> : tensor<1x3x7x4xf32>
  check.equal %y, %y_expected : tensor<1x3x7x4xf32>, tensor<1x3x7x4xf32>
  return
}

// Two groups, dilated; dynamic sizes.
func.func private @grouped() {
  %x_static = arith.constant dense<[[[[-3.0, 3.0, 0.0], [2.0, 0.0, -2.0],
        [-4.0, 0.0, 4.0]], [[-4.0, 1.0, 0.0], [-4.0, 0.0, 2.0], [2.0, 4.0,
        0.0]], [[1.0, 4.0, -2.0], [3.0, -3.0, -1.0], [2.0, 1.0, -3.0]],
        [[1.0, 1.0, 4.0], [1.0, 3.0, 4.0], [-4.0, -4.0,
        0.0]]]]> : tensor<1x4x3x3xf32>
  %x = tensor.cast %x_static : tensor<1x4x3x3xf32> to tensor<?x?x?x?xf32>
  %w = arith.constant dense<[[[[0.0, 0.0], [2.0, -2.0]]], [[[-3.0, 2.0],
        [-1.0, 4.0]]], [[[-4.0, 2.0], [2.0, -2.0]]], [[[-4.0, -2.0], [-1.0,
        4.0]]]]> : tensor<4x1x2x2xf32>
  %y = model.conv_transpose %x, %w {dilations = array<i64: 2, 1>, groups = 2 : i64}
      : (tensor<?x?x?x?xf32>, tensor<4x1x2x2xf32>) -> tensor<?x2x?x?xf32>
  %y_expected = arith.constant dense<[[[[12.0, -11.0, 2.0, 0.0], [12.0, -8.0,
        -6.0, 4.0], [-8.0, -13.0, 6.0, 0.0], [8.0, -20.0, -6.0, 12.0],
        [-10.0, 12.0, 24.0, -8.0]], [[-8.0, -20.0, -2.0, -12.0], [-16.0, 4.0,
        -24.0, -10.0], [9.0, 33.0, 10.0, 14.0], [5.0, -11.0, 12.0, 18.0],
        [8.0, -14.0, -24.0, 6.0]]]]> : tensor<1x2x5x4xf32>
  check.equal %y, %y_expected : tensor<?x2x?x?xf32>, tensor<1x2x5x4xf32>
  return
}

// The result is 5x6: the pads follow, the odd one at the beginning.
func.func private @shaped() {
  %x = arith.constant dense<[[[[3.0, -2.0, 0.0], [1.0, 4.0, -3.0], [2.0, 4.0,
        4.0]]]]> : tensor<1x1x3x3xf32>
  %w = arith.constant dense<[[[[-2.0, -3.0, 1.0], [-4.0, -3.0, -4.0], [-3.0,
        3.0, 2.0]]]]> : tensor<1x1x3x3xf32>
  %y = model.conv_transpose %x, %w {strides = array<i64: 2, 2>, output_shape = array<i64: 5, 6>}
      : (tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x5x6xf32>
  %y_expected = arith.constant dense<[[[[-9.0, -4.0, 6.0, 8.0, 0.0, 0.0],
        [6.0, 5.0, -18.0, 6.0, 9.0, -3.0], [-3.0, -20.0, -12.0, -4.0, 9.0,
        12.0], [-3.0, -16.0, 0.0, 13.0, -21.0, -2.0], [-6.0, -24.0, -12.0,
        -32.0, -12.0, -16.0]]]]> : tensor<1x1x5x6xf32>
  check.equal %y, %y_expected : tensor<1x1x5x6xf32>, tensor<1x1x5x6xf32>
  return
}

// A size of stride times the input.
func.func private @same() {
  %x = arith.constant dense<[[[[3.0, -2.0, 0.0], [1.0, 4.0, -3.0], [2.0, 4.0,
        4.0]]]]> : tensor<1x1x3x3xf32>
  %w = arith.constant dense<[[[[-2.0, -3.0, 1.0], [-4.0, -3.0, -4.0], [-3.0,
        3.0, 2.0]]]]> : tensor<1x1x3x3xf32>
  %y = model.conv_transpose %x, %w pad same_upper {strides = array<i64: 2, 2>}
      : (tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x6x6xf32>
  %y_expected = arith.constant dense<[[[[-6.0, -9.0, 7.0, 6.0, -2.0, 0.0],
        [-12.0, -9.0, -4.0, 6.0, 8.0, 0.0], [-11.0, 6.0, 5.0, -18.0, 6.0,
        9.0], [-4.0, -3.0, -20.0, -12.0, -4.0, 9.0], [-7.0, -3.0, -16.0, 0.0,
        13.0, -21.0], [-8.0, -6.0, -24.0, -12.0, -32.0,
        -12.0]]]]> : tensor<1x1x6x6xf32>
  check.equal %y, %y_expected : tensor<1x1x6x6xf32>, tensor<1x1x6x6xf32>
  return
}

func.func @main() attributes {model.entry} {
  call @strided() : () -> ()
  call @grouped() : () -> ()
  call @shaped() : () -> ()
  call @same() : () -> ()
  return
}
