// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from Philox4x32-10 in Python, which gives the published
// numbers for counter 0 and key 0: 6627e8d5 e169c58d bc57ac4c 9b00dbd8.

// In [-2, 2).
func.func private @uniform() {
  %two = arith.constant 2 : index
    %y = model.random uniform seed 7 first -2.0 second 2.0 sizes(%two) : tensor<?x3xf32>
  %y_expected = arith.constant dense<[[1.8183885, -0.37215853, -1.9756997],
        [-0.43920374, -0.84028554, -0.64554834]]> : tensor<2x3xf32>
  check.close %y, %y_expected absolute 1.0e-06 relative 0.0e+00
      : tensor<?x3xf32>, tensor<2x3xf32>
  return
}

// Mean 1, deviation 3; a negative seed.
func.func private @normal() {
  %y = model.random normal seed -5 first 1.0 second 3.0 : tensor<4xf32>
  %y_expected = arith.constant dense<[4.700515, 3.9413598, 5.2889185,
        1.7424114]> : tensor<4xf32>
  check.close %y, %y_expected absolute 1.0e-05 relative 1.0e-05
      : tensor<4xf32>, tensor<4xf32>
  return
}

// 1 with its probability.
func.func private @bernoulli() {
  %p = arith.constant dense<[[0.0, 1.0, 0.5], [0.5, 0.5,
        0.5]]> : tensor<2x3xf32>
  %y = model.random bernoulli seed 7 first 0.0 second 1.0 probability %p : tensor<2x3xf32> : tensor<2x3xi32>
  %y_expected = arith.constant dense<[[0, 1, 1], [1, 1, 1]]> : tensor<2x3xi32>
  check.equal %y, %y_expected : tensor<2x3xi32>, tensor<2x3xi32>
  return
}

func.func @main() attributes {model.entry} {
  call @uniform() : () -> ()
  call @normal() : () -> ()
  call @bernoulli() : () -> ()
  return
}
