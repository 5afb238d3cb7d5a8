// RUN: niello-opt --split-input-file --verify-diagnostics %s

// C1
func.func @norm(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{'model.norm' op needs an axis in [0, 2), but got 2}}
  %y = model.norm layer %x axis 2 epsilon 1.0e-05 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return
}

// -----
// C2
func.func @norm(%x: tensor<4xf32>) {
  // expected-error @+1 {{'model.norm' op needs an input of rank 2 or more, but got rank 1}}
  %y = model.norm instance %x epsilon 1.0e-05 : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----
// C3
func.func @norm(%x: tensor<2x4xf32>, %s: tensor<3xf32>) {
  // expected-error @+1 {{'model.norm' op needs scale and bias that broadcast to 'tensor<2x4xf32>', but got 'tensor<3xf32>'}}
  %y = model.norm layer %x scale %s axis 1 epsilon 1.0e-05 : (tensor<2x4xf32>, tensor<3xf32>) -> tensor<2x4xf32>
  return
}

// -----
// C3
func.func @norm(%x: tensor<2x4x5xf32>, %s: tensor<5xf32>) {
  // expected-error @+1 {{'model.norm' op needs one scale and bias a channel, 4, but got 'tensor<5xf32>'}}
  %y = model.norm instance %x scale %s epsilon 1.0e-05 : (tensor<2x4x5xf32>, tensor<5xf32>) -> tensor<2x4x5xf32>
  return
}

// -----
// C4
func.func @norm(%x: tensor<2x4x5xf32>) {
  // expected-error @+1 {{'model.norm' op needs mean and variance for batch and only for it}}
  %y = model.norm batch %x epsilon 1.0e-05 : (tensor<2x4x5xf32>) -> tensor<2x4x5xf32>
  return
}

// -----
// C4
func.func @norm(%x: tensor<2x4x5xf32>, %m: tensor<5xf32>) {
  // expected-error @+1 {{'model.norm' op needs one mean and variance a channel, 4, but got 'tensor<5xf32>'}}
  %y = model.norm batch %x mean %m variance %m epsilon 1.0e-05 : (tensor<2x4x5xf32>, tensor<5xf32>, tensor<5xf32>) -> tensor<2x4x5xf32>
  return
}

// -----
// C5
func.func @norm(%x: tensor<2x4x5xf32>) {
  // expected-error @+1 {{'model.norm' op needs groups that divide the channels, 4, but got 3}}
  %y = model.norm group %x epsilon 1.0e-05 groups 3 : (tensor<2x4x5xf32>) -> tensor<2x4x5xf32>
  return
}

// -----
// C6
func.func @norm(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{'model.norm' op needs 3 results, three for layer and rms only, but got 1}}
  %y = model.norm layer %x axis 1 epsilon 1.0e-05 statistics : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return
}
