// RUN: niello-opt --split-input-file --verify-diagnostics %s

// C1
func.func @close(%a: tensor<4xi32>) {
  // expected-error @+1 {{'check.close' op needs floats, but got 'tensor<4xi32>'}}
  check.close %a, %a absolute 0.0 relative 0.0 : tensor<4xi32>, tensor<4xi32>
  return
}

// -----
// C1
func.func @close(%a: tensor<4xf32>, %b: tensor<4x1xf32>) {
  // expected-error @+1 {{'check.close' op needs tensors of one element type and rank, but got 'tensor<4xf32>' and 'tensor<4x1xf32>'}}
  check.close %a, %b absolute 0.0 relative 0.0 : tensor<4xf32>, tensor<4x1xf32>
  return
}

// -----
// C2
func.func @close(%a: tensor<4xf32>) {
  // expected-error @+1 {{'check.close' op needs tolerances of 0 or more, but got -1.000000e+00 : f64 and 0.000000e+00 : f64}}
  check.close %a, %a absolute -1.0 relative 0.0 : tensor<4xf32>, tensor<4xf32>
  return
}

// -----
// C1
func.func @equal(%a: tensor<4xf32>, %b: tensor<4xf16>) {
  // expected-error @+1 {{'check.equal' op needs tensors of one element type and rank, but got 'tensor<4xf32>' and 'tensor<4xf16>'}}
  check.equal %a, %b : tensor<4xf32>, tensor<4xf16>
  return
}

// -----
// C1
func.func @shape(%a: tensor<?xf32>) {
  // expected-error @+1 {{'check.shape' op needs 1 sizes, but got 2}}
  check.shape %a [2, 4] : tensor<?xf32>
  return
}
