// RUN: niello-opt --split-input-file --verify-diagnostics %s

// C1
func.func @tree_ensemble(%x: tensor<3xf32>) {
  // expected-error @+1 {{'model.tree_ensemble' op needs an input of rank 2, but got rank 1}}
  %y = model.tree_ensemble sum %x features [0, 0, 0] values [0.5, 0.0, 0.0] modes [0, 6, 6] yes [1, 0, 1] no [2, 1, 2] missing [false, false, false] roots [0] targets [0, 0] weights [1.0, -1.0] to 1 : (tensor<3xf32>) -> tensor<3x1xf32>
  return
}

// -----
// C2
func.func @tree_ensemble(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'model.tree_ensemble' op needs tables of one length, but got 2 and 3}}
  %y = model.tree_ensemble sum %x features [0, 0, 0] values [0.5, 0.0] modes [0, 6, 6] yes [1, 0, 1] no [2, 1, 2] missing [false, false, false] roots [0] targets [0, 0] weights [1.0, -1.0] to 1 : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}

// -----
// C2
func.func @tree_ensemble(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'model.tree_ensemble' op needs tables of one length, but got 1 and 2}}
  %y = model.tree_ensemble sum %x features [0, 0, 0] values [0.5, 0.0, 0.0] modes [0, 6, 6] yes [1, 0, 1] no [2, 1, 2] missing [false, false, false] roots [0] targets [0, 0] weights [1.0] to 1 : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}

// -----
// C3
func.func @tree_ensemble(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'model.tree_ensemble' op needs modes of 0 to 6, but node 0 has 7}}
  %y = model.tree_ensemble sum %x features [0, 0, 0] values [0.5, 0.0, 0.0] modes [7, 6, 6] yes [1, 0, 1] no [2, 1, 2] missing [false, false, false] roots [0] targets [0, 0] weights [1.0, -1.0] to 1 : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}

// -----
// C3
func.func @tree_ensemble(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'model.tree_ensemble' op needs entries of 2, but leaf 2 has 1 to 3}}
  %y = model.tree_ensemble sum %x features [0, 0, 0] values [0.5, 0.0, 0.0] modes [0, 6, 6] yes [1, 0, 1] no [2, 1, 3] missing [false, false, false] roots [0] targets [0, 0] weights [1.0, -1.0] to 1 : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}

// -----
// C3
func.func @tree_ensemble(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'model.tree_ensemble' op needs next nodes behind their node and below 3, but node 0 has 0 and 2}}
  %y = model.tree_ensemble sum %x features [0, 0, 0] values [0.5, 0.0, 0.0] modes [0, 6, 6] yes [0, 0, 1] no [2, 1, 2] missing [false, false, false] roots [0] targets [0, 0] weights [1.0, -1.0] to 1 : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}

// -----
// C3
func.func @tree_ensemble(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'model.tree_ensemble' op needs features of 3 columns, but node 0 has 3}}
  %y = model.tree_ensemble sum %x features [3, 0, 0] values [0.5, 0.0, 0.0] modes [0, 6, 6] yes [1, 0, 1] no [2, 1, 2] missing [false, false, false] roots [0] targets [0, 0] weights [1.0, -1.0] to 1 : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}

// -----
// C3
func.func @tree_ensemble(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'model.tree_ensemble' op needs targets below 1, but got 1}}
  %y = model.tree_ensemble sum %x features [0, 0, 0] values [0.5, 0.0, 0.0] modes [0, 6, 6] yes [1, 0, 1] no [2, 1, 2] missing [false, false, false] roots [0] targets [0, 1] weights [1.0, -1.0] to 1 : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}

// -----
// C4
func.func @tree_ensemble(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'model.tree_ensemble' op needs roots among 3 nodes, but got 3}}
  %y = model.tree_ensemble sum %x features [0, 0, 0] values [0.5, 0.0, 0.0] modes [0, 6, 6] yes [1, 0, 1] no [2, 1, 2] missing [false, false, false] roots [3] targets [0, 0] weights [1.0, -1.0] to 1 : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}
