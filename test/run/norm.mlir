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

// Over all dimensions.
func.func private @whole() {
  %x = arith.constant dense<[[-2.0, -2.0, 3.0], [3.0, -4.0,
        -4.0]]> : tensor<2x3xf32>
  %y = model.norm layer %x axis 0 epsilon 1.0e-05 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %y_expected = arith.constant dense<[[-0.3396829, -0.3396829, 1.3587316],
        [1.3587316, -1.0190487, -1.0190487]]> : tensor<2x3xf32>
  check.close %y, %y_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<2x3xf32>, tensor<2x3xf32>
  return
}

// No mean is taken away; dynamic sizes.
func.func private @rms() {
  %x_static = arith.constant dense<[[[2.0, -1.0, 1.0, -3.0], [3.0, 0.0, 4.0,
        3.0], [2.0, -2.0, 2.0, -4.0]], [[1.0, -1.0, 4.0, -3.0], [4.0, -4.0,
        1.0, 1.0], [4.0, -2.0, 4.0, 2.0]]]> : tensor<2x3x4xf32>
  %x = tensor.cast %x_static : tensor<2x3x4xf32> to tensor<?x?x?xf32>
  %s = arith.constant dense<[4.0, -3.0, 2.0, 4.0]> : tensor<4xf32>
  %y = model.norm rms %x scale %s axis 2 epsilon 1.0e-05
      : (tensor<?x?x?xf32>, tensor<4xf32>) -> tensor<?x?x?xf32>
  %y_expected = arith.constant dense<[[[4.131177, 1.5491914, 1.0327942,
        -6.196765], [4.115964, -0.0, 2.7439759, 4.115964], [3.0237136,
        2.267785, 1.5118568, -6.047427]], [[1.5395995, 1.1546997, 3.079199,
        -4.6187987], [5.4879518, 4.115964, 0.68599397, 1.3719879], [5.059642,
        1.8973657, 2.529821, 2.529821]]]> : tensor<2x3x4xf32>
  check.close %y, %y_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<?x?x?xf32>, tensor<2x3x4xf32>
  return
}

// Two groups of channels; dynamic sizes.
func.func private @group() {
  %x_static = arith.constant dense<[[[-4.0, -1.0, 1.0], [-4.0, 0.0, 1.0],
        [2.0, 4.0, -1.0], [-1.0, 0.0, 4.0]], [[-3.0, 0.0, -4.0], [-1.0, 4.0,
        1.0], [-1.0, 4.0, 1.0], [4.0, -4.0, 0.0]]]> : tensor<2x4x3xf32>
  %x = tensor.cast %x_static : tensor<2x4x3xf32> to tensor<?x?x?xf32>
  %s = arith.constant dense<[3.0, 2.0, -1.0, 0.0]> : tensor<4xf32>
  %b_static = arith.constant dense<[-1.0, 0.0, -2.0, 3.0]> : tensor<4xf32>
  %b = tensor.cast %b_static : tensor<4xf32> to tensor<?xf32>
  %y = model.norm group %x scale %s bias %b epsilon 1.0e-05 groups 2
      : (tensor<?x?x?xf32>, tensor<4xf32>, tensor<?xf32>) -> tensor<?x?x?xf32>
  %y_expected = arith.constant dense<[[[-5.0193586, -0.7635672, 2.0736265],
        [-2.6795723, 1.1033533, 2.0490844], [-2.3123472, -3.2493887,
        -0.9067848], [3.0, 3.0, 3.0]], [[-3.851757, -0.42964852, -4.99246],
        [-0.3802343, 3.4221087, 1.1407028], [-1.4066095, -3.186781,
        -2.118678], [3.0, 3.0, 3.0]]]> : tensor<2x4x3xf32>
  check.close %y, %y_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<?x?x?xf32>, tensor<2x4x3xf32>
  return
}

// A mean and a variance a channel.
func.func private @instance() {
  %x = arith.constant dense<[[[-4.0, -1.0, 1.0], [-4.0, 0.0, 1.0], [2.0, 4.0,
        -1.0], [-1.0, 0.0, 4.0]], [[-3.0, 0.0, -4.0], [-1.0, 4.0, 1.0],
        [-1.0, 4.0, 1.0], [4.0, -4.0, 0.0]]]> : tensor<2x4x3xf32>
  %s = arith.constant dense<[3.0, 2.0, -1.0, 0.0]> : tensor<4xf32>
  %b = arith.constant dense<[-1.0, 0.0, -2.0, 3.0]> : tensor<4xf32>
  %y = model.norm instance %x scale %s bias %b epsilon 1.0e-05
      : (tensor<2x4x3xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x3xf32>
  %y_expected = arith.constant dense<[[[-4.8933096, -0.5133362, 2.4066463],
        [-2.7774572, 0.9258191, 1.8516382], [-2.1622212, -3.1355486,
        -0.7022301], [3.0, 3.0, 3.0]], [[-2.1766944, 3.1184316, -3.9417367],
        [-2.2710974, 2.5955398, -0.32444257], [-0.8644513, -3.29777,
        -1.8377787], [3.0, 3.0, 3.0]]]> : tensor<2x4x3xf32>
  check.close %y, %y_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<2x4x3xf32>, tensor<2x4x3xf32>
  return
}

// Mean and variance are given.
func.func private @batch() {
  %x = arith.constant dense<[[[-4.0, -1.0, 1.0], [-4.0, 0.0, 1.0], [2.0, 4.0,
        -1.0], [-1.0, 0.0, 4.0]], [[-3.0, 0.0, -4.0], [-1.0, 4.0, 1.0],
        [-1.0, 4.0, 1.0], [4.0, -4.0, 0.0]]]> : tensor<2x4x3xf32>
  %s = arith.constant dense<[3.0, 2.0, -1.0, 0.0]> : tensor<4xf32>
  %b = arith.constant dense<[-1.0, 0.0, -2.0, 3.0]> : tensor<4xf32>
  %m = arith.constant dense<[-4.0, -1.0, -2.0, 2.0]> : tensor<4xf32>
  %v = arith.constant dense<[3.0, 3.0, 4.0, 4.0]> : tensor<4xf32>
  %y = model.norm batch %x scale %s bias %b mean %m variance %v epsilon 1.0e-05
      : (tensor<2x4x3xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x3xf32>
  %y_expected = arith.constant dense<[[[-1.0, 4.1961436, 7.6602397],
        [-3.4640958, 1.1546986, 2.3093972], [-3.9999976, -4.999996,
        -2.4999995], [3.0, 3.0, 3.0]], [[0.73204803, 5.9281917, -1.0], [0.0,
        5.773493, 2.3093972], [-2.4999995, -4.999996, -3.499998], [3.0, 3.0,
        3.0]]]> : tensor<2x4x3xf32>
  check.close %y, %y_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<2x4x3xf32>, tensor<2x4x3xf32>
  return
}

// The mean and 1 / sqrt(variance + epsilon) as further results.
func.func private @statistics() {
  %x = arith.constant dense<[[-3.0, -3.0, -3.0, 2.0], [4.0, 4.0, 2.0,
        4.0]]> : tensor<2x4xf32>
  %y, %m, %i = model.norm layer %x axis 1 epsilon 1.0e-05 statistics
      : (tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x1xf32>, tensor<2x1xf32>)
  %y_expected = arith.constant dense<[[-0.57734966, -0.57734966, -0.57734966,
        1.732049], [0.57734644, 0.57734644, -1.7320393,
        0.57734644]]> : tensor<2x4xf32>
  check.close %y, %y_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<2x4xf32>, tensor<2x4xf32>
  %m_expected = arith.constant dense<[[-1.75], [3.5]]> : tensor<2x1xf32>
  check.close %m, %m_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<2x1xf32>, tensor<2x1xf32>
  %i_expected = arith.constant dense<[[0.46187973],
        [1.1546929]]> : tensor<2x1xf32>
  check.close %i, %i_expected absolute 2.0e-06 relative 2.0e-06
      : tensor<2x1xf32>, tensor<2x1xf32>
  return
}

func.func @main() attributes {model.entry} {
  call @layer() : () -> ()
  call @whole() : () -> ()
  call @rms() : () -> ()
  call @group() : () -> ()
  call @instance() : () -> ()
  call @batch() : () -> ()
  call @statistics() : () -> ()
  return
}
