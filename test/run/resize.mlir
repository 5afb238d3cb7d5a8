// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from ONNX's reference evaluator, Resize-19.

// Nearest, a tie to the floor.
func.func private @nearest() {
  %x = arith.constant dense<[[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0],
        [9.0, 10.0, 11.0, 12.0], [13.0, 14.0, 15.0,
        16.0]]]]> : tensor<1x1x4x4xf32>
  %s0 = arith.constant 2.0 : f32
    %s1 = arith.constant 1.5 : f32
    %y = model.resize nearest %x axes [2, 3] scales(%s0, %s1) half_pixel
        : tensor<1x1x4x4xf32> -> tensor<1x1x8x6xf32>
  %y_expected = arith.constant dense<[[[[1.0, 1.0, 2.0, 3.0, 3.0, 4.0], [1.0,
        1.0, 2.0, 3.0, 3.0, 4.0], [5.0, 5.0, 6.0, 7.0, 7.0, 8.0], [5.0, 5.0,
        6.0, 7.0, 7.0, 8.0], [9.0, 9.0, 10.0, 11.0, 11.0, 12.0], [9.0, 9.0,
        10.0, 11.0, 11.0, 12.0], [13.0, 13.0, 14.0, 15.0, 15.0, 16.0], [13.0,
        13.0, 14.0, 15.0, 15.0, 16.0]]]]> : tensor<1x1x8x6xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<1x1x8x6xf32>, tensor<1x1x8x6xf32>
  return
}

// A tie to the ceiling, dynamic sizes.
func.func private @nearest_ceil() {
  %x_static = arith.constant dense<[[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0,
        8.0], [9.0, 10.0, 11.0, 12.0], [13.0, 14.0, 15.0,
        16.0]]]]> : tensor<1x1x4x4xf32>
  %x = tensor.cast %x_static : tensor<1x1x4x4xf32> to tensor<?x?x?x?xf32>
  %s0 = arith.constant 2.0 : f32
    %s1 = arith.constant 1.5 : f32
    %n0 = arith.constant 1 : index
    %n1 = arith.constant 1 : index
    %n2 = arith.constant 8 : index
    %n3 = arith.constant 6 : index
    %y = model.resize nearest %x axes [2, 3] scales(%s0, %s1) sizes(%n0, %n1, %n2, %n3) asymmetric rounding round_prefer_ceil
        : tensor<?x?x?x?xf32> -> tensor<?x?x?x?xf32>
  %y_expected = arith.constant dense<[[[[1.0, 2.0, 2.0, 3.0, 4.0, 4.0], [5.0,
        6.0, 6.0, 7.0, 8.0, 8.0], [5.0, 6.0, 6.0, 7.0, 8.0, 8.0], [9.0, 10.0,
        10.0, 11.0, 12.0, 12.0], [9.0, 10.0, 10.0, 11.0, 12.0, 12.0], [13.0,
        14.0, 14.0, 15.0, 16.0, 16.0], [13.0, 14.0, 14.0, 15.0, 16.0, 16.0],
        [13.0, 14.0, 14.0, 15.0, 16.0, 16.0]]]]> : tensor<1x1x8x6xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<?x?x?x?xf32>, tensor<1x1x8x6xf32>
  return
}

// Two neighbours an axis.
func.func private @linear() {
  %x = arith.constant dense<[[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0],
        [9.0, 10.0, 11.0, 12.0], [13.0, 14.0, 15.0,
        16.0]]]]> : tensor<1x1x4x4xf32>
  %s0 = arith.constant 2.0 : f32
    %s1 = arith.constant 0.6 : f32
    %y = model.resize linear %x axes [2, 3] scales(%s0, %s1) half_pixel
        : tensor<1x1x4x4xf32> -> tensor<1x1x8x2xf32>
  %y_expected = arith.constant dense<[[[[1.3333333, 3.0], [2.3333333, 4.0],
        [4.3333335, 6.0], [6.3333335, 8.0], [8.333333, 10.0], [10.333333,
        12.0], [12.333333, 14.0], [13.333333, 15.0]]]]> : tensor<1x1x8x2xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<1x1x8x2xf32>, tensor<1x1x8x2xf32>
  return
}

// Corners on corners; dynamic sizes.
func.func private @linear_corners() {
  %x_static = arith.constant dense<[[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0,
        8.0], [9.0, 10.0, 11.0, 12.0], [13.0, 14.0, 15.0,
        16.0]]]]> : tensor<1x1x4x4xf32>
  %x = tensor.cast %x_static : tensor<1x1x4x4xf32> to tensor<?x?x?x?xf32>
  %s0 = arith.constant 2.0 : f32
    %s1 = arith.constant 2.0 : f32
    %n0 = arith.constant 1 : index
    %n1 = arith.constant 1 : index
    %n2 = arith.constant 8 : index
    %n3 = arith.constant 8 : index
    %y = model.resize linear %x axes [2, 3] scales(%s0, %s1) sizes(%n0, %n1, %n2, %n3) align_corners
        : tensor<?x?x?x?xf32> -> tensor<?x?x?x?xf32>
  %y_expected = arith.constant dense<[[[[1.0, 1.4285715, 1.8571428,
        2.2857144, 2.7142856, 3.142857, 3.5714285, 4.0], [2.7142856,
        3.142857, 3.5714285, 4.0, 4.428571, 4.857143, 5.285714, 5.714286],
        [4.428571, 4.857143, 5.285714, 5.714286, 6.142857, 6.571429, 7.0,
        7.428571], [6.142857, 6.571429, 7.0, 7.428571, 7.857143, 8.285714,
        8.714286, 9.142858], [7.857143, 8.285714, 8.714286, 9.142858,
        9.571428, 10.0, 10.428572, 10.857142], [9.571428, 10.0, 10.428572,
        10.857142, 11.285714, 11.714286, 12.142858, 12.571428], [11.285714,
        11.714286, 12.142858, 12.571428, 13.0, 13.428572, 13.857142,
        14.285714], [13.0, 13.428572, 13.857142, 14.285714, 14.714286,
        15.142858, 15.571428, 16.0]]]]> : tensor<1x1x8x8xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<?x?x?x?xf32>, tensor<1x1x8x8xf32>
  return
}

// Half pixels with a common centre.
func.func private @linear_symmetric() {
  %x = arith.constant dense<[[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0],
        [9.0, 10.0, 11.0, 12.0], [13.0, 14.0, 15.0,
        16.0]]]]> : tensor<1x1x4x4xf32>
  %s0 = arith.constant 0.6 : f32
    %y = model.resize linear %x axes [3] scales(%s0) half_pixel_symmetric
        : tensor<1x1x4x4xf32> -> tensor<1x1x4x2xf32>
  %y_expected = arith.constant dense<[[[[1.6666667, 3.3333333], [5.6666665,
        7.3333335], [9.666667, 11.333333], [13.666667,
        15.333333]]]]> : tensor<1x1x4x2xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<1x1x4x2xf32>, tensor<1x1x4x2xf32>
  return
}

// One place left lies at 0.
func.func private @linear_pytorch() {
  %x = arith.constant dense<[[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0],
        [9.0, 10.0, 11.0, 12.0], [13.0, 14.0, 15.0,
        16.0]]]]> : tensor<1x1x4x4xf32>
  %s0 = arith.constant 0.25 : f32
    %s1 = arith.constant 0.5 : f32
    %y = model.resize linear %x axes [2, 3] scales(%s0, %s1) pytorch_half_pixel
        : tensor<1x1x4x4xf32> -> tensor<1x1x1x2xf32>
  %y_expected = arith.constant dense<[[[[1.5, 3.5]]]]> : tensor<1x1x1x2xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>
  return
}

// Four neighbours an axis.
func.func private @cubic() {
  %x = arith.constant dense<[[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0],
        [9.0, 10.0, 11.0, 12.0], [13.0, 14.0, 15.0,
        16.0]]]]> : tensor<1x1x4x4xf32>
  %s0 = arith.constant 2.0 : f32
    %s1 = arith.constant 0.8 : f32
    %y = model.resize cubic %x axes [2, 3] scales(%s0, %s1) half_pixel
        : tensor<1x1x4x4xf32> -> tensor<1x1x8x3xf32>
  %y_expected = arith.constant dense<[[[[0.6723633, 1.9824219, 3.2836914],
        [1.8598633, 3.1699219, 4.4711914], [3.7661133, 5.076172, 6.3774414],
        [6.2817383, 7.591797, 8.893066], [7.9067383, 9.216797, 10.518066],
        [10.422363, 11.732422, 13.033691], [12.328613, 13.638672, 14.939941],
        [13.516113, 14.826172, 16.127441]]]]> : tensor<1x1x8x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<1x1x8x3xf32>, tensor<1x1x8x3xf32>
  return
}

// What is outside is left out; another kernel.
func.func private @cubic_excluded() {
  %x = arith.constant dense<[[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0],
        [9.0, 10.0, 11.0, 12.0], [13.0, 14.0, 15.0,
        16.0]]]]> : tensor<1x1x4x4xf32>
  %s0 = arith.constant 2.0 : f32
    %s1 = arith.constant 0.8 : f32
    %y = model.resize cubic %x axes [2, 3] scales(%s0, %s1) half_pixel {exclude_outside, cubic_a = -0.5 : f64}
        : tensor<1x1x4x4xf32> -> tensor<1x1x8x3xf32>
  %y_expected = arith.constant dense<[[[[0.7206842, 2.0220587, 3.365894],
        [1.7451582, 3.0465329, 4.390368], [3.91332, 5.2146945, 6.55853],
        [6.0736256, 7.375, 8.718835], [8.073626, 9.375, 10.718835],
        [10.233931, 11.535305, 12.879141], [12.402093, 13.703467, 15.047302],
        [13.426566, 14.7279415, 16.071777]]]]> : tensor<1x1x8x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<1x1x8x3xf32>, tensor<1x1x8x3xf32>
  return
}

// As many neighbours as a reduction skips.
func.func private @linear_antialias() {
  %x_static = arith.constant dense<[[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0,
        8.0], [9.0, 10.0, 11.0, 12.0], [13.0, 14.0, 15.0,
        16.0]]]]> : tensor<1x1x4x4xf32>
  %x = tensor.cast %x_static : tensor<1x1x4x4xf32> to tensor<?x?x?x?xf32>
  %s0 = arith.constant 0.6 : f32
    %s1 = arith.constant 0.6 : f32
    %n0 = arith.constant 1 : index
    %n1 = arith.constant 1 : index
    %n2 = arith.constant 2 : index
    %n3 = arith.constant 2 : index
    %y = model.resize linear %x axes [2, 3] scales(%s0, %s1) sizes(%n0, %n1, %n2, %n3) half_pixel {antialias}
        : tensor<?x?x?x?xf32> -> tensor<?x?x?x?xf32>
  %y_expected = arith.constant dense<[[[[2.875, 4.5], [9.375,
        11.0]]]]> : tensor<1x1x2x2xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<?x?x?x?xf32>, tensor<1x1x2x2xf32>
  return
}

// The same with the cubic kernel.
func.func private @cubic_antialias() {
  %x = arith.constant dense<[[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0],
        [9.0, 10.0, 11.0, 12.0], [13.0, 14.0, 15.0,
        16.0]]]]> : tensor<1x1x4x4xf32>
  %s0 = arith.constant 0.6 : f32
    %s1 = arith.constant 0.6 : f32
    %y = model.resize cubic %x axes [2, 3] scales(%s0, %s1) half_pixel {antialias}
        : tensor<1x1x4x4xf32> -> tensor<1x1x2x2xf32>
  %y_expected = arith.constant dense<[[[[2.5180695, 4.285886], [9.589335,
        11.357152]]]]> : tensor<1x1x2x2xf32>
  check.close %y, %y_expected absolute 1.0e-04 relative 1.0e-04
      : tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>
  return
}

// A part of the input, and 10 outside.
func.func private @crop() {
  %x = arith.constant dense<[[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0],
        [9.0, 10.0, 11.0, 12.0], [13.0, 14.0, 15.0,
        16.0]]]]> : tensor<1x1x4x4xf32>
  %s0 = arith.constant 0.75 : f32
    %s1 = arith.constant 0.75 : f32
    %r0 = arith.constant 0.4 : f32
    %r1 = arith.constant 0.6 : f32
    %r2 = arith.constant 1.2 : f32
    %r3 = arith.constant 1.7 : f32
    %y = model.resize linear %x axes [2, 3] scales(%s0, %s1) roi(%r0, %r1, %r2, %r3) tf_crop_and_resize {extrapolation = 10.0 : f64}
        : tensor<1x1x4x4xf32> -> tensor<1x1x3x3xf32>
  %y_expected = arith.constant dense<[[[[7.6000004, 10.0, 10.0], [12.400001,
        10.0, 10.0], [10.0, 10.0, 10.0]]]]> : tensor<1x1x3x3xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>
  return
}

// Three axes.
func.func private @volume() {
  %x = arith.constant dense<[[[[[0.0, 1.0], [2.0, 3.0]], [[4.0, 5.0], [6.0,
        7.0]]]]]> : tensor<1x1x2x2x2xf32>
  %s0 = arith.constant 1.5 : f32
    %s1 = arith.constant 2.0 : f32
    %s2 = arith.constant 1.0 : f32
    %y = model.resize linear %x axes [2, 3, 4] scales(%s0, %s1, %s2) half_pixel
        : tensor<1x1x2x2x2xf32> -> tensor<1x1x3x4x2xf32>
  %y_expected = arith.constant dense<[[[[[0.0, 1.0], [0.5, 1.5], [1.5, 2.5],
        [2.0, 3.0]], [[2.0, 3.0], [2.5, 3.5], [3.5, 4.5], [4.0, 5.0]], [[4.0,
        5.0], [4.5, 5.5], [5.5, 6.5], [6.0, 7.0]]]]]> : tensor<1x1x3x4x2xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<1x1x3x4x2xf32>, tensor<1x1x3x4x2xf32>
  return
}

// Unsigned 8 bit are copied.
func.func private @integers() {
  %x = arith.constant dense<[[250, 251, 252], [253, 254,
        255]]> : tensor<2x3xi8>
  %s0 = arith.constant 2.0 : f32
    %y = model.resize nearest %x axes [1] scales(%s0) asymmetric rounding floor
        : tensor<2x3xi8> -> tensor<2x6xi8>
  %y_expected = arith.constant dense<[[250, 250, 251, 251, 252, 252], [253,
        253, 254, 254, 255, 255]]> : tensor<2x6xi8>
  check.equal %y, %y_expected : tensor<2x6xi8>, tensor<2x6xi8>
  return
}

func.func @main() attributes {model.entry} {
  call @nearest() : () -> ()
  call @nearest_ceil() : () -> ()
  call @linear() : () -> ()
  call @linear_corners() : () -> ()
  call @linear_symmetric() : () -> ()
  call @linear_pytorch() : () -> ()
  call @cubic() : () -> ()
  call @cubic_excluded() : () -> ()
  call @linear_antialias() : () -> ()
  call @cubic_antialias() : () -> ()
  call @crop() : () -> ()
  call @volume() : () -> ()
  call @integers() : () -> ()
  return
}
