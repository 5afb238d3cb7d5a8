// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from ONNX's reference evaluator, RoiAlign-16.

// Two samples each way, half pixels.
func.func private @average() {
  %x = arith.constant dense<[[[[-4.0, -2.0, 0.0, -1.0, -1.0, -4.0], [-4.0,
        -3.0, -4.0, 2.0, 0.0, 1.0], [-2.0, 1.0, 2.0, -1.0, 0.0, 4.0], [3.0,
        4.0, -1.0, 2.0, 4.0, 1.0], [3.0, 2.0, 2.0, -1.0, 3.0, -3.0]]],
        [[[1.0, 2.0, 3.0, 0.0, -1.0, -2.0], [-1.0, 0.0, 2.0, 4.0, -4.0, 4.0],
        [0.0, -1.0, 2.0, 1.0, -2.0, -2.0], [2.0, 1.0, 0.0, -1.0, 2.0, -1.0],
        [-2.0, 4.0, -2.0, -2.0, 2.0, 1.0]]]]> : tensor<2x1x5x6xf32>
  %r = arith.constant dense<[[0.0, 0.0, 4.0, 4.0], [1.0, 2.0, 5.0, 4.5],
        [-1.0, 1.0, 2.5, 9.0]]> : tensor<3x4xf32>
  %b = arith.constant dense<[0, 1, 1]> : tensor<3xi64>
  %y = model.roi_align average %x, %r, %b {height = 2 : i64, width = 3 : i64, samples = 2 : i64, half_pixel}
        : (tensor<2x1x5x6xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<3x1x2x3xf32>
  %y_expected = arith.constant dense<[[[[-3.625, -2.25, -0.20833337], [1.0,
        1.4999998, 0.62500006]]], [[[0.106770806, 1.2031249, -0.765625],
        [1.2708334, -1.0625, 0.9687496]]], [[[-0.125, 0.08854163,
        0.79166675], [0.0, 0.0, 0.0]]]]> : tensor<3x1x2x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<3x1x2x3xf32>, tensor<3x1x2x3xf32>
  return
}

// As many samples as a bin is large; a scale.
func.func private @adaptive() {
  %x_static = arith.constant dense<[[[[-4.0, -2.0, 0.0, -1.0, -1.0, -4.0],
        [-4.0, -3.0, -4.0, 2.0, 0.0, 1.0], [-2.0, 1.0, 2.0, -1.0, 0.0, 4.0],
        [3.0, 4.0, -1.0, 2.0, 4.0, 1.0], [3.0, 2.0, 2.0, -1.0, 3.0, -3.0]]],
        [[[1.0, 2.0, 3.0, 0.0, -1.0, -2.0], [-1.0, 0.0, 2.0, 4.0, -4.0, 4.0],
        [0.0, -1.0, 2.0, 1.0, -2.0, -2.0], [2.0, 1.0, 0.0, -1.0, 2.0, -1.0],
        [-2.0, 4.0, -2.0, -2.0, 2.0, 1.0]]]]> : tensor<2x1x5x6xf32>
  %x = tensor.cast %x_static : tensor<2x1x5x6xf32> to tensor<?x?x?x?xf32>
  %r_static = arith.constant dense<[[0.0, 0.0, 4.0, 4.0], [1.0, 2.0, 5.0,
        4.5], [-1.0, 1.0, 2.5, 9.0]]> : tensor<3x4xf32>
  %r = tensor.cast %r_static : tensor<3x4xf32> to tensor<?x?xf32>
  %b_static = arith.constant dense<[0, 1, 1]> : tensor<3xi64>
  %b = tensor.cast %b_static : tensor<3xi64> to tensor<?xi64>
  %y = model.roi_align average %x, %r, %b {height = 2 : i64, width = 3 : i64, spatial_scale = 0.5 : f64}
        : (tensor<?x?x?x?xf32>, tensor<?x?xf32>, tensor<?xi64>) -> tensor<?x?x2x3xf32>
  %y_expected = arith.constant dense<[[[[-3.5, -2.5, -2.1666665],
        [-2.3333333, -1.0, -1.0]]], [[[-0.375, 0.8437503, 2.1770833],
        [-0.79166675, 0.53125036, 1.8645834]]], [[[-0.5, -0.5, -0.5], [0.0,
        0.93749994, 2.395833]]]]> : tensor<3x1x2x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<?x?x2x3xf32>, tensor<3x1x2x3xf32>
  return
}

// The greatest weighted neighbour.
func.func private @max() {
  %x = arith.constant dense<[[[[-4.0, -2.0, 0.0, -1.0, -1.0, -4.0], [-4.0,
        -3.0, -4.0, 2.0, 0.0, 1.0], [-2.0, 1.0, 2.0, -1.0, 0.0, 4.0], [3.0,
        4.0, -1.0, 2.0, 4.0, 1.0], [3.0, 2.0, 2.0, -1.0, 3.0, -3.0]]],
        [[[1.0, 2.0, 3.0, 0.0, -1.0, -2.0], [-1.0, 0.0, 2.0, 4.0, -4.0, 4.0],
        [0.0, -1.0, 2.0, 1.0, -2.0, -2.0], [2.0, 1.0, 0.0, -1.0, 2.0, -1.0],
        [-2.0, 4.0, -2.0, -2.0, 2.0, 1.0]]]]> : tensor<2x1x5x6xf32>
  %r = arith.constant dense<[[0.0, 0.0, 4.0, 4.0], [1.0, 2.0, 5.0, 4.5],
        [-1.0, 1.0, 2.5, 9.0]]> : tensor<3x4xf32>
  %b = arith.constant dense<[0, 1, 1]> : tensor<3xi64>
  %y = model.roi_align max %x, %r, %b {height = 2 : i64, width = 3 : i64, samples = 2 : i64, half_pixel}
        : (tensor<2x1x5x6xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<3x1x2x3xf32>
  %y_expected = arith.constant dense<[[[[-0.0, 0.0, 1.6666665], [3.0,
        3.333333, 1.6666665]]], [[[0.8125, 1.3541665, 0.7291664], [2.2916667,
        0.0, 1.5624994]]], [[[1.0, 1.0833333, 1.7500002], [0.0, 0.0,
        0.0]]]]> : tensor<3x1x2x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<3x1x2x3xf32>, tensor<3x1x2x3xf32>
  return
}

func.func @main() attributes {model.entry} {
  call @average() : () -> ()
  call @adaptive() : () -> ()
  call @max() : () -> ()
  return
}
