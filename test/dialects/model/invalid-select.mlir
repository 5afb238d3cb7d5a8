// RUN: niello-opt --split-input-file --verify-diagnostics %s

// C1
func.func @scatter(%x: tensor<3x4xf32>, %i: tensor<3x2xi64>, %u: tensor<3x2xf32>) {
  // expected-error @+1 {{'model.scatter' op needs an axis in [0, 2), but got 2}}
  %r = model.scatter elements %x, %i, %u {axis = 2 : i64} : (tensor<3x4xf32>, tensor<3x2xi64>, tensor<3x2xf32>) -> tensor<3x4xf32>
  return
}

// -----
// C2
func.func @scatter(%x: tensor<3x4xf32>, %i: tensor<3x2xi64>, %u: tensor<3x1xf32>) {
  // expected-error @+1 {{'model.scatter' op needs indices and updates of one shape and data's rank, but got 'tensor<3x2xi64>' and 'tensor<3x1xf32>'}}
  %r = model.scatter elements %x, %i, %u : (tensor<3x4xf32>, tensor<3x2xi64>, tensor<3x1xf32>) -> tensor<3x4xf32>
  return
}

// -----
// C3
func.func @scatter(%x: tensor<3x4xf32>, %i: tensor<5x3xi64>, %u: tensor<5xf32>) {
  // expected-error @+1 {{'model.scatter' op needs indices of 0 to 2 numbers, but got 3}}
  %r = model.scatter nd %x, %i, %u : (tensor<3x4xf32>, tensor<5x3xi64>, tensor<5xf32>) -> tensor<3x4xf32>
  return
}

// -----
// C3
func.func @scatter(%x: tensor<3x4xf32>, %i: tensor<5x1xi64>, %u: tensor<5xf32>) {
  // expected-error @+1 {{'model.scatter' op needs updates of 'tensor<5x4xf32>', but got 'tensor<5xf32>'}}
  %r = model.scatter nd %x, %i, %u : (tensor<3x4xf32>, tensor<5x1xi64>, tensor<5xf32>) -> tensor<3x4xf32>
  return
}

// -----
// C4
func.func @scatter(%x: tensor<3x4xf32>, %i: tensor<3x2xi64>, %u: tensor<3x2xf16>) {
  // expected-error @+1 {{'model.scatter' op needs updates of the element type of data, 'f32', but got 'f16'}}
  %r = model.scatter elements %x, %i, %u : (tensor<3x4xf32>, tensor<3x2xi64>, tensor<3x2xf16>) -> tensor<3x4xf32>
  return
}

// -----
// C1
func.func @topk(%x: tensor<3xf32>, %k: index) {
  // expected-error @+1 {{'model.topk' op needs an axis in [0, 1), but got 1}}
  %v, %p = model.topk max %x, %k axis 1 : (tensor<3xf32>, index) -> (tensor<3xf32>, tensor<3xi64>)
  return
}

// -----
// C1
func.func @arg_reduce(%x: tensor<3xf32>) {
  // expected-error @+1 {{'model.arg_reduce' op needs an axis in [0, 1), but got -1}}
  %p = model.arg_reduce max %x axis -1 : (tensor<3xf32>) -> tensor<3xi64>
  return
}

// -----
// C1
func.func @unique(%x: tensor<3xf32>) {
  // expected-error @+1 {{'model.unique' op needs an axis in [0, 1), but got 1}}
  %v, %f, %i, %c = model.unique %x axis 1 : (tensor<3xf32>) -> (tensor<3xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return
}

// -----
// C1
func.func @cumulative(%x: tensor<3xf32>) {
  // expected-error @+1 {{'model.cumulative' op needs an axis in [0, 1), but got 1}}
  %y = model.cumulative sum %x axis 1 : (tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----
// C1
func.func @pad(%x: tensor<3xf32>) {
  // expected-error @+1 {{'model.pad' op needs 1 low and high pads, but got 1 and 2}}
  %y = model.pad edge %x low [1] high [1, 1] : tensor<3xf32> -> tensor<5xf32>
  return
}

// -----
// C2
func.func @pad(%x: tensor<3xf32>) {
  // expected-error @+1 {{'model.pad' op needs a value for constant and only for it}}
  %y = model.pad constant %x low [1] high [1] : tensor<3xf32> -> tensor<5xf32>
  return
}

// -----
// C2
func.func @pad(%x: tensor<3xf32>, %v: f16) {
  // expected-error @+1 {{'model.pad' op needs a value of the element type 'f32', but got 'f16'}}
  %y = model.pad constant %x value %v : f16 low [1] high [1] : tensor<3xf32> -> tensor<5xf32>
  return
}
