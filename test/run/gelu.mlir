// RUN: niello run %s
// RUN: niello run -O0 %s
// REQUIRES: niello
//
// Expected values are from Python's math.erf, math.erfc and math.tanh in f64.
// Near -6 the f32 of 1 + erf has nothing left of 1e-9, hence the absolute
// tolerance: 2^-24 of 1 times 6.

func.func private @exact() {
  %x = arith.constant dense<[-6.0, -3.0, -1.0, -0.25, 0.0, 0.5, 2.0,
        4.0]> : tensor<8xf32>
  %y = model.gelu %x approximate none : (tensor<8xf32>) -> tensor<8xf32>
  %y_expected = arith.constant dense<[-5.91952587e-09, -0.00404969409,
        -0.158655254, -0.100323419, 0.0, 0.345731231, 1.95449974,
        3.99987332]> : tensor<8xf32>
  check.close %y, %y_expected absolute 4.0e-07 relative 1.0e-05
      : tensor<8xf32>, tensor<8xf32>
  return
}

// Dynamic sizes.
func.func private @tanh() {
  %x_static = arith.constant dense<[[-6.0, -3.0, -1.0, -0.25], [0.0, 0.5, 2.0,
        4.0]]> : tensor<2x4xf32>
  %x = tensor.cast %x_static : tensor<2x4xf32> to tensor<?x?xf32>
  %y = model.gelu %x approximate tanh : (tensor<?x?xf32>) -> tensor<?x?xf32>
  %y_expected = arith.constant dense<[[-8.43964898e-11, -0.00363739208,
        -0.158808009, -0.100324649], [0.0, 0.34571401, 1.95459769,
        3.99992975]]> : tensor<2x4xf32>
  check.close %y, %y_expected absolute 4.0e-07 relative 1.0e-05
      : tensor<?x?xf32>, tensor<2x4xf32>
  return
}

// 16-bit floats are rounded once: half a unit of 2^-11.
func.func private @half() {
  %x = arith.constant dense<[-3.0, -1.0, 0.5, 2.0]> : tensor<4xf16>
  %y = model.gelu %x approximate none : (tensor<4xf16>) -> tensor<4xf16>
  %y_expected = arith.constant dense<[-0.00404969409, -0.158655254,
        0.345731231, 1.95449974]> : tensor<4xf16>
  check.close %y, %y_expected absolute 0.0 relative 1.0e-03
      : tensor<4xf16>, tensor<4xf16>
  return
}

func.func @main() attributes {model.entry} {
  call @exact() : () -> ()
  call @tanh() : () -> ()
  call @half() : () -> ()
  return
}
