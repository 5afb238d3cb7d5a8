// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from NumPy's pad.

// A value around, one column taken away.
func.func private @constant() {
  %x = arith.constant dense<[[2.0, 1.0, -2.0, -2.0], [2.0, 1.0, 0.0,
        -1.0]]> : tensor<2x4xf32>
  %seven = arith.constant 7.0 : f32
    %two = arith.constant -1 : index
    %y = model.pad constant %x value %seven : f32 low [1, %two] high [0, 2] : tensor<2x4xf32> -> tensor<3x5xf32>
  %y_expected = arith.constant dense<[[7.0, 7.0, 7.0, 7.0, 7.0], [1.0, -2.0,
        -2.0, 7.0, 7.0], [1.0, 0.0, -1.0, 7.0, 7.0]]> : tensor<3x5xf32>
  check.equal %y, %y_expected : tensor<3x5xf32>, tensor<3x5xf32>
  return
}

// The mirror, without the edge, more than once; dynamic.
func.func private @reflect() {
  %x_static = arith.constant dense<[[2.0, 1.0, -2.0, -2.0], [2.0, 1.0, 0.0,
        -1.0]]> : tensor<2x4xf32>
  %x = tensor.cast %x_static : tensor<2x4xf32> to tensor<?x?xf32>
  %two = arith.constant 5 : index
    %y = model.pad reflect %x low [0, %two] high [1, 0] : tensor<?x?xf32> -> tensor<?x?xf32>
  %y_expected = arith.constant dense<[[1.0, -2.0, -2.0, -2.0, 1.0, 2.0, 1.0,
        -2.0, -2.0], [1.0, 0.0, -1.0, 0.0, 1.0, 2.0, 1.0, 0.0, -1.0], [1.0,
        -2.0, -2.0, -2.0, 1.0, 2.0, 1.0, -2.0, -2.0]]> : tensor<3x9xf32>
  check.equal %y, %y_expected : tensor<?x?xf32>, tensor<3x9xf32>
  return
}

// The edge.
func.func private @edge() {
  %x = arith.constant dense<[[2.0, 1.0, -2.0, -2.0], [2.0, 1.0, 0.0,
        -1.0]]> : tensor<2x4xf32>
  %two = arith.constant 2 : index
    %y = model.pad edge %x low [1, %two] high [1, 0] : tensor<2x4xf32> -> tensor<4x6xf32>
  %y_expected = arith.constant dense<[[2.0, 2.0, 2.0, 1.0, -2.0, -2.0], [2.0,
        2.0, 2.0, 1.0, -2.0, -2.0], [2.0, 2.0, 2.0, 1.0, 0.0, -1.0], [2.0,
        2.0, 2.0, 1.0, 0.0, -1.0]]> : tensor<4x6xf32>
  check.equal %y, %y_expected : tensor<4x6xf32>, tensor<4x6xf32>
  return
}

// Repetition of what is left.
func.func private @wrap() {
  %x_static = arith.constant dense<[[2.0, 1.0, -2.0, -2.0], [2.0, 1.0, 0.0,
        -1.0]]> : tensor<2x4xf32>
  %x = tensor.cast %x_static : tensor<2x4xf32> to tensor<?x?xf32>
  %two = arith.constant 3 : index
    %y = model.pad wrap %x low [0, %two] high [0, -1] : tensor<?x?xf32> -> tensor<?x?xf32>
  %y_expected = arith.constant dense<[[2.0, 1.0, -2.0, 2.0, 1.0, -2.0], [2.0,
        1.0, 0.0, 2.0, 1.0, 0.0]]> : tensor<2x6xf32>
  check.equal %y, %y_expected : tensor<?x?xf32>, tensor<2x6xf32>
  return
}

func.func @main() attributes {model.entry} {
  call @constant() : () -> ()
  call @reflect() : () -> ()
  call @edge() : () -> ()
  call @wrap() : () -> ()
  return
}
