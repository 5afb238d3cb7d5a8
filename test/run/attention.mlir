// RUN: niello run %s
// RUN: niello run -O0 %s
// REQUIRES: niello
//
// Expected values are from NumPy: softmax(scale Q K^T + bias) V in f64.

// Two query heads read one key head.
func.func private @grouped() {
  %q = arith.constant dense<[[[[1.5, 0.5], [0.0, -1.0]], [[-1.0, -2.0],
        [-2.0, -2.0]], [[-1.5, 1.5], [0.5, 2.0]], [[0.0, 0.5], [2.0,
        1.0]]]]> : tensor<1x4x2x2xf32>
  %k = arith.constant dense<[[[[0.5, 0.0], [0.5, 2.0], [-1.0, 1.5]], [[1.0,
        -2.0], [-0.5, 1.5], [0.0, -2.0]]]]> : tensor<1x2x3x2xf32>
  %v = arith.constant dense<[[[[2.0, 2.0], [3.0, -3.0], [-4.0, 3.0]], [[-4.0,
        0.0], [-4.0, -2.0], [0.0, -1.0]]]]> : tensor<1x2x3x2xf32>
  %y = model.attention %q, %k, %v scale 0.5
      : (tensor<1x4x2x2xf32>, tensor<1x2x3x2xf32>, tensor<1x2x3x2xf32>) -> tensor<1x4x2x2xf32>
  %y_expected = arith.constant dense<[[[[1.6201715, -0.48991385],
        [0.65978795, 1.2571479]], [[0.3212907, 1.872918], [-0.7464842,
        2.1514158]], [[-3.8144531, -1.9097903], [-3.8730493, -1.8867584]],
        [[-3.0906765, -1.3180075], [-3.4451091,
        -1.1071024]]]]> : tensor<1x4x2x2xf32>
  check.close %y, %y_expected absolute 1.0e-06 relative 1.0e-05
      : tensor<1x4x2x2xf32>, tensor<1x4x2x2xf32>
  return
}

// A query at t stands at t + 1; dynamic sizes.
func.func private @causal() {
  %q_static = arith.constant dense<[[[[1.5, 0.5], [0.0, -1.0]], [[-1.0,
        -2.0], [-2.0, -2.0]], [[-1.5, 1.5], [0.5, 2.0]], [[0.0, 0.5], [2.0,
        1.0]]]]> : tensor<1x4x2x2xf32>
  %q = tensor.cast %q_static : tensor<1x4x2x2xf32> to tensor<?x?x?x?xf32>
  %k_static = arith.constant dense<[[[[0.5, 0.0], [0.5, 2.0], [-1.0, 1.5]],
        [[1.0, -2.0], [-0.5, 1.5], [0.0, -2.0]]]]> : tensor<1x2x3x2xf32>
  %k = tensor.cast %k_static : tensor<1x2x3x2xf32> to tensor<?x?x?x?xf32>
  %v_static = arith.constant dense<[[[[2.0, 2.0], [3.0, -3.0], [-4.0, 3.0]],
        [[-4.0, 0.0], [-4.0, -2.0], [0.0, -1.0]]]]> : tensor<1x2x3x2xf32>
  %v = tensor.cast %v_static : tensor<1x2x3x2xf32> to tensor<?x?x?x?xf32>
  %offset = arith.constant dense<1> : tensor<i64>
  %y = model.attention %q, %k, %v offset %offset scale 0.5 {causal}
      : (tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, tensor<i64>) -> tensor<?x?x?x?xf32>
  %y_expected = arith.constant dense<[[[[2.6224594, -1.1122967], [0.65978795,
        1.2571479]], [[2.1192029, 1.4039854], [-0.7464842, 2.1514158]],
        [[-4.0, -1.9540453], [-3.8730493, -1.8867584]], [[-4.0, -1.4115701],
        [-3.4451091, -1.1071024]]]]> : tensor<1x4x2x2xf32>
  check.close %y, %y_expected absolute 1.0e-06 relative 1.0e-05
      : tensor<?x?x?x?xf32>, tensor<1x4x2x2xf32>
  return
}

// A mask of booleans; the second query sees nothing and gives 0.
func.func private @masked() {
  %q = arith.constant dense<[[[[1.5, 0.5], [0.0, -1.0]], [[-1.0, -2.0],
        [-2.0, -2.0]], [[-1.5, 1.5], [0.5, 2.0]], [[0.0, 0.5], [2.0,
        1.0]]]]> : tensor<1x4x2x2xf32>
  %k = arith.constant dense<[[[[0.5, 0.0], [0.5, 2.0], [-1.0, 1.5]], [[1.0,
        -2.0], [-0.5, 1.5], [0.0, -2.0]]]]> : tensor<1x2x3x2xf32>
  %v = arith.constant dense<[[[[2.0, 2.0], [3.0, -3.0], [-4.0, 3.0]], [[-4.0,
        0.0], [-4.0, -2.0], [0.0, -1.0]]]]> : tensor<1x2x3x2xf32>
  %mask = arith.constant dense<[[true, false, true], [false, false,
        false]]> : tensor<2x3xi1>
  %y = model.attention %q, %k, %v mask %mask scale 0.5
      : (tensor<1x4x2x2xf32>, tensor<1x2x3x2xf32>, tensor<1x2x3x2xf32>, tensor<2x3xi1>) -> tensor<1x4x2x2xf32>
  %y_expected = arith.constant dense<[[[[0.07507219, 2.3208213], [0.0, 0.0]],
        [[0.07507219, 2.3208213], [0.0, 0.0]], [[-1.2832853, -0.6791787],
        [0.0, 0.0]], [[-2.0, -0.5], [0.0, 0.0]]]]> : tensor<1x4x2x2xf32>
  check.close %y, %y_expected absolute 1.0e-06 relative 1.0e-05
      : tensor<1x4x2x2xf32>, tensor<1x4x2x2xf32>
  return
}

// The same with `hidden`: the second query's weights are equal, and with
// -infinity NaN, which the select of what is no number shows as -9.
func.func private @hidden() {
  %q = arith.constant dense<[[[[1.5, 0.5], [0.0, -1.0]], [[-1.0, -2.0],
        [-2.0, -2.0]]]]> : tensor<1x2x2x2xf32>
  %k = arith.constant dense<[[[[0.5, 0.0], [0.5, 2.0], [-1.0,
        1.5]]]]> : tensor<1x1x3x2xf32>
  %v = arith.constant dense<[[[[2.0, 2.0], [3.0, -3.0], [-4.0,
        3.0]]]]> : tensor<1x1x3x2xf32>
  %mask = arith.constant dense<[[true, false, true], [false, false,
        false]]> : tensor<2x3xi1>
  %y = model.attention %q, %k, %v mask %mask scale 0.5 {hidden = -1.0e30 : f64}
      : (tensor<1x2x2x2xf32>, tensor<1x1x3x2xf32>, tensor<1x1x3x2xf32>, tensor<2x3xi1>) -> tensor<1x2x2x2xf32>
  %y_expected = arith.constant dense<[[[[0.07507219, 2.3208213], [0.33333333,
        0.66666667]], [[0.07507219, 2.3208213], [0.33333333,
        0.66666667]]]]> : tensor<1x2x2x2xf32>
  check.close %y, %y_expected absolute 1.0e-06 relative 1.0e-05
      : tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>
  %n = model.attention %q, %k, %v mask %mask scale 0.5 {hidden = 0xFFF0000000000000 : f64}
      : (tensor<1x2x2x2xf32>, tensor<1x1x3x2xf32>, tensor<1x1x3x2xf32>, tensor<2x3xi1>) -> tensor<1x2x2x2xf32>
  %none = arith.constant dense<-9.0> : tensor<1x2x2x2xf32>
  %is_nan = arith.cmpf uno, %n, %n : tensor<1x2x2x2xf32>
  %shown = arith.select %is_nan, %none, %n : tensor<1x2x2x2xi1>, tensor<1x2x2x2xf32>
  %n_expected = arith.constant dense<[[[[0.07507219, 2.3208213], [-9.0,
        -9.0]], [[0.07507219, 2.3208213], [-9.0, -9.0]]]]> : tensor<1x2x2x2xf32>
  check.close %shown, %n_expected absolute 1.0e-06 relative 1.0e-05
      : tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>
  return
}

// A mask of floats is added after the softcap.
func.func private @biased() {
  %q = arith.constant dense<[[[[1.5, 0.5], [0.0, -1.0]], [[-1.0, -2.0],
        [-2.0, -2.0]], [[-1.5, 1.5], [0.5, 2.0]], [[0.0, 0.5], [2.0,
        1.0]]]]> : tensor<1x4x2x2xf32>
  %k = arith.constant dense<[[[[0.5, 0.0], [0.5, 2.0], [-1.0, 1.5]], [[1.0,
        -2.0], [-0.5, 1.5], [0.0, -2.0]]]]> : tensor<1x2x3x2xf32>
  %v = arith.constant dense<[[[[2.0, 2.0], [3.0, -3.0], [-4.0, 3.0]], [[-4.0,
        0.0], [-4.0, -2.0], [0.0, -1.0]]]]> : tensor<1x2x3x2xf32>
  %mask = arith.constant dense<[[[-1.0, -4.0, -4.0]], [[-3.0, -4.0, 2.0]],
        [[0.0, 1.0, -2.0]], [[1.0, 2.0, -1.0]]]> : tensor<4x1x3xf32>
  %y = model.attention %q, %k, %v mask %mask scale 0.5 {softcap = 2.0 : f64}
      : (tensor<1x4x2x2xf32>, tensor<1x2x3x2xf32>, tensor<1x2x3x2xf32>, tensor<4x1x3xf32>) -> tensor<1x4x2x2xf32>
  %y_expected = arith.constant dense<[[[[1.9418695, 1.666376], [1.8791988,
        1.928671]], [[-3.913149, 2.9796271], [-3.95472, 2.9888957]],
        [[-3.984677, -1.9562082], [-3.9872189, -1.9438095]], [[-3.9284158,
        -1.7176344], [-3.9526772, -1.5475956]]]]> : tensor<1x4x2x2xf32>
  check.close %y, %y_expected absolute 1.0e-06 relative 1.0e-05
      : tensor<1x4x2x2xf32>, tensor<1x4x2x2xf32>
  return
}

// One position to the left, none to the right; a length a batch entry.
func.func private @window() {
  %q = arith.constant dense<[[[[0.0, 4.0], [3.0, 4.0], [-1.0, 2.0]]], [[[4.0,
        1.0], [3.0, 2.0], [2.0, -1.0]]]]> : tensor<2x1x3x2xf32>
  %k = arith.constant dense<[[[[3.0, -3.0], [1.0, 2.0], [3.0, 0.0]]],
        [[[-1.0, -2.0], [-1.0, 0.0], [2.0, 4.0]]]]> : tensor<2x1x3x2xf32>
  %v = arith.constant dense<[[[[-4.0], [4.0], [0.0]]], [[[-1.0], [2.0],
        [1.0]]]]> : tensor<2x1x3x1xf32>
  %lengths = arith.constant dense<[2, 3]> : tensor<2xi64>
  %y = model.attention %q, %k, %v lengths %lengths scale 0.25 {left = 1 : i64, right = 0 : i64}
      : (tensor<2x1x3x2xf32>, tensor<2x1x3x2xf32>, tensor<2x1x3x1xf32>, tensor<2xi64>) -> tensor<2x1x3x1xf32>
  %y_expected = arith.constant dense<[[[[-4.0], [3.7655022], [4.0]]],
        [[[-1.0], [1.1931758], [1.3775407]]]]> : tensor<2x1x3x1xf32>
  check.close %y, %y_expected absolute 1.0e-06 relative 1.0e-05
      : tensor<2x1x3x1xf32>, tensor<2x1x3x1xf32>
  return
}

// 16-bit floats, scores in f32.
func.func private @half() {
  %q = arith.constant dense<[[[[1.5, 0.5], [0.0, -1.0]], [[-1.0, -2.0],
        [-2.0, -2.0]], [[-1.5, 1.5], [0.5, 2.0]], [[0.0, 0.5], [2.0,
        1.0]]]]> : tensor<1x4x2x2xf16>
  %k = arith.constant dense<[[[[0.5, 0.0], [0.5, 2.0], [-1.0, 1.5]], [[1.0,
        -2.0], [-0.5, 1.5], [0.0, -2.0]]]]> : tensor<1x2x3x2xf16>
  %v = arith.constant dense<[[[[2.0, 2.0], [3.0, -3.0], [-4.0, 3.0]], [[-4.0,
        0.0], [-4.0, -2.0], [0.0, -1.0]]]]> : tensor<1x2x3x2xf16>
  %y = model.attention %q, %k, %v scale 0.5
      : (tensor<1x4x2x2xf16>, tensor<1x2x3x2xf16>, tensor<1x2x3x2xf16>) -> tensor<1x4x2x2xf16>
  %y_expected = arith.constant dense<[[[[1.6201171875, -0.489990234375],
        [0.65966796875, 1.2568359375]], [[0.3212890625, 1.873046875],
        [-0.74658203125, 2.15234375]], [[-3.814453125, -1.91015625],
        [-3.873046875, -1.88671875]], [[-3.08984375, -1.318359375],
        [-3.4453125, -1.107421875]]]]> : tensor<1x4x2x2xf16>
  check.close %y, %y_expected absolute 1.0e-03 relative 2.0e-03
      : tensor<1x4x2x2xf16>, tensor<1x4x2x2xf16>
  return
}

// A sink a head takes its share of the weights and gives no value.
func.func private @sinks() {
  %q = arith.constant dense<[[[[1.5, 0.5], [0.0, -1.0]], [[-1.0, -2.0],
        [-2.0, -2.0]]]]> : tensor<1x2x2x2xf32>
  %k = arith.constant dense<[[[[0.5, 0.0], [0.5, 2.0], [-1.0,
        1.5]]]]> : tensor<1x1x3x2xf32>
  %v = arith.constant dense<[[[[2.0, 2.0], [3.0, -3.0], [-4.0,
        3.0]]]]> : tensor<1x1x3x2xf32>
  %sinks = arith.constant dense<[0.5, -3.0]> : tensor<2xf32>
  %y = model.attention %q, %k, %v sinks %sinks scale 0.5
      : (tensor<1x2x2x2xf32>, tensor<1x1x3x2xf32>, tensor<1x1x3x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %y_expected = arith.constant dense<[[[[1.1886264, -0.35942154], [0.3480033, 0.66307912]], 
        [[0.30900363, 1.8012924], [-0.71885071, 2.0717742]]]]> : tensor<1x2x2x2xf32>
  check.close %y, %y_expected absolute 1.0e-06 relative 1.0e-05
      : tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>
  return
}

func.func @main() attributes {model.entry} {
  call @grouped() : () -> ()
  call @causal() : () -> ()
  call @masked() : () -> ()
  call @hidden() : () -> ()
  call @biased() : () -> ()
  call @window() : () -> ()
  call @half() : () -> ()
  call @sinks() : () -> ()
  return
}
