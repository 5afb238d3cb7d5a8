// RUN: niello-opt --split-input-file --verify-diagnostics %s

// C1
func.func @broadcast(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'model.broadcast' op needs a result of at least the operand's rank 2, but got rank 1}}
  %b = model.broadcast %x : tensor<2x3xf32> -> tensor<3xf32>
  return
}

// -----
// C2
func.func @broadcast(%x: tensor<3xf32>) {
  // expected-error @+1 {{'model.broadcast' op needs a size for each of 1 dynamic dimensions, but got 0}}
  %b = model.broadcast %x : tensor<3xf32> -> tensor<?x3xf32>
  return
}

// -----
// C3
func.func @broadcast(%x: tensor<3xf32>) {
  // expected-error @+1 {{'model.broadcast' op needs operand sizes that are 1 or the result's, but got 3 for 4}}
  %b = model.broadcast %x : tensor<3xf32> -> tensor<4xf32>
  return
}

// -----
// C4
func.func @broadcast(%x: tensor<3xf32>) {
  // expected-error @+1 {{'model.broadcast' op needs the operand's element type 'f32', but got 'f16'}}
  %b = model.broadcast %x : tensor<3xf32> -> tensor<3xf16>
  return
}

// -----
// C1
func.func @matmul(%a: tensor<3xf32>, %b: tensor<3x4xf32>) {
  // expected-error @+1 {{'model.matmul' op needs operands of rank 2 or more, but got 1 and 2}}
  %y = model.matmul %a, %b : (tensor<3xf32>, tensor<3x4xf32>) -> tensor<4xf32>
  return
}

// -----
// C2
func.func @matmul(%a: tensor<2x3xf32>, %b: tensor<4x5xf32>) {
  // expected-error @+1 {{'model.matmul' op needs lhs's last size to be rhs's last but one, but got 3 and 4}}
  %y = model.matmul %a, %b : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<2x5xf32>
  return
}

// -----
// C3
func.func @matmul(%a: tensor<2x3x4xf32>, %b: tensor<3x4x5xf32>) {
  // expected-error @+1 {{'model.matmul' op needs leading sizes that are equal or 1, but got 2 and 3}}
  %y = model.matmul %a, %b : (tensor<2x3x4xf32>, tensor<3x4x5xf32>) -> tensor<2x3x5xf32>
  return
}

// -----
// C4
func.func @matmul(%a: tensor<3x4xf32>, %b: tensor<4x5xf16>) {
  // expected-error @+1 {{'model.matmul' op needs floats of one type or integers, but got 'f32' and 'f16'}}
  %y = model.matmul %a, %b : (tensor<3x4xf32>, tensor<4x5xf16>) -> tensor<3x5xf32>
  return
}

// -----
// C5
func.func @matmul(%a: tensor<3x4xi8>, %b: tensor<4x5xi8>, %z: tensor<3xi8>) {
  // expected-error @+1 {{'model.matmul' op needs an integer zero point that broadcasts to 'tensor<4x5xi8>', but got 'tensor<3xi8>'}}
  %y = model.matmul %a, %b zeros_rhs %z : (tensor<3x4xi8>, tensor<4x5xi8>, tensor<3xi8>) -> tensor<3x5xi32>
  return
}

// -----
// The result type is inferred.
func.func @matmul(%a: tensor<3x4xf32>, %b: tensor<4x5xf32>) {
  // expected-error @+2 {{'model.matmul' op failed to infer returned types}}
  // expected-error @+1 {{'model.matmul' op inferred type(s) 'tensor<3x5xf32>' are incompatible with return type(s) of operation 'tensor<3x6xf32>'}}
  %y = model.matmul %a, %b : (tensor<3x4xf32>, tensor<4x5xf32>) -> tensor<3x6xf32>
  return
}

// -----
// C1
func.func @gather(%x: tensor<3x4xf32>, %i: tensor<2xi64>) {
  // expected-error @+1 {{'model.gather' op needs an axis in [0, 2), but got 2}}
  %y = model.gather axis %x, %i {axis = 2 : i64} : (tensor<3x4xf32>, tensor<2xi64>) -> tensor<3x4x2xf32>
  return
}

// -----
// C2
func.func @gather(%x: tensor<3x4xf32>, %i: tensor<2xi64>) {
  // expected-error @+1 {{'model.gather' op needs indices of the rank of data, 2, but got 1}}
  %y = model.gather elements %x, %i : (tensor<3x4xf32>, tensor<2xi64>) -> tensor<2xf32>
  return
}

// -----
// C2
func.func @gather(%x: tensor<3x4xf32>, %i: tensor<2x5xi64>) {
  // expected-error @+1 {{'model.gather' op needs indices no larger than data off the axis, but got 5 and 4}}
  %y = model.gather elements %x, %i : (tensor<3x4xf32>, tensor<2x5xi64>) -> tensor<2x5xf32>
  return
}

// -----
// C3
func.func @gather(%x: tensor<3x4xf32>, %i: tensor<2x3xi64>) {
  // expected-error @+1 {{'model.gather' op needs indices of 1 to 2 numbers and batch dimensions below 2, but got 3 and 0}}
  %y = model.gather nd %x, %i : (tensor<3x4xf32>, tensor<2x3xi64>) -> tensor<2xf32>
  return
}
