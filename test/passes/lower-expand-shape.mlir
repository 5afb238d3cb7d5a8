// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --lower-expand-shape %s | FileCheck %s

// Two sizes of a group are known at run time only: a cast with the strides of
// a row-major buffer.
// CHECK-LABEL: @several
// CHECK-SAME:    (%[[X:[a-z0-9]+]]: memref<?xf32>, %[[A:[a-z0-9]+]]: index, %[[B:[a-z0-9]+]]: index)
func.func @several(%x: memref<?xf32>, %a: index, %b: index) -> memref<?x?xf32> {
  // CHECK: memref.reinterpret_cast %[[X]] to offset: [0], sizes: [%[[A]], %[[B]]], strides: [%[[B]], 1]
  %0 = memref.expand_shape %x [[0, 1]] output_shape [%a, %b]
      : memref<?xf32> into memref<?x?xf32>
  return %0 : memref<?x?xf32>
}

// One run-time size is upstream's business.
// CHECK-LABEL: @one
func.func @one(%x: memref<?xf32>, %a: index) -> memref<?x4xf32> {
  // CHECK: memref.expand_shape
  %0 = memref.expand_shape %x [[0, 1]] output_shape [%a, 4]
      : memref<?xf32> into memref<?x4xf32>
  return %0 : memref<?x4xf32>
}
