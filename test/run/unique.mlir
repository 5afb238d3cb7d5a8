// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from NumPy's unique.

// In ascending order.
func.func private @sorted() {
  %x_static = arith.constant dense<[2.0, 1.0, 1.0, 3.0, 4.0,
        3.0]> : tensor<6xf32>
  %x = tensor.cast %x_static : tensor<6xf32> to tensor<?xf32>
  %v, %f, %i, %n = model.unique %x axis 0
      : (tensor<?xf32>) -> (tensor<?xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  %v_expected = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  check.equal %v, %v_expected : tensor<?xf32>, tensor<4xf32>
  %f_expected = arith.constant dense<[1, 0, 3, 4]> : tensor<4xi64>
  check.equal %f, %f_expected : tensor<?xi64>, tensor<4xi64>
  %i_expected = arith.constant dense<[1, 0, 0, 2, 3, 2]> : tensor<6xi64>
  check.equal %i, %i_expected : tensor<?xi64>, tensor<6xi64>
  %n_expected = arith.constant dense<[2, 1, 2, 1]> : tensor<4xi64>
  check.equal %n, %n_expected : tensor<?xi64>, tensor<4xi64>
  return
}

// In order of appearance.
func.func private @by_appearance() {
  %x = arith.constant dense<[2.0, 1.0, 1.0, 3.0, 4.0, 3.0]> : tensor<6xf32>
  %v, %f, %i, %n = model.unique %x axis 0 {by_appearance}
      : (tensor<6xf32>) -> (tensor<?xf32>, tensor<?xi64>, tensor<6xi64>, tensor<?xi64>)
  %v_expected = arith.constant dense<[2.0, 1.0, 3.0, 4.0]> : tensor<4xf32>
  check.equal %v, %v_expected : tensor<?xf32>, tensor<4xf32>
  %f_expected = arith.constant dense<[0, 1, 3, 4]> : tensor<4xi64>
  check.equal %f, %f_expected : tensor<?xi64>, tensor<4xi64>
  %i_expected = arith.constant dense<[0, 1, 1, 2, 3, 2]> : tensor<6xi64>
  check.equal %i, %i_expected : tensor<6xi64>, tensor<6xi64>
  %n_expected = arith.constant dense<[1, 2, 2, 1]> : tensor<4xi64>
  check.equal %n, %n_expected : tensor<?xi64>, tensor<4xi64>
  return
}

// Columns as a whole.
func.func private @slices() {
  %x = arith.constant dense<[[1, 0, 1], [0, -1, 0], [1, 0,
        1]]> : tensor<3x3xi32>
  %v, %f, %i, %n = model.unique %x axis 1
      : (tensor<3x3xi32>) -> (tensor<3x?xi32>, tensor<?xi64>, tensor<3xi64>, tensor<?xi64>)
  %v_expected = arith.constant dense<[[0, 1], [-1, 0], [0,
        1]]> : tensor<3x2xi32>
  check.equal %v, %v_expected : tensor<3x?xi32>, tensor<3x2xi32>
  %f_expected = arith.constant dense<[1, 0]> : tensor<2xi64>
  check.equal %f, %f_expected : tensor<?xi64>, tensor<2xi64>
  %i_expected = arith.constant dense<[1, 0, 1]> : tensor<3xi64>
  check.equal %i, %i_expected : tensor<3xi64>, tensor<3xi64>
  %n_expected = arith.constant dense<[1, 2]> : tensor<2xi64>
  check.equal %n, %n_expected : tensor<?xi64>, tensor<2xi64>
  return
}

func.func @main() attributes {model.entry} {
  call @sorted() : () -> ()
  call @by_appearance() : () -> ()
  call @slices() : () -> ()
  return
}
