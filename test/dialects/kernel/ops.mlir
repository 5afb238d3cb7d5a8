// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt %s | niello-opt | FileCheck %s

// CHECK-LABEL: @gemm
// CHECK: kernel.gemm "fc1"
func.func @gemm(%x: tensor<4x8xf32>, %w: tensor<8x2xf32>, %o: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %y = kernel.gemm "fc1" ins(%a = %x : tensor<4x8xf32>, %b = %w : tensor<8x2xf32>) outs(%c = %o : tensor<4x2xf32>) flops "128" bytes "224" tiles [8, 48] {
    %zero = arith.constant 0.000000e+00 : f32
    %f = linalg.fill ins(%zero : f32) outs(%c : tensor<4x2xf32>) -> tensor<4x2xf32>
    %m = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<8x2xf32>) outs(%f : tensor<4x2xf32>) -> tensor<4x2xf32>
    kernel.yield %m : tensor<4x2xf32>
  }
  return %y : tensor<4x2xf32>
}

// CHECK-LABEL: @conv
// CHECK: kernel.conv "conv1"
func.func @conv(%x: tensor<1x2x9xf32>, %w: tensor<4x2x3xf32>, %o: tensor<1x4x7xf32>) -> tensor<1x4x7xf32> {
  %y = kernel.conv "conv1" ins(%a = %x : tensor<1x2x9xf32>, %b = %w : tensor<4x2x3xf32>) outs(%c = %o : tensor<1x4x7xf32>) {
    %v = linalg.conv_1d_ncw_fcw ins(%a, %b : tensor<1x2x9xf32>, tensor<4x2x3xf32>) outs(%c : tensor<1x4x7xf32>) -> tensor<1x4x7xf32>
    kernel.yield %v : tensor<1x4x7xf32>
  }
  return %y : tensor<1x4x7xf32>
}

// CHECK-LABEL: @attention
// CHECK: kernel.attention "attn"
func.func @attention(%q: tensor<4x8xf32>, %k: tensor<8x8xf32>, %o: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %y = kernel.attention "attn" ins(%a = %q : tensor<4x8xf32>, %b = %k : tensor<8x8xf32>) outs(%c = %o : tensor<4x8xf32>) tiles [32, 64] {
    %x = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<8x8xf32>) outs(%c : tensor<4x8xf32>) -> tensor<4x8xf32>
    %w = linalg.softmax dimension(1) ins(%x : tensor<4x8xf32>) outs(%c : tensor<4x8xf32>) -> tensor<4x8xf32>
    %m = linalg.matmul ins(%w, %b : tensor<4x8xf32>, tensor<8x8xf32>) outs(%c : tensor<4x8xf32>) -> tensor<4x8xf32>
    kernel.yield %m : tensor<4x8xf32>
  }
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: @rows
// CHECK: kernel.rows "sum"
func.func @rows(%x: tensor<4x8xf32>, %o: tensor<4xf32>) -> tensor<4xf32> {
  %y = kernel.rows "sum" ins(%a = %x : tensor<4x8xf32>) outs(%c = %o : tensor<4xf32>) {
    %s = linalg.reduce { arith.addf } ins(%a : tensor<4x8xf32>) outs(%c : tensor<4xf32>) dimensions = [1]
    kernel.yield %s : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @map
// CHECK: kernel.map "exp"
func.func @map(%x: tensor<4xf32>, %o: tensor<4xf32>) -> tensor<4xf32> {
  %y = kernel.map "exp" ins(%a = %x : tensor<4xf32>) outs(%c = %o : tensor<4xf32>) {
    %e = linalg.exp ins(%a : tensor<4xf32>) outs(%c : tensor<4xf32>) -> tensor<4xf32>
    kernel.yield %e : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @move
// CHECK: kernel.move "transpose"
func.func @move(%x: tensor<4x8xf32>, %o: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = kernel.move "transpose" ins(%a = %x : tensor<4x8xf32>) outs(%c = %o : tensor<8x4xf32>) {
    %t = linalg.transpose ins(%a : tensor<4x8xf32>) outs(%c : tensor<8x4xf32>) permutation = [1, 0]
    kernel.yield %t : tensor<8x4xf32>
  }
  return %y : tensor<8x4xf32>
}

// CHECK-LABEL: @call
// CHECK: kernel.call "fill"
func.func @call(%x: f32, %o: tensor<4xf32>) -> tensor<4xf32> {
  %y = kernel.call "fill" ins(%a = %x : f32) outs(%c = %o : tensor<4xf32>) {
    %f = linalg.fill ins(%a : f32) outs(%c : tensor<4xf32>) -> tensor<4xf32>
    kernel.yield %f : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @stencil
// CHECK: kernel.stencil "resize_inner_2" slices(
func.func @stencil(%x: tensor<3x4x8xf32>, %p: tensor<2x16xi32>, %w: tensor<2x16xf32>, %o: tensor<3x4x16xf32>) -> tensor<3x4x16xf32> {
  %y = kernel.stencil "resize_inner_2" slices(%x : tensor<3x4x8xf32>) tables(%p, %w : tensor<2x16xi32>, tensor<2x16xf32>) outs(%o : tensor<3x4x16xf32>) -> tensor<3x4x16xf32>
  return %y : tensor<3x4x16xf32>
}

// On buffers, with parameters and elements moved as bits.
// CHECK-LABEL: @stencil_buffers
// CHECK: kernel.stencil "copy" parameters [2, 3] bits slices(
func.func @stencil_buffers(%x: memref<3x4x8xf16>, %o: memref<3x4x8xf16>) {
  kernel.stencil "copy" parameters [2, 3] bits slices(%x : memref<3x4x8xf16>) outs(%o : memref<3x4x8xf16>)
  return
}
