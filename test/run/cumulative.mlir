// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from NumPy.

// Along the last axis.
func.func private @sum() {
  %x = arith.constant dense<[[2.0, 2.0, 2.0, 2.0, 3.0], [4.0, 1.0, 4.0, 3.0,
        2.0]]> : tensor<2x5xf32>
  %y = model.cumulative sum %x axis 1 : (tensor<2x5xf32>) -> tensor<2x5xf32>
  %y_expected = arith.constant dense<[[2.0, 4.0, 6.0, 8.0, 11.0], [4.0, 5.0,
        9.0, 12.0, 14.0]]> : tensor<2x5xf32>
  check.equal %y, %y_expected : tensor<2x5xf32>, tensor<2x5xf32>
  return
}

// Without the element itself, from the end; dynamic sizes.
func.func private @exclusive_reverse() {
  %x_static = arith.constant dense<[[2.0, 2.0, 2.0, 2.0, 3.0], [4.0, 1.0,
        4.0, 3.0, 2.0]]> : tensor<2x5xf32>
  %x = tensor.cast %x_static : tensor<2x5xf32> to tensor<?x?xf32>
  %y = model.cumulative sum %x axis 1 {exclusive, reverse} : (tensor<?x?xf32>) -> tensor<?x?xf32>
  %y_expected = arith.constant dense<[[9.0, 7.0, 5.0, 3.0, 0.0], [10.0, 9.0,
        5.0, 2.0, 0.0]]> : tensor<2x5xf32>
  check.equal %y, %y_expected : tensor<?x?xf32>, tensor<2x5xf32>
  return
}

// Of integers, along the first axis.
func.func private @product() {
  %x = arith.constant dense<[[2, 2, 2, 2, 3], [4, 1, 4, 3,
        2]]> : tensor<2x5xi64>
  %y = model.cumulative product %x axis 0 : (tensor<2x5xi64>) -> tensor<2x5xi64>
  %y_expected = arith.constant dense<[[2, 2, 2, 2, 3], [8, 2, 8, 6,
        6]]> : tensor<2x5xi64>
  check.equal %y, %y_expected : tensor<2x5xi64>, tensor<2x5xi64>
  return
}

func.func @main() attributes {model.entry} {
  call @sum() : () -> ()
  call @exclusive_reverse() : () -> ()
  call @product() : () -> ()
  return
}
