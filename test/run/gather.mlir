// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from onnxruntime.

// Along axis 1; negative indices count from the end.
func.func private @axis() {
  %x = arith.constant dense<[[[3.0, -4.0], [-3.0, 3.0], [-4.0, 4.0], [3.0,
        4.0]], [[-1.0, -3.0], [0.0, 4.0], [-1.0, 4.0], [-1.0, 3.0]], [[-2.0,
        0.0], [-2.0, -2.0], [4.0, 3.0], [-3.0, 4.0]]]> : tensor<3x4x2xf32>
  %i_static = arith.constant dense<[[0, -1, 2], [1, 1, -3]]> : tensor<2x3xi64>
  %i = tensor.cast %i_static : tensor<2x3xi64> to tensor<?x?xi64>
  %y = model.gather axis %x, %i {axis = 1 : i64} : (tensor<3x4x2xf32>, tensor<?x?xi64>) -> tensor<3x?x?x2xf32>
  %y_expected = arith.constant dense<[[[[3.0, -4.0], [3.0, 4.0], [-4.0,
        4.0]], [[-3.0, 3.0], [-3.0, 3.0], [-3.0, 3.0]]], [[[-1.0, -3.0],
        [-1.0, 3.0], [-1.0, 4.0]], [[0.0, 4.0], [0.0, 4.0], [0.0, 4.0]]],
        [[[-2.0, 0.0], [-3.0, 4.0], [4.0, 3.0]], [[-2.0, -2.0], [-2.0, -2.0],
        [-2.0, -2.0]]]]> : tensor<3x2x3x2xf32>
  check.equal %y, %y_expected : tensor<3x?x?x2xf32>, tensor<3x2x3x2xf32>
  return
}

// Constant indices; integer data.
func.func private @axis_constant() {
  %x = arith.constant dense<[[[3, -4], [-3, 3], [-4, 4], [3, 4]], [[-1, -3],
        [0, 4], [-1, 4], [-1, 3]], [[-2, 0], [-2, -2], [4, 3], [-3,
        4]]]> : tensor<3x4x2xi64>
  %i = arith.constant dense<[2, 0]> : tensor<2xi32>
  %y = model.gather axis %x, %i : (tensor<3x4x2xi64>, tensor<2xi32>) -> tensor<2x4x2xi64>
  %y_expected = arith.constant dense<[[[-2, 0], [-2, -2], [4, 3], [-3, 4]],
        [[3, -4], [-3, 3], [-4, 4], [3, 4]]]> : tensor<2x4x2xi64>
  check.equal %y, %y_expected : tensor<2x4x2xi64>, tensor<2x4x2xi64>
  return
}

// One number an index, after one batch dimension.
func.func private @nd() {
  %x_static = arith.constant dense<[[[3.0, -4.0], [-3.0, 3.0], [-4.0, 4.0],
        [3.0, 4.0]], [[-1.0, -3.0], [0.0, 4.0], [-1.0, 4.0], [-1.0, 3.0]],
        [[-2.0, 0.0], [-2.0, -2.0], [4.0, 3.0], [-3.0,
        4.0]]]> : tensor<3x4x2xf32>
  %x = tensor.cast %x_static : tensor<3x4x2xf32> to tensor<?x?x?xf32>
  %i = arith.constant dense<[[[1], [0]], [[3], [-4]], [[2],
        [2]]]> : tensor<3x2x1xi64>
  %y = model.gather nd %x, %i {batch_dims = 1 : i64} : (tensor<?x?x?xf32>, tensor<3x2x1xi64>) -> tensor<3x2x?xf32>
  %y_expected = arith.constant dense<[[[-3.0, 3.0], [3.0, -4.0]], [[-1.0,
        3.0], [-1.0, -3.0]], [[4.0, 3.0], [4.0, 3.0]]]> : tensor<3x2x2xf32>
  check.equal %y, %y_expected : tensor<3x2x?xf32>, tensor<3x2x2xf32>
  return
}

// Indices that name single elements.
func.func private @nd_whole() {
  %x = arith.constant dense<[[[3.0, -4.0], [-3.0, 3.0], [-4.0, 4.0], [3.0,
        4.0]], [[-1.0, -3.0], [0.0, 4.0], [-1.0, 4.0], [-1.0, 3.0]], [[-2.0,
        0.0], [-2.0, -2.0], [4.0, 3.0], [-3.0, 4.0]]]> : tensor<3x4x2xf32>
  %i = arith.constant dense<[[1, -1, 0], [2, 3, 1]]> : tensor<2x3xi64>
  %y = model.gather nd %x, %i : (tensor<3x4x2xf32>, tensor<2x3xi64>) -> tensor<2xf32>
  %y_expected = arith.constant dense<[-1.0, 4.0]> : tensor<2xf32>
  check.equal %y, %y_expected : tensor<2xf32>, tensor<2xf32>
  return
}

// Indices may be smaller than the data off the axis.
func.func private @elements() {
  %x_static = arith.constant dense<[[4.0, -2.0, -1.0, 0.0], [1.0, -1.0, -3.0,
        4.0], [2.0, -4.0, 3.0, 2.0]]> : tensor<3x4xf32>
  %x = tensor.cast %x_static : tensor<3x4xf32> to tensor<?x?xf32>
  %i_static = arith.constant dense<[[0, 1], [-1, 2]]> : tensor<2x2xi64>
  %i = tensor.cast %i_static : tensor<2x2xi64> to tensor<?x?xi64>
  %y = model.gather elements %x, %i {axis = 1 : i64} : (tensor<?x?xf32>, tensor<?x?xi64>) -> tensor<?x?xf32>
  %y_expected = arith.constant dense<[[4.0, -2.0], [4.0,
        -3.0]]> : tensor<2x2xf32>
  check.equal %y, %y_expected : tensor<?x?xf32>, tensor<2x2xf32>
  return
}

func.func @main() attributes {model.entry} {
  call @axis() : () -> ()
  call @axis_constant() : () -> ()
  call @nd() : () -> ()
  call @nd_whole() : () -> ()
  call @elements() : () -> ()
  return
}
