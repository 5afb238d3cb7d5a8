// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --verify-diagnostics %s

// C2: one tensor an output.
func.func @yields_too_few(%o: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{needs one yielded tensor for each output, but got 0 for 1}}
  %y = kernel.map "n" outs(%c = %o : tensor<4xf32>) {
    kernel.yield
  }
  return %y : tensor<4xf32>
}

// -----

// C2: of the output's type.
func.func @yields_another_type(%x: tensor<8xf32>, %o: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{needs yielded tensor 0 to have the output's type 'tensor<4xf32>', but got 'tensor<8xf32>'}}
  %y = kernel.map "n" ins(%a = %x : tensor<8xf32>) outs(%c = %o : tensor<4xf32>) {
    kernel.yield %a : tensor<8xf32>
  }
  return %y : tensor<4xf32>
}

// -----

// C1: one argument for each operand.
func.func @lacks_an_argument(%o: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{needs one body argument for each input and output, but got 0 for 1}}
  %y = "kernel.map"(%o) <{operandSegmentSizes = array<i32: 0, 1>, source = "n"}> ({
    %e = tensor.empty() : tensor<4xf32>
    kernel.yield %e : tensor<4xf32>
  }) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// C1: of equal types.
func.func @changes_an_argument(%o: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{needs body argument 0 to have the operand's type 'tensor<4xf32>', but got 'tensor<8xf32>'}}
  %y = "kernel.map"(%o) <{operandSegmentSizes = array<i32: 0, 1>, source = "n"}> ({
  ^bb0(%c: tensor<8xf32>):
    %e = tensor.empty() : tensor<4xf32>
    kernel.yield %e : tensor<4xf32>
  }) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
