// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from ONNX's reference evaluator, GridSample-20.

// Nearest, zeros, corners aligned.
func.func private @nearest_zeros() {
  %x = arith.constant dense<[[[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0, -4.0,
        -4.0], [-3.0, 3.0, 1.0, 4.0]], [[0.0, 1.0, 4.0, 2.0], [1.0, 0.0, 1.0,
        4.0], [-2.0, 3.0, 2.0, -4.0]]]]> : tensor<1x2x3x4xf32>
  %g = arith.constant dense<[[[[-0.3, 1.1], [0.2, -1.4], [0.8, 0.7]], [[1.1,
        -1.0], [-1.3, 1.1], [-1.5, 0.1]]]]> : tensor<1x2x3x2xf32>
  %y = model.grid_sample nearest %x, %g outside zeros {align_corners}
        : (tensor<1x2x3x4xf32>, tensor<1x2x3x2xf32>) -> tensor<1x2x2x3xf32>
  %y_expected = arith.constant dense<[[[[3.0, 0.0, 4.0], [-2.0, -3.0, 0.0]],
        [[3.0, 4.0, -4.0], [2.0, -2.0, 0.0]]]]> : tensor<1x2x2x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>
  return
}

// Nearest, border, corners not aligned.
func.func private @nearest_border() {
  %x = arith.constant dense<[[[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0, -4.0,
        -4.0], [-3.0, 3.0, 1.0, 4.0]], [[0.0, 1.0, 4.0, 2.0], [1.0, 0.0, 1.0,
        4.0], [-2.0, 3.0, 2.0, -4.0]]]]> : tensor<1x2x3x4xf32>
  %g = arith.constant dense<[[[[-0.3, 1.1], [0.2, -1.4], [0.8, 0.7]], [[1.1,
        -1.0], [-1.3, 1.1], [-1.5, 0.1]]]]> : tensor<1x2x3x2xf32>
  %y = model.grid_sample nearest %x, %g outside border
        : (tensor<1x2x3x4xf32>, tensor<1x2x3x2xf32>) -> tensor<1x2x2x3xf32>
  %y_expected = arith.constant dense<[[[[3.0, 0.0, 4.0], [-2.0, -3.0, -2.0]],
        [[3.0, 4.0, -4.0], [2.0, -2.0, 1.0]]]]> : tensor<1x2x2x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>
  return
}

// Nearest, reflection, corners aligned.
func.func private @nearest_reflection() {
  %x = arith.constant dense<[[[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0, -4.0,
        -4.0], [-3.0, 3.0, 1.0, 4.0]], [[0.0, 1.0, 4.0, 2.0], [1.0, 0.0, 1.0,
        4.0], [-2.0, 3.0, 2.0, -4.0]]]]> : tensor<1x2x3x4xf32>
  %g = arith.constant dense<[[[[-0.3, 1.1], [0.2, -1.4], [0.8, 0.7]], [[1.1,
        -1.0], [-1.3, 1.1], [-1.5, 0.1]]]]> : tensor<1x2x3x2xf32>
  %y = model.grid_sample nearest %x, %g outside reflection {align_corners}
        : (tensor<1x2x3x4xf32>, tensor<1x2x3x2xf32>) -> tensor<1x2x2x3xf32>
  %y_expected = arith.constant dense<[[[[3.0, 0.0, 4.0], [-2.0, -3.0, -4.0]],
        [[3.0, 4.0, -4.0], [2.0, -2.0, 0.0]]]]> : tensor<1x2x2x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>
  return
}

// Linear, zeros, corners aligned.
func.func private @linear_zeros() {
  %x_static = arith.constant dense<[[[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0,
        -4.0, -4.0], [-3.0, 3.0, 1.0, 4.0]], [[0.0, 1.0, 4.0, 2.0], [1.0,
        0.0, 1.0, 4.0], [-2.0, 3.0, 2.0, -4.0]]]]> : tensor<1x2x3x4xf32>
  %x = tensor.cast %x_static : tensor<1x2x3x4xf32> to tensor<?x?x?x?xf32>
  %g = arith.constant dense<[[[[-0.3, 1.1], [0.2, -1.4], [0.8, 0.7]], [[1.1,
        -1.0], [-1.3, 1.1], [-1.5, 0.1]]]]> : tensor<1x2x3x2xf32>
  %y = model.grid_sample linear %x, %g outside zeros {align_corners}
        : (tensor<?x?x?x?xf32>, tensor<1x2x3x2xf32>) -> tensor<?x?x?x?xf32>
  %y_expected = arith.constant dense<[[[[2.6100004, 0.11999996, 0.97],
        [-1.7000003, -1.4850004, -0.525]], [[2.6550002, 2.0400002,
        -0.60999954], [1.7000003, -0.99000025,
        0.17499998]]]]> : tensor<1x2x2x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<?x?x?x?xf32>, tensor<1x2x2x3xf32>
  return
}

// Linear, border, corners not aligned.
func.func private @linear_border() {
  %x_static = arith.constant dense<[[[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0,
        -4.0, -4.0], [-3.0, 3.0, 1.0, 4.0]], [[0.0, 1.0, 4.0, 2.0], [1.0,
        0.0, 1.0, 4.0], [-2.0, 3.0, 2.0, -4.0]]]]> : tensor<1x2x3x4xf32>
  %x = tensor.cast %x_static : tensor<1x2x3x4xf32> to tensor<?x?x?x?xf32>
  %g = arith.constant dense<[[[[-0.3, 1.1], [0.2, -1.4], [0.8, 0.7]], [[1.1,
        -1.0], [-1.3, 1.1], [-1.5, 0.1]]]]> : tensor<1x2x3x2xf32>
  %y = model.grid_sample linear %x, %g outside border
        : (tensor<?x?x?x?xf32>, tensor<1x2x3x2xf32>) -> tensor<?x?x?x?xf32>
  %y_expected = arith.constant dense<[[[[2.3999996, 0.099999905, 4.0], [-2.0,
        -3.0, -2.15]], [[2.4999998, 3.7000003, -4.0], [2.0, -2.0,
        0.5499997]]]]> : tensor<1x2x2x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<?x?x?x?xf32>, tensor<1x2x2x3xf32>
  return
}

// Linear, reflection, corners aligned.
func.func private @linear_reflection() {
  %x_static = arith.constant dense<[[[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0,
        -4.0, -4.0], [-3.0, 3.0, 1.0, 4.0]], [[0.0, 1.0, 4.0, 2.0], [1.0,
        0.0, 1.0, 4.0], [-2.0, 3.0, 2.0, -4.0]]]]> : tensor<1x2x3x4xf32>
  %x = tensor.cast %x_static : tensor<1x2x3x4xf32> to tensor<?x?x?x?xf32>
  %g = arith.constant dense<[[[[-0.3, 1.1], [0.2, -1.4], [0.8, 0.7]], [[1.1,
        -1.0], [-1.3, 1.1], [-1.5, 0.1]]]]> : tensor<1x2x3x2xf32>
  %y = model.grid_sample linear %x, %g outside reflection {align_corners}
        : (tensor<?x?x?x?xf32>, tensor<1x2x3x2xf32>) -> tensor<?x?x?x?xf32>
  %y_expected = arith.constant dense<[[[[2.2100008, -1.4799999, 0.97],
        [-1.7000003, -0.5600002, -2.9999998]], [[2.66, 2.3600001,
        -0.60999954], [2.2999997, 0.27999964,
        0.40000004]]]]> : tensor<1x2x2x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<?x?x?x?xf32>, tensor<1x2x2x3xf32>
  return
}

// Cubic, zeros, corners not aligned.
func.func private @cubic_zeros() {
  %x = arith.constant dense<[[[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0, -4.0,
        -4.0], [-3.0, 3.0, 1.0, 4.0]], [[0.0, 1.0, 4.0, 2.0], [1.0, 0.0, 1.0,
        4.0], [-2.0, 3.0, 2.0, -4.0]]]]> : tensor<1x2x3x4xf32>
  %g = arith.constant dense<[[[[-0.3, 1.1], [0.2, -1.4], [0.8, 0.7]], [[1.1,
        -1.0], [-1.3, 1.1], [-1.5, 0.1]]]]> : tensor<1x2x3x2xf32>
  %y = model.grid_sample cubic %x, %g outside zeros
        : (tensor<1x2x3x4xf32>, tensor<1x2x3x2xf32>) -> tensor<1x2x2x3xf32>
  %y_expected = arith.constant dense<[[[[1.2544274, -0.011542401, 3.9574466],
        [-0.282797, 0.06430552, 0.24160554]], [[1.033861, -0.23584582,
        -4.1448674], [0.15728974, 0.0513355,
        -0.06276852]]]]> : tensor<1x2x2x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>
  return
}

// Cubic, border, corners aligned.
func.func private @cubic_border() {
  %x = arith.constant dense<[[[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0, -4.0,
        -4.0], [-3.0, 3.0, 1.0, 4.0]], [[0.0, 1.0, 4.0, 2.0], [1.0, 0.0, 1.0,
        4.0], [-2.0, 3.0, 2.0, -4.0]]]]> : tensor<1x2x3x4xf32>
  %g = arith.constant dense<[[[[-0.3, 1.1], [0.2, -1.4], [0.8, 0.7]], [[1.1,
        -1.0], [-1.3, 1.1], [-1.5, 0.1]]]]> : tensor<1x2x3x2xf32>
  %y = model.grid_sample cubic %x, %g outside border {align_corners}
        : (tensor<1x2x3x4xf32>, tensor<1x2x3x2xf32>) -> tensor<1x2x2x3xf32>
  %y_expected = arith.constant dense<[[[[3.1190903, 0.32000053, 0.97775686],
        [-2.0, -3.0, -2.3857505]], [[3.140596, 3.6879997, -0.79133236], [2.0,
        -2.0, 0.8147496]]]]> : tensor<1x2x2x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>
  return
}

// Cubic, reflection, corners not aligned.
func.func private @cubic_reflection() {
  %x = arith.constant dense<[[[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0, -4.0,
        -4.0], [-3.0, 3.0, 1.0, 4.0]], [[0.0, 1.0, 4.0, 2.0], [1.0, 0.0, 1.0,
        4.0], [-2.0, 3.0, 2.0, -4.0]]]]> : tensor<1x2x3x4xf32>
  %g = arith.constant dense<[[[[-0.3, 1.1], [0.2, -1.4], [0.8, 0.7]], [[1.1,
        -1.0], [-1.3, 1.1], [-1.5, 0.1]]]]> : tensor<1x2x3x2xf32>
  %y = model.grid_sample cubic %x, %g outside reflection
        : (tensor<1x2x3x4xf32>, tensor<1x2x3x2xf32>) -> tensor<1x2x2x3xf32>
  %y_expected = arith.constant dense<[[[[3.732676, -0.18867876, 4.4947157],
        [-1.9990623, -2.5508928, -3.0070224]], [[3.0994081, 3.6118639,
        -4.7116437], [1.1623447, -2.0088756,
        0.4454318]]]]> : tensor<1x2x2x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>
  return
}

func.func @main() attributes {model.entry} {
  call @nearest_zeros() : () -> ()
  call @nearest_border() : () -> ()
  call @nearest_reflection() : () -> ()
  call @linear_zeros() : () -> ()
  call @linear_border() : () -> ()
  call @linear_reflection() : () -> ()
  call @cubic_zeros() : () -> ()
  call @cubic_border() : () -> ()
  call @cubic_reflection() : () -> ()
  return
}
