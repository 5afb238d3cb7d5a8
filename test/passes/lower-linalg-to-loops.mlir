// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --lower-linalg-to-loops --split-input-file \
// RUN:   --verify-diagnostics %s | FileCheck %s

// The sum of a row stays in a register.
// CHECK-LABEL: @row_sums
// CHECK-SAME: (%[[X:[a-z0-9]+]]: memref<?x8xf32>, %[[Y:[a-z0-9]+]]: memref<?xf32>)
func.func @row_sums(%x: memref<?x8xf32>, %y: memref<?xf32>) {
  // CHECK: scf.for %[[I:[a-z0-9]+]] =
  // CHECK:   %[[START:[0-9]+]] = memref.load %[[Y]][%[[I]]]
  // CHECK:   %[[SUM:[0-9]+]] = scf.for %[[K:[a-z0-9]+]] = {{.*}} iter_args(%[[S:[a-z0-9]+]] = %[[START]])
  // CHECK:     %[[V:[0-9]+]] = memref.load %[[X]][%[[I]], %[[K]]]
  // CHECK:     arith.addf %[[S]], %[[V]]
  // CHECK:   memref.store %[[SUM]], %[[Y]][%[[I]]]
  linalg.reduce { arith.addf } ins(%x : memref<?x8xf32>) outs(%y : memref<?xf32>) dimensions = [1]
  return
}

// Sums of columns: rows are read in order, the sums stay in memory.
// CHECK-LABEL: @column_sums
// CHECK-SAME: (%[[X:[a-z0-9]+]]: memref<?x8xf32>, %[[Y:[a-z0-9]+]]: memref<8xf32>)
func.func @column_sums(%x: memref<?x8xf32>, %y: memref<8xf32>) {
  // CHECK: scf.for %[[K:[a-z0-9]+]] =
  // CHECK:   scf.for %[[J:[a-z0-9]+]] =
  // CHECK:     memref.load %[[X]][%[[K]], %[[J]]]
  // CHECK:     memref.load %[[Y]][%[[J]]]
  // CHECK:     memref.store %{{[0-9]+}}, %[[Y]][%[[J]]]
  linalg.reduce { arith.addf } ins(%x : memref<?x8xf32>) outs(%y : memref<8xf32>) dimensions = [0]
  return
}

// Indices that are sums of dims, and linalg.index.
// CHECK-LABEL: @window
func.func @window(%x: memref<10xf32>, %w: memref<3xf32>, %y: memref<8xf32>) {
  // CHECK: affine.apply
  // CHECK: memref.load
  linalg.conv_1d ins(%x, %w : memref<10xf32>, memref<3xf32>) outs(%y : memref<8xf32>)
  return
}

// A copy into a part of a buffer is a loop, one of a whole buffer stays.
// CHECK-LABEL: @copies
func.func @copies(%a: memref<4x4xf32>, %b: memref<4x8xf32>, %c: memref<4x4xf32>) {
  %part = memref.subview %b[0, 4] [4, 4] [1, 1] : memref<4x8xf32> to memref<4x4xf32, strided<[8, 1], offset: 4>>
  // CHECK: scf.for
  // CHECK: memref.store
  memref.copy %a, %part : memref<4x4xf32> to memref<4x4xf32, strided<[8, 1], offset: 4>>
  // CHECK: memref.copy
  memref.copy %a, %c : memref<4x4xf32> to memref<4x4xf32>
  return
}

// -----

// On tensors nothing can be stored.
func.func @tensors(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = arith.constant 0.0 : f32
  // expected-error @below {{needs buffers by now, but still has tensors}}
  %r = linalg.fill ins(%zero : f32) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
