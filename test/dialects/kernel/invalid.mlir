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

// -----

// C1: all tensors, or all buffers.
func.func @mixes_tensors_and_buffers(%x: memref<3x4x8xf32>, %o: tensor<3x4x8xf32>) -> tensor<3x4x8xf32> {
  // expected-error @+1 {{needs tensors, or memrefs of identity layout, but got 'memref<3x4x8xf32>' beside 'tensor<3x4x8xf32>'}}
  %y = kernel.stencil "n" slices(%x : memref<3x4x8xf32>) outs(%o : tensor<3x4x8xf32>) -> tensor<3x4x8xf32>
  return %y : tensor<3x4x8xf32>
}

// -----

// C1: dense buffers.
func.func @takes_a_view(%x: memref<3x4x8xf32, strided<[64, 16, 1]>>, %o: memref<3x4x8xf32>) {
  // expected-error @+1 {{needs tensors, or memrefs of identity layout, but got 'memref<3x4x8xf32, strided<[64, 16, 1]>>' beside 'memref<3x4x8xf32>'}}
  kernel.stencil "n" slices(%x : memref<3x4x8xf32, strided<[64, 16, 1]>>) outs(%o : memref<3x4x8xf32>)
  return
}

// -----

// C1: a result on tensors.
func.func @lacks_a_result(%x: tensor<3x4x8xf32>, %o: tensor<3x4x8xf32>) {
  // expected-error @+1 {{needs one result of the output's type on tensors and none on memrefs, but got 0 for 'tensor<3x4x8xf32>'}}
  kernel.stencil "n" slices(%x : tensor<3x4x8xf32>) outs(%o : tensor<3x4x8xf32>)
  return
}

// -----

// C2: at most four dimensions.
func.func @has_five_dimensions(%x: memref<3x1x1x4x8xf32>, %o: memref<3x4x8xf32>) {
  // expected-error @+1 {{needs operands of rank 4 at most, but got 'memref<3x1x1x4x8xf32>'}}
  kernel.stencil "n" slices(%x : memref<3x1x1x4x8xf32>) outs(%o : memref<3x4x8xf32>)
  return
}

// -----

// C2: rows and columns behind the slices.
func.func @has_two_dimensions(%x: memref<4x8xf32>, %o: memref<4x8xf32>) {
  // expected-error @+1 {{needs an output of rank 3 or more, but got 'memref<4x8xf32>'}}
  kernel.stencil "n" slices(%x : memref<4x8xf32>) outs(%o : memref<4x8xf32>)
  return
}

// -----

// C3: as many slices.
func.func @has_other_slices(%x: memref<2x4x8xf32>, %o: memref<3x4x8xf32>) {
  // expected-error @+1 {{needs as many slices in each operand as in the output, but got 'memref<2x4x8xf32>' for 'memref<3x4x8xf32>'}}
  kernel.stencil "n" slices(%x : memref<2x4x8xf32>) outs(%o : memref<3x4x8xf32>)
  return
}
