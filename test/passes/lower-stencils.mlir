// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --lower-stencils=level=v3 %s | FileCheck %s

// The code of the level, and each tensor with its type and sizes: f32 is kind 2
// of 32 bits, 8194; i32 kind 0, 8192; f16 moved as bits kind 1 of 16, 4097.

// CHECK-LABEL: @weighted
// CHECK-SAME: (%[[X:[a-z0-9]+]]: memref<3x?x8xf32>
func.func @weighted(%x: memref<3x?x8xf32>, %p: memref<2x16xi32>, %o: memref<3x?x16xf32>) {
  // CHECK: %[[THREE:[0-9]+]] = llvm.mlir.constant(3 : i64)
  // CHECK: %[[TENSORS:[0-9]+]] = llvm.alloca %[[THREE]] x !llvm.struct<(ptr, i32, i32, array<4 x i64>)>
  // CHECK: %[[CODE:[a-z0-9_]+]] = constant @stencil_resize_inner_2_v3_argv : (!llvm.ptr) -> i32
  // CHECK: %[[ADDRESS:[0-9]+]] = builtin.unrealized_conversion_cast %[[CODE]]
  // CHECK: %[[NONE:[0-9]+]] = llvm.mlir.zero
  // CHECK: llvm.mlir.constant(8194 : i32)
  // CHECK: memref.dim %[[X]]
  // CHECK: llvm.mlir.constant(8192 : i32)
  // CHECK: llvm.mlir.constant(8194 : i32)
  // CHECK: call @niello_rt_stencil(%[[ADDRESS]], %[[NONE]], %{{[0-9]+}}, %[[TENSORS]], %{{[0-9]+}}, %{{[0-9]+}})
  kernel.stencil "resize_inner_2" slices(%x : memref<3x?x8xf32>) tables(%p : memref<2x16xi32>) outs(%o : memref<3x?x16xf32>)
  return
}

// CHECK-LABEL: @moved
func.func @moved(%x: memref<3x4x8xf16>, %o: memref<3x4x8xf16>) {
  // CHECK: constant @stencil_copy_v3_argv
  // CHECK: llvm.mlir.constant(7 : i32)
  // CHECK: llvm.mlir.constant(4097 : i32)
  kernel.stencil "copy" parameters [7] bits slices(%x : memref<3x4x8xf16>) outs(%o : memref<3x4x8xf16>)
  return
}
