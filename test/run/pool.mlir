// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from onnxruntime.

// Strides and pads; the padding is never the greatest.
func.func private @max() {
  %x = arith.constant dense<[[[[-2.5, -7.0, -1.0, -7.0, -5.5], [-4.0, -4.0,
        -2.5, -4.0, -5.5], [-4.0, -7.0, -1.0, -4.0, -1.0], [-4.0, -5.5, -4.0,
        -7.0, -7.0], [-2.5, -4.0, -5.5, -4.0, -5.5]], [[-7.0, -1.0, -1.0,
        -7.0, -1.0], [-5.5, -4.0, -7.0, -7.0, -5.5], [-2.5, -1.0, -5.5, -5.5,
        -2.5], [-2.5, -4.0, -2.5, -1.0, -7.0], [-5.5, -7.0, -1.0, -5.5,
        -7.0]]]]> : tensor<1x2x5x5xf32>
  %y = model.pool max %x kernel [3, 2] {strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 1, 1>}
      : (tensor<1x2x5x5xf32>) -> tensor<1x2x3x5xf32>
  %y_expected = arith.constant dense<[[[[-2.5, -1.0, -1.0, -4.0, -5.5],
        [-4.0, -1.0, -1.0, -1.0, -1.0], [-2.5, -4.0, -4.0, -4.0, -5.5]],
        [[-1.0, -1.0, -1.0, -1.0, -1.0], [-1.0, -1.0, -1.0, -1.0, -2.5],
        [-2.5, -1.0, -1.0, -1.0, -7.0]]]]> : tensor<1x2x3x5xf32>
  check.equal %y, %y_expected : tensor<1x2x3x5xf32>, tensor<1x2x3x5xf32>
  return
}

// With indices, a last window past the end, dynamic sizes.
func.func private @places() {
  %x_static = arith.constant dense<[[[[1.5, 6.0, 0.0, -6.0, -4.5], [-3.0,
        3.0, -1.5, -3.0, -4.5], [3.0, -6.0, 0.0, 3.0, 0.0], [3.0, 4.5, -3.0,
        -6.0, -6.0], [1.5, -3.0, -4.5, 3.0, 4.5]], [[6.0, 0.0, 0.0, 6.0,
        0.0], [-4.5, -3.0, 6.0, -6.0, 4.5], [1.5, 0.0, 4.5, 4.5, -1.5], [1.5,
        3.0, 1.5, 0.0, 6.0], [4.5, -6.0, 0.0, 4.5,
        -6.0]]]]> : tensor<1x2x5x5xf32>
  %x = tensor.cast %x_static : tensor<1x2x5x5xf32> to tensor<?x?x?x?xf32>
  %y, %i = model.pool max %x kernel [2, 2] {strides = array<i64: 2, 2>, ceil_mode, indices}
      : (tensor<?x?x?x?xf32>) -> (tensor<?x?x?x?xf32>, tensor<?x?x?x?xi64>)
  %y_expected = arith.constant dense<[[[[6.0, 0.0, -4.5], [4.5, 3.0, 0.0],
        [1.5, 3.0, 4.5]], [[6.0, 6.0, 4.5], [3.0, 4.5, 6.0], [4.5, 4.5,
        -6.0]]]]> : tensor<1x2x3x3xf32>
  check.equal %y, %y_expected : tensor<?x?x?x?xf32>, tensor<1x2x3x3xf32>
  %i_expected = arith.constant dense<[[[[1, 2, 4], [16, 13, 14], [20, 23,
        24]], [[25, 28, 34], [41, 37, 44], [45, 48,
        49]]]]> : tensor<1x2x3x3xi64>
  check.equal %i, %i_expected : tensor<?x?x?x?xi64>, tensor<1x2x3x3xi64>
  return
}

// Indices with the first spatial dimension fastest, dilated.
func.func private @column_major() {
  %x = arith.constant dense<[[[[1.5, 6.0, 0.0, -6.0, -4.5], [-3.0, 3.0, -1.5,
        -3.0, -4.5], [3.0, -6.0, 0.0, 3.0, 0.0], [3.0, 4.5, -3.0, -6.0,
        -6.0], [1.5, -3.0, -4.5, 3.0, 4.5]], [[6.0, 0.0, 0.0, 6.0, 0.0],
        [-4.5, -3.0, 6.0, -6.0, 4.5], [1.5, 0.0, 4.5, 4.5, -1.5], [1.5, 3.0,
        1.5, 0.0, 6.0], [4.5, -6.0, 0.0, 4.5, -6.0]]]]> : tensor<1x2x5x5xf32>
  %y, %i = model.pool max %x kernel [2, 2] {dilations = array<i64: 2, 1>, indices, column_major}
      : (tensor<1x2x5x5xf32>) -> (tensor<1x2x3x4xf32>, tensor<1x2x3x4xi64>)
  %y_expected = arith.constant dense<[[[[6.0, 6.0, 3.0, 3.0], [4.5, 4.5,
        -1.5, -3.0], [3.0, 0.0, 3.0, 4.5]], [[6.0, 4.5, 6.0, 6.0], [3.0, 6.0,
        6.0, 6.0], [4.5, 4.5, 4.5, 4.5]]]]> : tensor<1x2x3x4xf32>
  check.equal %y, %y_expected : tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>
  %i_expected = arith.constant dense<[[[[5, 5, 17, 17], [8, 8, 11, 16], [2,
        12, 17, 24]], [[25, 37, 40, 40], [33, 36, 36, 48], [29, 37, 37,
        42]]]]> : tensor<1x2x3x4xi64>
  check.equal %i, %i_expected : tensor<1x2x3x4xi64>, tensor<1x2x3x4xi64>
  return
}

// Unsigned 8 bit.
func.func private @unsigned() {
  %x = arith.constant dense<[[[[97, 130, 83], [178, 254, 93], [199, 29,
        124]]]]> : tensor<1x1x3x3xi8>
  %y = model.pool max %x kernel [2, 2] {is_signed = false}
      : (tensor<1x1x3x3xi8>) -> tensor<1x1x2x2xi8>
  %y_expected = arith.constant dense<254> : tensor<1x1x2x2xi8>
  check.equal %y, %y_expected : tensor<1x1x2x2xi8>, tensor<1x1x2x2xi8>
  return
}

// The padding is not counted.
func.func private @average() {
  %x = arith.constant dense<[[[[1.5, 6.0, 0.0, -6.0, -4.5], [-3.0, 3.0, -1.5,
        -3.0, -4.5], [3.0, -6.0, 0.0, 3.0, 0.0], [3.0, 4.5, -3.0, -6.0,
        -6.0], [1.5, -3.0, -4.5, 3.0, 4.5]], [[6.0, 0.0, 0.0, 6.0, 0.0],
        [-4.5, -3.0, 6.0, -6.0, 4.5], [1.5, 0.0, 4.5, 4.5, -1.5], [1.5, 3.0,
        1.5, 0.0, 6.0], [4.5, -6.0, 0.0, 4.5, -6.0]]]]> : tensor<1x2x5x5xf32>
  %y = model.pool average %x kernel [3, 3] pad same_lower {strides = array<i64: 2, 2>}
      : (tensor<1x2x5x5xf32>) -> tensor<1x2x3x3xf32>
  %y_expected = arith.constant dense<[[[[1.875, -0.25, -4.5], [0.75, -1.0,
        -2.75], [1.5, -1.5, -1.125]], [[-0.375, 0.5, 1.125], [-0.25,
        1.1666666, 1.25], [0.75, 0.5, 1.125]]]]> : tensor<1x2x3x3xf32>
  check.close %y, %y_expected absolute 1.0e-06 relative 1.0e-06
      : tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>
  return
}

// The padding is counted, what lies past it is not.
func.func private @average_padded() {
  %x_static = arith.constant dense<[[[[1.5, 6.0, 0.0, -6.0, -4.5], [-3.0,
        3.0, -1.5, -3.0, -4.5], [3.0, -6.0, 0.0, 3.0, 0.0], [3.0, 4.5, -3.0,
        -6.0, -6.0], [1.5, -3.0, -4.5, 3.0, 4.5]], [[6.0, 0.0, 0.0, 6.0,
        0.0], [-4.5, -3.0, 6.0, -6.0, 4.5], [1.5, 0.0, 4.5, 4.5, -1.5], [1.5,
        3.0, 1.5, 0.0, 6.0], [4.5, -6.0, 0.0, 4.5,
        -6.0]]]]> : tensor<1x2x5x5xf32>
  %x = tensor.cast %x_static : tensor<1x2x5x5xf32> to tensor<?x?x?x?xf32>
  %y = model.pool average %x kernel [3, 3] {strides = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, ceil_mode, count_include_pad}
      : (tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
  %y_expected = arith.constant dense<[[[[0.8333333, -2.1666667], [0.33333334,
        -1.0]], [[-0.16666667, 1.1666666], [0.5,
        1.5]]]]> : tensor<1x2x2x2xf32>
  check.close %y, %y_expected absolute 1.0e-06 relative 1.0e-06
      : tensor<?x?x?x?xf32>, tensor<1x2x2x2xf32>
  return
}

// The 3-norm of each window.
func.func private @lp() {
  %x = arith.constant dense<[[[[1.5, 6.0, 0.0, -6.0, -4.5], [-3.0, 3.0, -1.5,
        -3.0, -4.5], [3.0, -6.0, 0.0, 3.0, 0.0], [3.0, 4.5, -3.0, -6.0,
        -6.0], [1.5, -3.0, -4.5, 3.0, 4.5]], [[6.0, 0.0, 0.0, 6.0, 0.0],
        [-4.5, -3.0, 6.0, -6.0, 4.5], [1.5, 0.0, 4.5, 4.5, -1.5], [1.5, 3.0,
        1.5, 0.0, 6.0], [4.5, -6.0, 0.0, 4.5, -6.0]]]]> : tensor<1x2x5x5xf32>
  %y = model.pool lp %x kernel [2, 2] {p = 3 : i64}
      : (tensor<1x2x5x5xf32>) -> tensor<1x2x4x4xf32>
  %y_expected = arith.constant dense<[[[[6.4901233, 6.269009, 6.269009,
        7.5199475], [6.671941, 6.269009, 3.8569226, 5.2550974], [7.1211896,
        6.939098, 6.4633045, 7.7138453], [5.2955227, 6.181928, 7.1211896,
        8.193834]], [[6.939098, 6.240252, 8.653498, 8.0575285], [4.952891,
        6.939098, 8.500577, 7.3780274], [3.2316523, 4.952891, 5.704429,
        6.7715364], [6.9623837, 6.269009, 4.5548835,
        8.0575285]]]]> : tensor<1x2x4x4xf32>
  check.close %y, %y_expected absolute 1.0e-06 relative 1.0e-06
      : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
  return
}

func.func @main() attributes {model.entry} {
  call @max() : () -> ()
  call @places() : () -> ()
  call @column_major() : () -> ()
  call @unsigned() : () -> ()
  call @average() : () -> ()
  call @average_padded() : () -> ()
  call @lp() : () -> ()
  return
}
