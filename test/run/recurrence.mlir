// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from NumPy.

// Running sums along the first axis.
func.func private @sum() {
  %x = arith.constant dense<[[-3.0, 0.0], [-4.0, -1.0], [4.0, 1.0], [-1.0,
        4.0]]> : tensor<4x2xf32>
  %h = arith.constant dense<[1.0, 4.0]> : tensor<2xf32>
  %last, %all = model.recurrence(%h) over(%x) axis 0 {
    ^bb0(%s: tensor<2xf32>, %t: tensor<2xf32>):
      %n = arith.addf %s, %t : tensor<2xf32>
      model.yield %n, %n : tensor<2xf32>, tensor<2xf32>
    } : (tensor<2xf32>, tensor<4x2xf32>) -> (tensor<2xf32>, tensor<4x2xf32>)
  %last_expected = arith.constant dense<[-3.0, 8.0]> : tensor<2xf32>
  check.equal %last, %last_expected : tensor<2xf32>, tensor<2xf32>
  %all_expected = arith.constant dense<[[-2.0, 4.0], [-6.0, 3.0], [-2.0,
        4.0], [-3.0, 8.0]]> : tensor<4x2xf32>
  check.equal %all, %all_expected : tensor<4x2xf32>, tensor<4x2xf32>
  return
}

// Along the second axis from the end, stacked forwards; dynamic sizes.
func.func private @reversed() {
  %x_static = arith.constant dense<[[-4.0, 0.0, 3.0, 2.0], [-1.0, 0.0, -1.0,
        0.0]]> : tensor<2x4xf32>
  %x = tensor.cast %x_static : tensor<2x4xf32> to tensor<?x?xf32>
  %h_static = arith.constant dense<[1.0, 4.0]> : tensor<2xf32>
  %h = tensor.cast %h_static : tensor<2xf32> to tensor<?xf32>
  %last, %all = model.recurrence(%h) over(%x) axis 1 {
    ^bb0(%s: tensor<?xf32>, %t: tensor<?xf32>):
      %n = arith.addf %s, %t : tensor<?xf32>
      model.yield %n, %n : tensor<?xf32>, tensor<?xf32>
    } {reverse = array<i1: true, false>}
      : (tensor<?xf32>, tensor<?x?xf32>) -> (tensor<?xf32>, tensor<?x?xf32>)
  %last_expected = arith.constant dense<2.0> : tensor<2xf32>
  check.equal %last, %last_expected : tensor<?xf32>, tensor<2xf32>
  %all_expected = arith.constant dense<[[3.0, 6.0, 6.0, 2.0], [4.0, 3.0, 3.0,
        2.0]]> : tensor<2x4xf32>
  check.equal %all, %all_expected : tensor<?x?xf32>, tensor<2x4xf32>
  return
}

func.func @main() attributes {model.entry} {
  call @sum() : () -> ()
  call @reversed() : () -> ()
  return
}
