// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from onnxruntime.

// Later updates of one place win.
func.func private @elements() {
  %x = arith.constant dense<[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0, -4.0, -4.0],
        [-3.0, 3.0, 1.0, 4.0]]> : tensor<3x4xf32>
  %i = arith.constant dense<[[1, -1], [0, 2], [3, 2]]> : tensor<3x2xi64>
  %u = arith.constant dense<[[0.0, 1.0], [4.0, 2.0], [1.0,
        0.0]]> : tensor<3x2xf32>
  %y = model.scatter elements %x, %i, %u {axis = 1 : i64}
      : (tensor<3x4xf32>, tensor<3x2xi64>, tensor<3x2xf32>) -> tensor<3x4xf32>
  %y_expected = arith.constant dense<[[3.0, 0.0, 0.0, 1.0], [4.0, -4.0, 2.0,
        -4.0], [-3.0, 3.0, 0.0, 1.0]]> : tensor<3x4xf32>
  check.equal %y, %y_expected : tensor<3x4xf32>, tensor<3x4xf32>
  return
}

// Updates of one place add up; dynamic sizes.
func.func private @elements_add() {
  %x_static = arith.constant dense<[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0, -4.0,
        -4.0], [-3.0, 3.0, 1.0, 4.0]]> : tensor<3x4xf32>
  %x = tensor.cast %x_static : tensor<3x4xf32> to tensor<?x?xf32>
  %i_static = arith.constant dense<[[1, -1], [0, 0], [3,
        2]]> : tensor<3x2xi64>
  %i = tensor.cast %i_static : tensor<3x2xi64> to tensor<?x?xi64>
  %u_static = arith.constant dense<[[0.0, 1.0], [4.0, 2.0], [1.0,
        0.0]]> : tensor<3x2xf32>
  %u = tensor.cast %u_static : tensor<3x2xf32> to tensor<?x?xf32>
  %y = model.scatter elements %x, %i, %u add {axis = 1 : i64}
      : (tensor<?x?xf32>, tensor<?x?xi64>, tensor<?x?xf32>) -> tensor<?x?xf32>
  %y_expected = arith.constant dense<[[3.0, 1.0, 0.0, -1.0], [4.0, -4.0,
        -4.0, -4.0], [-3.0, 3.0, 1.0, 5.0]]> : tensor<3x4xf32>
  check.equal %y, %y_expected : tensor<?x?xf32>, tensor<3x4xf32>
  return
}

// The greatest stays.
func.func private @elements_max() {
  %x = arith.constant dense<[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0, -4.0, -4.0],
        [-3.0, 3.0, 1.0, 4.0]]> : tensor<3x4xf32>
  %i = arith.constant dense<[[1, -1], [0, 0], [3, 2]]> : tensor<3x2xi64>
  %u = arith.constant dense<[[0.0, 1.0], [4.0, 2.0], [1.0,
        0.0]]> : tensor<3x2xf32>
  %y = model.scatter elements %x, %i, %u max {axis = 1 : i64}
      : (tensor<3x4xf32>, tensor<3x2xi64>, tensor<3x2xf32>) -> tensor<3x4xf32>
  %y_expected = arith.constant dense<[[3.0, 1.0, 0.0, 1.0], [4.0, -4.0, -4.0,
        -4.0], [-3.0, 3.0, 1.0, 4.0]]> : tensor<3x4xf32>
  check.equal %y, %y_expected : tensor<3x4xf32>, tensor<3x4xf32>
  return
}

// Slices of the leading dimension.
func.func private @nd() {
  %x = arith.constant dense<[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0, -4.0, -4.0],
        [-3.0, 3.0, 1.0, 4.0]]> : tensor<3x4xf32>
  %i = arith.constant dense<[[0], [-1]]> : tensor<2x1xi64>
  %u = arith.constant dense<[[1.0, 4.0, -2.0, 3.0], [2.0, -4.0, -1.0,
        3.0]]> : tensor<2x4xf32>
  %y = model.scatter nd %x, %i, %u
      : (tensor<3x4xf32>, tensor<2x1xi64>, tensor<2x4xf32>) -> tensor<3x4xf32>
  %y_expected = arith.constant dense<[[1.0, 4.0, -2.0, 3.0], [-2.0, -4.0,
        -4.0, -4.0], [2.0, -4.0, -1.0, 3.0]]> : tensor<3x4xf32>
  check.equal %y, %y_expected : tensor<3x4xf32>, tensor<3x4xf32>
  return
}

// Single elements, multiplied.
func.func private @nd_mul() {
  %x_static = arith.constant dense<[[3.0, 1.0, 0.0, -2.0], [-2.0, -4.0, -4.0,
        -4.0], [-3.0, 3.0, 1.0, 4.0]]> : tensor<3x4xf32>
  %x = tensor.cast %x_static : tensor<3x4xf32> to tensor<?x?xf32>
  %i = arith.constant dense<[[0, 1], [-1, 3], [0, 1]]> : tensor<3x2xi64>
  %u_static = arith.constant dense<[0.0, -4.0, 2.0]> : tensor<3xf32>
  %u = tensor.cast %u_static : tensor<3xf32> to tensor<?xf32>
  %y = model.scatter nd %x, %i, %u mul
      : (tensor<?x?xf32>, tensor<3x2xi64>, tensor<?xf32>) -> tensor<?x?xf32>
  %y_expected = arith.constant dense<[[3.0, 0.0, 0.0, -2.0], [-2.0, -4.0,
        -4.0, -4.0], [-3.0, 3.0, 1.0, -16.0]]> : tensor<3x4xf32>
  check.equal %y, %y_expected : tensor<?x?xf32>, tensor<3x4xf32>
  return
}

func.func @main() attributes {model.entry} {
  call @elements() : () -> ()
  call @elements_add() : () -> ()
  call @elements_max() : () -> ()
  call @nd() : () -> ()
  call @nd_mul() : () -> ()
  return
}
