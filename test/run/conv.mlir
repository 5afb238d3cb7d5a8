// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from onnxruntime; the data are small whole numbers, so that
// they are exact.

// Strides, uneven pads and a bias.
func.func private @strided() {
  %x = arith.constant dense<[[[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0, -4.0,
        -4.0], [-3.0, 3.0, 1.0, 4.0], [0.0, 1.0, 4.0, 2.0], [1.0, 0.0, 1.0,
        4.0]], [[-2.0, 3.0, 2.0, -4.0], [-1.0, 3.0, 0.0, -4.0], [2.0, 2.0,
        3.0, -3.0], [-4.0, 3.0, -4.0, 0.0], [-4.0, -2.0, 0.0,
        -1.0]]]]> : tensor<1x2x5x4xf32>
  %w = arith.constant dense<[[[[-1.0, -4.0], [-4.0, -3.0], [-4.0, 2.0]],
        [[0.0, 1.0], [-2.0, 1.0], [2.0, -1.0]]], [[[0.0, 4.0], [3.0, 4.0],
        [-1.0, 2.0]], [[4.0, 1.0], [3.0, 2.0], [2.0, -1.0]]], [[[3.0, -3.0],
        [1.0, 2.0], [3.0, 0.0]], [[-1.0, -2.0], [-1.0, 0.0], [2.0,
        4.0]]]]> : tensor<3x2x3x2xf32>
  %b = arith.constant dense<[-4.0, 4.0, 0.0]> : tensor<3xf32>
  %y = model.conv %x, %w bias %b {strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 1, 1>}
      : (tensor<1x2x5x4xf32>, tensor<3x2x3x2xf32>, tensor<3xf32>) -> tensor<1x3x3x4xf32>
  %y_expected = arith.constant dense<[[[[-17.0, 2.0, 6.0, 20.0], [9.0, 14.0,
        -33.0, -18.0], [-3.0, -24.0, -33.0, -20.0]], [[6.0, 22.0, -6.0,
        -18.0], [-9.0, 42.0, -2.0, -11.0], [-18.0, 26.0, 13.0, 13.0]],
        [[11.0, -8.0, -34.0, -18.0], [6.0, -7.0, 18.0, 5.0], [0.0, 0.0, 19.0,
        11.0]]]]> : tensor<1x3x3x4xf32>
  check.equal %y, %y_expected : tensor<1x3x3x4xf32>, tensor<1x3x3x4xf32>
  return
}

// Two groups, dilated; every size dynamic.
func.func private @grouped() {
  %x_static = arith.constant dense<[[[[-1.0, 2.0, 1.0, -2.0], [-2.0, 2.0,
        1.0, 0.0], [-1.0, 2.0, -1.0, -2.0], [4.0, -2.0, -2.0, 2.0]], [[1.0,
        -4.0, -4.0, -1.0], [3.0, -1.0, 3.0, -2.0], [-2.0, 3.0, 3.0, -4.0],
        [-4.0, 2.0, -1.0, 1.0]], [[-3.0, 3.0, 0.0, 4.0], [3.0, 2.0, -2.0,
        2.0], [-4.0, 1.0, -1.0, 4.0], [-3.0, 4.0, -4.0, 1.0]], [[1.0, 4.0,
        -2.0, 4.0], [2.0, 4.0, -3.0, 2.0], [4.0, -4.0, -1.0, 1.0], [-4.0,
        0.0, 1.0, 2.0]]]]> : tensor<1x4x4x4xf32>
  %x = tensor.cast %x_static : tensor<1x4x4x4xf32> to tensor<?x?x?x?xf32>
  %w_static = arith.constant dense<[[[[4.0, -1.0], [-1.0, 0.0]], [[4.0,
        -3.0], [0.0, -4.0]]], [[[-1.0, 4.0], [1.0, -1.0]], [[4.0, 1.0], [4.0,
        -4.0]]], [[[0.0, 3.0], [2.0, -1.0]], [[0.0, -1.0], [0.0, -2.0]]],
        [[[3.0, -4.0], [-1.0, -2.0]], [[2.0, 2.0], [2.0,
        4.0]]]]> : tensor<4x2x2x2xf32>
  %w = tensor.cast %w_static : tensor<4x2x2x2xf32> to tensor<?x?x?x?xf32>
  %y = model.conv %x, %w {dilations = array<i64: 2, 2>, groups = 2 : i64}
      : (tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
  %y_expected = arith.constant dense<[[[[0.0, 11.0], [-6.0, 8.0]], [[-15.0,
        5.0], [15.0, -8.0]], [[-3.0, 4.0], [-7.0, 7.0]], [[-1.0, -4.0],
        [22.0, 12.0]]]]> : tensor<1x4x2x2xf32>
  check.equal %y, %y_expected : tensor<?x?x?x?xf32>, tensor<1x4x2x2xf32>
  return
}

// Pads that keep ceil(size / stride), an odd one at the end.
func.func private @same_upper() {
  %x_static = arith.constant dense<[[[4.0, -3.0, -3.0, -3.0, 2.0, 4.0, 4.0],
        [2.0, 4.0, 3.0, -4.0, -3.0, 3.0, -4.0]]]> : tensor<1x2x7xf32>
  %x = tensor.cast %x_static : tensor<1x2x7xf32> to tensor<?x?x?xf32>
  %w = arith.constant dense<[[[4.0, 3.0, 4.0, -1.0], [-3.0, 0.0, 4.0, -1.0]],
        [[4.0, -1.0, 3.0, -2.0], [0.0, -2.0, -2.0, 4.0]]]> : tensor<2x2x4xf32>
  %y = model.conv %x, %w pad same_upper {strides = array<i64: 2>}
      : (tensor<?x?x?xf32>, tensor<2x2x4xf32>) -> tensor<?x2x?xf32>
  %y_expected = arith.constant dense<[[[16.0, -60.0, 34.0, 19.0], [-7.0,
        -32.0, -26.0, 20.0]]]> : tensor<1x2x4xf32>
  check.equal %y, %y_expected : tensor<?x2x?xf32>, tensor<1x2x4xf32>
  return
}

// Pads that keep ceil(size / stride), an odd one at the beginning.
func.func private @same_lower() {
  %x_static = arith.constant dense<[[[4.0, -3.0, -3.0, -3.0, 2.0, 4.0, 4.0],
        [2.0, 4.0, 3.0, -4.0, -3.0, 3.0, -4.0]]]> : tensor<1x2x7xf32>
  %x = tensor.cast %x_static : tensor<1x2x7xf32> to tensor<?x?x?xf32>
  %w = arith.constant dense<[[[4.0, 3.0, 4.0, -1.0], [-3.0, 0.0, 4.0, -1.0]],
        [[4.0, -1.0, 3.0, -2.0], [0.0, -2.0, -2.0, 4.0]]]> : tensor<2x2x4xf32>
  %y = model.conv %x, %w pad same_lower {strides = array<i64: 2>}
      : (tensor<?x?x?xf32>, tensor<2x2x4xf32>) -> tensor<?x2x?xf32>
  %y_expected = arith.constant dense<[[[23.0, 8.0, -41.0, 29.0], [30.0,
        -14.0, 15.0, 18.0]]]> : tensor<1x2x4xf32>
  check.equal %y, %y_expected : tensor<?x2x?xf32>, tensor<1x2x4xf32>
  return
}

// Three spatial dimensions.
func.func private @volume() {
  %x = arith.constant dense<[[[[[3.0, -3.0, 4.0], [4.0, -2.0, -1.0], [0.0,
        1.0, -1.0]], [[-3.0, 4.0, 2.0], [-4.0, 3.0, 2.0], [-3.0, 1.0, 0.0]],
        [[-4.0, 4.0, 2.0], [-2.0, -4.0, -4.0], [2.0, -3.0,
        0.0]]]]]> : tensor<1x1x3x3x3xf32>
  %w = arith.constant dense<[[[[[4.0, 4.0], [-2.0, -4.0]], [[0.0, 3.0], [1.0,
        -4.0]]]], [[[[1.0, -1.0], [-2.0, -1.0]], [[3.0, 4.0], [-3.0,
        1.0]]]]]> : tensor<2x1x2x2x2xf32>
  %y = model.conv %x, %w
      : (tensor<1x1x3x3x3xf32>, tensor<2x1x2x2x2xf32>) -> tensor<1x2x2x2x2xf32>
  %y_expected = arith.constant dense<[[[[[-4.0, 13.0], [6.0, -3.0]], [[26.0,
        28.0], [0.0, 3.0]]], [[[22.0, 11.0], [15.0, 12.0]], [[4.0, 22.0],
        [-33.0, -20.0]]]]]> : tensor<1x2x2x2x2xf32>
  check.equal %y, %y_expected : tensor<1x2x2x2x2xf32>, tensor<1x2x2x2x2xf32>
  return
}

// Unsigned by signed 8 bit, padded with the zero point.
func.func private @integers() {
  %x = arith.constant dense<[[[[194, 66, 69, 61], [53, 227, 55, 57], [32, 31,
        199, 73], [205, 150, 219, 141]], [[195, 207, 15, 143], [116, 73, 115,
        105], [125, 209, 211, 160], [181, 245, 163,
        94]]]]> : tensor<1x2x4x4xi8>
  %w = arith.constant dense<[[[[-107, 13, -69], [24, -122, 89], [113, -91,
        81]], [[-24, -118, 104], [112, -117, 23], [82, 74, -22]]], [[[92, 84,
        -99], [-126, -102, -35], [-100, -108, -62]], [[39, 6, -58], [115, 51,
        34], [113, 73, -96]]]]> : tensor<2x2x3x3xi8>
  %z = arith.constant dense<130> : tensor<i8>
  %wz = arith.constant dense<[[[[3]]], [[[-5]]]]> : tensor<2x1x1x1xi8>
  %y = model.conv %x, %w zeros_input %z zeros_weight %wz {pads = array<i64: 1, 1, 1, 1>, signed_input = false}
      : (tensor<1x2x4x4xi8>, tensor<2x2x3x3xi8>, tensor<i8>, tensor<2x1x1x1xi8>) -> tensor<1x2x4x4xi32>
  %y_expected = arith.constant dense<[[[[-4529, -28573, 29883, -11099],
        [22827, -34056, 14188, 37944], [-10645, 53127, -14430, 33560], [3257,
        2727, 4876, -5566]], [[8852, 4787, 16088, 11926], [18056, 26524,
        3813, 7195], [-13179, 31867, 38156, -14629], [-4192, -28285, 7534,
        -4378]]]]> : tensor<1x2x4x4xi32>
  check.equal %y, %y_expected : tensor<1x2x4x4xi32>, tensor<1x2x4x4xi32>
  return
}

// 16-bit floats, summed in f32.
func.func private @half() {
  %x = arith.constant dense<[[[-4.0, 3.0, -1.0, -4.0], [0.0, -1.0, -1.0,
        -1.0]]]> : tensor<1x2x4xf16>
  %w = arith.constant dense<[[[-2.0, 0.0, 0.0], [4.0, 2.0,
        2.0]]]> : tensor<1x2x3xf16>
  %y = model.conv %x, %w
      : (tensor<1x2x4xf16>, tensor<1x2x3xf16>) -> tensor<1x1x2xf16>
  %y_expected = arith.constant dense<[[[4.0, -14.0]]]> : tensor<1x1x2xf16>
  check.equal %y, %y_expected : tensor<1x1x2xf16>, tensor<1x1x2xf16>
  return
}

func.func @main() attributes {model.entry} {
  call @strided() : () -> ()
  call @grouped() : () -> ()
  call @same_upper() : () -> ()
  call @same_lower() : () -> ()
  call @volume() : () -> ()
  call @integers() : () -> ()
  call @half() : () -> ()
  return
}
