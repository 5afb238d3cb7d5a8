// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are by hand: two trees, the first x0 <= 0.5 ? (x2 > 1 ? 1 : 2) : 3
// (a NaN in x0 goes to yes), the second x1 == 2 ? 10 for both targets : 20 for the
// second one.

// The sum over the trees.
func.func private @sum() {
  %x = arith.constant dense<[[0.5, 2.0, 3.0], [0.25, 0.0, 1.0], [1.0, 2.0,
        9.0], [0x7FC00000, 5.0, 2.0]]> : tensor<4x3xf32>
  %y = model.tree_ensemble sum %x features [0, 2, 0, 0, 0, 1, 0, 0] values [0.5, 1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0]
        modes [0, 3, 6, 6, 6, 4, 6, 6] yes [1, 3, 0, 1, 2, 6, 3, 5] no [2, 4, 1, 2, 3, 7, 5, 6]
        missing [true, false, false, false, false, false, false, false] roots [0, 5]
        targets [0, 0, 0, 0, 1, 1] weights [3.0, 1.0, 2.0, 10.0, 10.0, 20.0] to 2
        : (tensor<4x3xf32>) -> tensor<4x2xf32>
  %y_expected = arith.constant dense<[[11.0, 10.0], [2.0, 20.0], [13.0,
        10.0], [1.0, 20.0]]> : tensor<4x2xf32>
  check.equal %y, %y_expected : tensor<4x2xf32>, tensor<4x2xf32>
  return
}

// The average over the trees.
func.func private @average() {
  %x = arith.constant dense<[[0.5, 2.0, 3.0], [0.25, 0.0, 1.0], [1.0, 2.0,
        9.0], [0x7FC00000, 5.0, 2.0]]> : tensor<4x3xf32>
  %y = model.tree_ensemble average %x features [0, 2, 0, 0, 0, 1, 0, 0] values [0.5, 1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0]
        modes [0, 3, 6, 6, 6, 4, 6, 6] yes [1, 3, 0, 1, 2, 6, 3, 5] no [2, 4, 1, 2, 3, 7, 5, 6]
        missing [true, false, false, false, false, false, false, false] roots [0, 5]
        targets [0, 0, 0, 0, 1, 1] weights [3.0, 1.0, 2.0, 10.0, 10.0, 20.0] to 2
        : (tensor<4x3xf32>) -> tensor<4x2xf32>
  %y_expected = arith.constant dense<[[5.5, 5.0], [1.0, 10.0], [6.5, 5.0],
        [0.5, 10.0]]> : tensor<4x2xf32>
  check.equal %y, %y_expected : tensor<4x2xf32>, tensor<4x2xf32>
  return
}

// The min over the trees.
func.func private @min() {
  %x_static = arith.constant dense<[[0.5, 2.0, 3.0], [0.25, 0.0, 1.0], [1.0,
        2.0, 9.0], [0x7FC00000, 5.0, 2.0]]> : tensor<4x3xf32>
  %x = tensor.cast %x_static : tensor<4x3xf32> to tensor<?x?xf32>
  %y = model.tree_ensemble min %x features [0, 2, 0, 0, 0, 1, 0, 0] values [0.5, 1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0]
        modes [0, 3, 6, 6, 6, 4, 6, 6] yes [1, 3, 0, 1, 2, 6, 3, 5] no [2, 4, 1, 2, 3, 7, 5, 6]
        missing [true, false, false, false, false, false, false, false] roots [0, 5]
        targets [0, 0, 0, 0, 1, 1] weights [3.0, 1.0, 2.0, 10.0, 10.0, 20.0] to 2
        : (tensor<?x?xf32>) -> tensor<?x2xf32>
  %y_expected = arith.constant dense<[[1.0, 10.0], [2.0, 20.0], [3.0, 10.0],
        [1.0, 20.0]]> : tensor<4x2xf32>
  check.equal %y, %y_expected : tensor<?x2xf32>, tensor<4x2xf32>
  return
}

// The max over the trees.
func.func private @max() {
  %x = arith.constant dense<[[0.5, 2.0, 3.0], [0.25, 0.0, 1.0], [1.0, 2.0,
        9.0], [0x7FC00000, 5.0, 2.0]]> : tensor<4x3xf32>
  %y = model.tree_ensemble max %x features [0, 2, 0, 0, 0, 1, 0, 0] values [0.5, 1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0]
        modes [0, 3, 6, 6, 6, 4, 6, 6] yes [1, 3, 0, 1, 2, 6, 3, 5] no [2, 4, 1, 2, 3, 7, 5, 6]
        missing [true, false, false, false, false, false, false, false] roots [0, 5]
        targets [0, 0, 0, 0, 1, 1] weights [3.0, 1.0, 2.0, 10.0, 10.0, 20.0] to 2
        : (tensor<4x3xf32>) -> tensor<4x2xf32>
  %y_expected = arith.constant dense<[[10.0, 10.0], [2.0, 20.0], [10.0,
        10.0], [1.0, 20.0]]> : tensor<4x2xf32>
  check.equal %y, %y_expected : tensor<4x2xf32>, tensor<4x2xf32>
  return
}

func.func @main() attributes {model.entry} {
  call @sum() : () -> ()
  call @average() : () -> ()
  call @min() : () -> ()
  call @max() : () -> ()
  return
}
