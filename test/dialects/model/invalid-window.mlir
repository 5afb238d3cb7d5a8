// RUN: niello-opt --split-input-file --verify-diagnostics %s

// C1
func.func @conv(%x: tensor<1x4x8xf32>, %w: tensor<6x4xf32>) {
  // expected-error @+1 {{'model.conv' op needs input and weight of one rank, 3 or more, but got 3 and 2}}
  %y = model.conv %x, %w : (tensor<1x4x8xf32>, tensor<6x4xf32>) -> tensor<1x6x8xf32>
  return
}

// -----
// C2
func.func @conv(%x: tensor<1x4x8xf32>, %w: tensor<6x4x3xf32>) {
  // expected-error @+1 {{'model.conv' op needs 1 strides, but got 2}}
  %y = model.conv %x, %w {strides = array<i64: 1, 1>} : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x6xf32>
  return
}

// -----
// C2
func.func @conv(%x: tensor<1x4x8xf32>, %w: tensor<6x4x3xf32>) {
  // expected-error @+1 {{'model.conv' op needs dilations of 1 or more, but got 0}}
  %y = model.conv %x, %w {dilations = array<i64: 0>} : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x8xf32>
  return
}

// -----
// C3
func.func @conv(%x: tensor<1x4x8xf32>, %w: tensor<6x4x3xf32>) {
  // expected-error @+1 {{'model.conv' op needs groups that divide 6 outputs and 4 channels into 4, but got 2}}
  %y = model.conv %x, %w {groups = 2 : i64} : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x6xf32>
  return
}

// -----
// C4
func.func @conv(%x: tensor<1x4x8xf32>, %w: tensor<6x4x3xf32>, %b: tensor<5xf32>) {
  // expected-error @+1 {{'model.conv' op needs one bias an output, 6, but got 'tensor<5xf32>'}}
  %y = model.conv %x, %w bias %b : (tensor<1x4x8xf32>, tensor<6x4x3xf32>, tensor<5xf32>) -> tensor<1x6x6xf32>
  return
}

// -----
// C5
func.func @conv(%x: tensor<1x4x8xf32>, %w: tensor<6x4x3xf16>) {
  // expected-error @+1 {{'model.conv' op needs floats of one type or integers, but got 'f32' and 'f16'}}
  %y = model.conv %x, %w : (tensor<1x4x8xf32>, tensor<6x4x3xf16>) -> tensor<1x6x6xf32>
  return
}

// -----
// C5
func.func @conv(%x: tensor<1x4x8xi8>, %w: tensor<6x4x3xi8>, %z: tensor<6xi8>) {
  // expected-error @+1 {{'model.conv' op needs an integer zero point that broadcasts to 'tensor<6x4x3xi8>', but got 'tensor<6xi8>'}}
  %y = model.conv %x, %w zeros_weight %z : (tensor<1x4x8xi8>, tensor<6x4x3xi8>, tensor<6xi8>) -> tensor<1x6x6xi32>
  return
}

// -----
// C6
func.func @conv(%x: tensor<1x4x8xf32>, %w: tensor<6x4x3xf32>) {
  // expected-error @+1 {{'model.conv' op needs either pads or a pad rule, but got both}}
  %y = model.conv %x, %w pad same_upper {pads = array<i64: 1, 1>} : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x8xf32>
  return
}

// -----
// C1
func.func @conv_transpose(%x: tensor<1x4x8xf32>, %w: tensor<4x6xf32>) {
  // expected-error @+1 {{'model.conv_transpose' op needs input and weight of one rank, 3 or more, but got 3 and 2}}
  %y = model.conv_transpose %x, %w : (tensor<1x4x8xf32>, tensor<4x6xf32>) -> tensor<1x6x8xf32>
  return
}

// -----
// C2
func.func @conv_transpose(%x: tensor<1x4x8xf32>, %w: tensor<4x6x3xf32>) {
  // expected-error @+1 {{'model.conv_transpose' op needs output_padding and output_shape of 1 numbers of 0 or more}}
  %y = model.conv_transpose %x, %w {output_padding = array<i64: -1>} : (tensor<1x4x8xf32>, tensor<4x6x3xf32>) -> tensor<1x6x9xf32>
  return
}

// -----
// C3
func.func @conv_transpose(%x: tensor<1x4x8xf32>, %w: tensor<5x6x3xf32>) {
  // expected-error @+1 {{'model.conv_transpose' op needs groups that divide 4 channels, as many as the weight's 5, but got 1}}
  %y = model.conv_transpose %x, %w : (tensor<1x4x8xf32>, tensor<5x6x3xf32>) -> tensor<1x6x10xf32>
  return
}

// -----
// C4
func.func @conv_transpose(%x: tensor<1x4x8xf32>, %w: tensor<4x6x3xf32>, %b: tensor<5xf32>) {
  // expected-error @+1 {{'model.conv_transpose' op needs one bias an output, 6, but got 'tensor<5xf32>'}}
  %y = model.conv_transpose %x, %w bias %b : (tensor<1x4x8xf32>, tensor<4x6x3xf32>, tensor<5xf32>) -> tensor<1x6x10xf32>
  return
}

// -----
// C5
func.func @conv_transpose(%x: tensor<1x4x8xf32>, %w: tensor<4x6x3xf16>) {
  // expected-error @+1 {{'model.conv_transpose' op needs floats of one type, but got 'f32' and 'f16'}}
  %y = model.conv_transpose %x, %w : (tensor<1x4x8xf32>, tensor<4x6x3xf16>) -> tensor<1x6x10xf32>
  return
}

// -----
// C1
func.func @pool(%x: tensor<1x4x8xf32>) {
  // expected-error @+1 {{'model.pool' op needs rank 3 or more and a kernel of rank - 2 sizes of 1 or more, but got rank 3 and 2 sizes}}
  %y = model.pool max %x kernel [2, 2] : (tensor<1x4x8xf32>) -> tensor<1x4x7xf32>
  return
}

// -----
// C2
func.func @pool(%x: tensor<1x4x8xf32>) {
  // expected-error @+1 {{'model.pool' op needs pads of 0 or more, but got -1}}
  %y = model.pool max %x kernel [2] {pads = array<i64: 0, -1>} : (tensor<1x4x8xf32>) -> tensor<1x4x6xf32>
  return
}

// -----
// C3
func.func @pool(%x: tensor<1x4x8xi8>) {
  // expected-error @+1 {{'model.pool' op needs floats unless it is max, but got 'i8'}}
  %y = model.pool average %x kernel [2] : (tensor<1x4x8xi8>) -> tensor<1x4x7xi8>
  return
}

// -----
// C3
func.func @pool(%x: tensor<1x4x8xf32>) {
  // expected-error @+1 {{'model.pool' op needs p of 1 or more, but got 0}}
  %y = model.pool lp %x kernel [2] {p = 0 : i64} : (tensor<1x4x8xf32>) -> tensor<1x4x7xf32>
  return
}

// -----
// C4
func.func @pool(%x: tensor<1x4x8xf32>) {
  // expected-error @+1 {{'model.pool' op needs 2 results, two for max only, but got 1}}
  %y = model.pool max %x kernel [2] {indices} : (tensor<1x4x8xf32>) -> tensor<1x4x7xf32>
  return
}
