// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from NumPy; the data are small whole numbers, so that they are
// exact.

// Leading sizes broadcast; all of them dynamic.
func.func private @batched() {
  %a_static = arith.constant dense<[[[[3.0, 1.0, 0.0], [-2.0, -2.0, -4.0]]],
        [[[-4.0, -4.0, -3.0], [3.0, 1.0, 4.0]]]]> : tensor<2x1x2x3xf32>
  %a = tensor.cast %a_static : tensor<2x1x2x3xf32> to tensor<?x?x?x?xf32>
  %b_static = arith.constant dense<[[[0.0, 1.0], [4.0, 2.0], [1.0, 0.0]],
        [[1.0, 4.0], [-2.0, 3.0], [2.0, -4.0]], [[-1.0, 3.0], [0.0, -4.0],
        [2.0, 2.0]]]> : tensor<3x3x2xf32>
  %b = tensor.cast %b_static : tensor<3x3x2xf32> to tensor<?x?x?xf32>
  %y = model.matmul %a, %b : (tensor<?x?x?x?xf32>, tensor<?x?x?xf32>) -> tensor<?x?x?x?xf32>
  %y_expected = arith.constant dense<[[[[4.0, 5.0], [-12.0, -6.0]], [[1.0,
        15.0], [-6.0, 2.0]], [[-3.0, 5.0], [-6.0, -6.0]]], [[[-19.0, -12.0],
        [8.0, 5.0]], [[-2.0, -16.0], [9.0, -1.0]], [[-2.0, -2.0], [5.0,
        13.0]]]]> : tensor<2x3x2x2xf32>
  check.equal %y, %y_expected : tensor<?x?x?x?xf32>, tensor<2x3x2x2xf32>
  return
}

// Two matrices.
func.func private @plain() {
  %a = arith.constant dense<[[3.0, -3.0, -4.0], [3.0, -4.0,
        0.0]]> : tensor<2x3xf32>
  %b = arith.constant dense<[[-4.0, -2.0], [0.0, -1.0], [-1.0,
        -4.0]]> : tensor<3x2xf32>
  %y = model.matmul %a, %b : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  %y_expected = arith.constant dense<[[-8.0, 13.0], [-12.0,
        -2.0]]> : tensor<2x2xf32>
  check.equal %y, %y_expected : tensor<2x2xf32>, tensor<2x2xf32>
  return
}

// Unsigned by signed 8 bit, a zero point a row and a column.
func.func private @integers() {
  %a = arith.constant dense<[[1, 31, 2, 171], [134, 165, 65,
        157]]> : tensor<2x4xi8>
  %b = arith.constant dense<[[67, -30, -11], [127, 78, 123], [-31, 47, 115],
        [38, 87, 48]]> : tensor<4x3xi8>
  %az = arith.constant dense<[[100], [3]]> : tensor<2x1xi8>
  %bz = arith.constant dense<[1, -2, 0]> : tensor<3xi8>
  %y = model.matmul %a, %b zeros_lhs %az zeros_rhs %bz {signed_lhs = false}
      : (tensor<2x4xi8>, tensor<4x3xi8>, tensor<2x1xi8>, tensor<3xi8>) -> tensor<2x3xi32>
  %y_expected = arith.constant dense<[[-9465, -1231, -15260], [32772, 26036,
        33007]]> : tensor<2x3xi32>
  check.equal %y, %y_expected : tensor<2x3xi32>, tensor<2x3xi32>
  return
}

// 16-bit floats are summed in f32: in f16 the sum would overflow.
func.func private @half() {
  %a = arith.constant dense<2048.0> : tensor<1x40xf16>
  %b = arith.constant dense<[[2.0], [-1.0], [1.0], [-1.0], [1.0], [-1.0],
        [1.0], [-1.0], [1.0], [-1.0], [1.0], [-1.0], [1.0], [-1.0], [1.0],
        [-1.0], [1.0], [-1.0], [1.0], [-1.0], [1.0], [-1.0], [1.0], [-1.0],
        [1.0], [-1.0], [1.0], [-1.0], [1.0], [-1.0], [1.0], [-1.0], [1.0],
        [-1.0], [1.0], [-1.0], [1.0], [-1.0], [1.0],
        [-1.0]]> : tensor<40x1xf16>
  %y = model.matmul %a, %b : (tensor<1x40xf16>, tensor<40x1xf16>) -> tensor<1x1xf16>
  %y_expected = arith.constant dense<[[2048.0]]> : tensor<1x1xf16>
  check.equal %y, %y_expected : tensor<1x1xf16>, tensor<1x1xf16>
  return
}

func.func @main() attributes {model.entry} {
  call @batched() : () -> ()
  call @plain() : () -> ()
  call @integers() : () -> ()
  call @half() : () -> ()
  return
}
