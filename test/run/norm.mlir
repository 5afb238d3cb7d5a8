// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from onnxruntime.

// Over the last two dimensions; the bias broadcasts.
func.func private @layer() {
  %x = arith.constant dense<[[[2.0, -1.0, 3.0, -3.0], [1.0, 2.0, 3.0, 0.0],
        [-1.0, -2.0, -1.0, 0.0]], [[2.0, 4.0, -4.0, 4.0], [0.0, -1.0, 2.0,
        1.0], [-2.0, -2.0, 2.0, 1.0]]]> : tensor<2x3x4xf32>
  %s = arith.constant dense<[[0.0, -1.0, 2.0, -1.0], [-2.0, 4.0, -2.0, -2.0],
        [2.0, 1.0, -4.0, -4.0]]> : tensor<3x4xf32>
  %b = arith.constant dense<[-1.0, 3.0, -1.0, 3.0]> : tensor<4xf32>
  %y = model.norm layer %x scale %s bias %b axis 1 epsilon 1.0e-05
      : (tensor<2x3x4xf32>, tensor<3x4xf32>, tensor<4xf32>) -> tensor<2x3x4xf32>
  %y_expected = arith.constant dense<[[[-1.0, 3.6661725, 1.9311588,
        4.732048], [-1.7994069, 6.7305655, -3.9311588, 3.266469], [-2.332345,
        1.8008896, 1.6646898, 3.532938]], [[-1.0, 1.5531428, -4.881812,
        1.5531428], [-0.5059513, 0.31802106, -2.199833, 2.647108], [-3.18793,
        1.906035, -3.3996656, 2.294216]]]> : tensor<2x3x4xf32>
  check.close %y, %y_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<2x3x4xf32>, tensor<2x3x4xf32>
  return
}

// No mean is taken away; dynamic sizes.
func.func private @rms() {
  %x_static = arith.constant dense<[[[-2.0, -2.0, 3.0, 3.0], [-4.0, -4.0,
        2.0, -1.0], [1.0, -3.0, 3.0, 0.0]], [[4.0, 3.0, 2.0, -2.0], [2.0,
        -4.0, 1.0, -1.0], [4.0, -3.0, 4.0, -4.0]]]> : tensor<2x3x4xf32>
  %x = tensor.cast %x_static : tensor<2x3x4xf32> to tensor<?x?x?xf32>
  %s = arith.constant dense<[1.0, 1.0, 4.0, -2.0]> : tensor<4xf32>
  %y = model.norm rms %x scale %s axis 2 epsilon 1.0e-05
      : (tensor<?x?x?xf32>, tensor<4xf32>) -> tensor<?x?x?xf32>
  %y_expected = arith.constant dense<[[[-0.78446394, -0.78446394, 4.706784,
        -2.353392], [-1.3151913, -1.3151913, 2.6303825, 0.65759563],
        [0.458831, -1.376493, 5.505972, -0.0]], [[1.3926204, 1.0444653,
        2.785241, 1.3926204], [0.85280204, -1.7056041, 1.7056041,
        0.85280204], [1.0596255, -0.79471916, 4.238502,
        2.119251]]]> : tensor<2x3x4xf32>
  check.close %y, %y_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<?x?x?xf32>, tensor<2x3x4xf32>
  return
}

// Two groups of channels; dynamic sizes.
func.func private @group() {
  %x_static = arith.constant dense<[[[4.0, 2.0, 4.0], [-3.0, 2.0, 4.0],
        [-4.0, -1.0, 1.0], [-4.0, 0.0, 1.0]], [[2.0, 4.0, -1.0], [-1.0, 0.0,
        4.0], [-3.0, 0.0, -4.0], [-1.0, 4.0, 1.0]]]> : tensor<2x4x3xf32>
  %x = tensor.cast %x_static : tensor<2x4x3xf32> to tensor<?x?x?xf32>
  %s = arith.constant dense<[-1.0, 4.0, 1.0, 4.0]> : tensor<4xf32>
  %b_static = arith.constant dense<[-4.0, 0.0, 3.0, 2.0]> : tensor<4xf32>
  %b = tensor.cast %b_static : tensor<4xf32> to tensor<?xf32>
  %y = model.norm group %x scale %s bias %b epsilon 1.0e-05 groups 2
      : (tensor<?x?x?xf32>, tensor<4xf32>, tensor<?xf32>) -> tensor<?x?x?xf32>
  %y_expected = arith.constant dense<[[[-4.7399397, -3.9327328, -4.7399397],
        [-8.341137, -0.26906905, 2.959758], [1.6602138, 3.078811, 4.0245423],
        [-3.3591447, 4.2067065, 6.098169]], [[-4.3123474, -5.2493887,
        -2.9067848], [-4.372861, -2.4987776, 4.997555], [2.0494142,
        3.1901171, 1.66918], [1.2395314, 8.844217,
        4.2814054]]]> : tensor<2x4x3xf32>
  check.close %y, %y_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<?x?x?xf32>, tensor<2x4x3xf32>
  return
}

// A mean and a variance a channel.
func.func private @instance() {
  %x = arith.constant dense<[[[4.0, 2.0, 4.0], [-3.0, 2.0, 4.0], [-4.0, -1.0,
        1.0], [-4.0, 0.0, 1.0]], [[2.0, 4.0, -1.0], [-1.0, 0.0, 4.0], [-3.0,
        0.0, -4.0], [-1.0, 4.0, 1.0]]]> : tensor<2x4x3xf32>
  %s = arith.constant dense<[-1.0, 4.0, 1.0, 4.0]> : tensor<4xf32>
  %b = arith.constant dense<[-4.0, 0.0, 3.0, 2.0]> : tensor<4xf32>
  %y = model.norm instance %x scale %s bias %b epsilon 1.0e-05
      : (tensor<2x4x3xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x3xf32>
  %y_expected = arith.constant dense<[[[-4.707103, -2.5857944, -4.707103],
        [-5.4349265, 1.3587316, 4.076195], [1.7022301, 3.1622212, 4.1355486],
        [-3.5549145, 3.8516383, 5.7032766]], [[-4.1622214, -5.1355486,
        -2.70223], [-3.7032764, -1.8516382, 5.5549145], [2.6077683,
        4.3728104, 2.0194209], [-2.5421948, 7.1910796,
        1.3511149]]]> : tensor<2x4x3xf32>
  check.close %y, %y_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<2x4x3xf32>, tensor<2x4x3xf32>
  return
}

// Mean and variance are given.
func.func private @batch() {
  %x = arith.constant dense<[[[4.0, 2.0, 4.0], [-3.0, 2.0, 4.0], [-4.0, -1.0,
        1.0], [-4.0, 0.0, 1.0]], [[2.0, 4.0, -1.0], [-1.0, 0.0, 4.0], [-3.0,
        0.0, -4.0], [-1.0, 4.0, 1.0]]]> : tensor<2x4x3xf32>
  %s = arith.constant dense<[-1.0, 4.0, 1.0, 4.0]> : tensor<4xf32>
  %b = arith.constant dense<[-4.0, 0.0, 3.0, 2.0]> : tensor<4xf32>
  %m = arith.constant dense<[-1.0, 0.0, -1.0, 0.0]> : tensor<4xf32>
  %v = arith.constant dense<[1.0, 4.0, 1.0, 2.0]> : tensor<4xf32>
  %y = model.norm batch %x scale %s bias %b mean %m variance %v epsilon 1.0e-05
      : (tensor<2x4x3xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x3xf32>
  %y_expected = arith.constant dense<[[[-8.999975, -6.999985, -8.999975],
        [-5.999993, 3.9999952, 7.9999905], [1.50203705e-05, 3.0, 4.99999],
        [-9.31368, 2.0, 4.8284197]], [[-6.999985, -8.999975, -4.0],
        [-1.9999976, 0.0, 7.9999905], [1.00001, 3.999995, 1.50203705e-05],
        [-0.8284199, 13.31368, 4.8284197]]]> : tensor<2x4x3xf32>
  check.close %y, %y_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<2x4x3xf32>, tensor<2x4x3xf32>
  return
}

// The mean and 1 / sqrt(variance + epsilon) as further results.
func.func private @statistics() {
  %x = arith.constant dense<[[-2.0, 2.0, 2.0, 2.0], [4.0, 4.0, -3.0,
        -3.0]]> : tensor<2x4xf32>
  %y, %m, %i = model.norm layer %x axis 1 epsilon 1.0e-05 statistics
      : (tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x1xf32>, tensor<2x1xf32>)
  %y_expected = arith.constant dense<[[-1.732048, 0.5773493, 0.5773493,
        0.5773493], [0.9999996, 0.9999996, -0.9999996,
        -0.9999996]]> : tensor<2x4xf32>
  check.close %y, %y_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<2x4xf32>, tensor<2x4xf32>
  %m_expected = arith.constant dense<[[1.0], [0.5]]> : tensor<2x1xf32>
  check.close %m, %m_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<2x1xf32>, tensor<2x1xf32>
  %i_expected = arith.constant dense<[[0.5773493],
        [0.28571418]]> : tensor<2x1xf32>
  check.close %i, %i_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<2x1xf32>, tensor<2x1xf32>
  return
}

func.func @main() attributes {model.entry} {
  call @layer() : () -> ()
  call @rms() : () -> ()
  call @group() : () -> ()
  call @instance() : () -> ()
  call @batch() : () -> ()
  call @statistics() : () -> ()
  return
}
