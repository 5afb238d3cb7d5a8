// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from NumPy's stable sort.

// Equal elements keep their order.
func.func private @greatest() {
  %x = arith.constant dense<[[2.0, 3.0, -3.0, -4.0, 3.0, -4.0, 0.0], [-4.0,
        -2.0, 0.0, -1.0, -1.0, -4.0, -4.0]]> : tensor<2x7xf32>
  %k = arith.constant 4 : index
    %v, %p = model.topk max %x, %k axis 1
      : (tensor<2x7xf32>, index) -> (tensor<2x4xf32>, tensor<2x4xi64>)
  %v_expected = arith.constant dense<[[3.0, 3.0, 2.0, 0.0], [0.0, -1.0, -1.0,
        -2.0]]> : tensor<2x4xf32>
  check.equal %v, %v_expected : tensor<2x4xf32>, tensor<2x4xf32>
  %p_expected = arith.constant dense<[[1, 4, 0, 6], [2, 3, 4,
        1]]> : tensor<2x4xi64>
  check.equal %p, %p_expected : tensor<2x4xi64>, tensor<2x4xi64>
  return
}

// Along the first axis, dynamic sizes.
func.func private @least() {
  %x_static = arith.constant dense<[[-3.0, -4.0], [2.0, 0.0], [1.0, -2.0],
        [1.0, 2.0], [-1.0, 0.0], [4.0, 3.0]]> : tensor<6x2xf32>
  %x = tensor.cast %x_static : tensor<6x2xf32> to tensor<?x?xf32>
  %k = arith.constant 3 : index
    %v, %p = model.topk min %x, %k axis 0
      : (tensor<?x?xf32>, index) -> (tensor<3x?xf32>, tensor<3x?xi64>)
  %v_expected = arith.constant dense<[[-3.0, -4.0], [-1.0, -2.0], [1.0,
        0.0]]> : tensor<3x2xf32>
  check.equal %v, %v_expected : tensor<3x?xf32>, tensor<3x2xf32>
  %p_expected = arith.constant dense<[[0, 0], [4, 2], [2,
        1]]> : tensor<3x2xi64>
  check.equal %p, %p_expected : tensor<3x?xi64>, tensor<3x2xi64>
  return
}

// Unsigned 8 bit.
func.func private @unsigned() {
  %x = arith.constant dense<[3, 200, 128, 127, 0]> : tensor<5xi8>
  %k = arith.constant 5 : index
    %v, %p = model.topk max %x, %k axis 0 {is_signed = false}
      : (tensor<5xi8>, index) -> (tensor<5xi8>, tensor<5xi64>)
  %v_expected = arith.constant dense<[200, 128, 127, 3, 0]> : tensor<5xi8>
  check.equal %v, %v_expected : tensor<5xi8>, tensor<5xi8>
  %p_expected = arith.constant dense<[1, 2, 3, 0, 4]> : tensor<5xi64>
  check.equal %p, %p_expected : tensor<5xi64>, tensor<5xi64>
  return
}

// A NaN is greater than every number.
func.func private @nan() {
  %x = arith.constant dense<[1.0, 0x7FC00000, 3.0, 0x7F800000,
        0x7FC00000]> : tensor<5xf32>
  %k = arith.constant 5 : index
    %v, %p = model.topk max %x, %k axis 0
      : (tensor<5xf32>, index) -> (tensor<5xf32>, tensor<5xi64>)
  %p_expected = arith.constant dense<[1, 4, 3, 2, 0]> : tensor<5xi64>
  check.equal %p, %p_expected : tensor<5xi64>, tensor<5xi64>
  return
}

func.func @main() attributes {model.entry} {
  call @greatest() : () -> ()
  call @least() : () -> ()
  call @unsigned() : () -> ()
  call @nan() : () -> ()
  return
}
