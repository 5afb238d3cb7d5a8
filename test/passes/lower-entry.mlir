// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --lower-entry --split-input-file --verify-diagnostics %s \
// RUN:   | FileCheck %s

// The entry's own function is private and no longer called main.
// CHECK-LABEL: func.func private @main_body
// CHECK-SAME: (%{{[a-z0-9]+}}: !llvm.ptr, %{{[a-z0-9]+}}: memref<?x4xf32>, %{{[a-z0-9]+}}: memref<i64>) -> memref<?xf32> {
func.func @main(%ctx: !llvm.ptr, %x: memref<?x4xf32> {model.name = "x"}, %n: memref<i64>) -> (memref<?xf32> {model.name = "y"}) attributes {model.entry} {
  %c0 = arith.constant 0 : index
  %d = memref.dim %x, %c0 : memref<?x4xf32>
  %r = memref.alloc(%d) : memref<?xf32>
  return %r : memref<?xf32>
}
// The second input lies one niello_buffer, 136 bytes, after the first.
// CHECK-LABEL: func.func @niello_entry_0
// CHECK-SAME: (%[[CTX:[a-z0-9]+]]: !llvm.ptr, %[[IN:[a-z0-9]+]]: !llvm.ptr, %[[OUT:[a-z0-9]+]]: !llvm.ptr)
// What described the entry describes the wrapper now.
// CHECK-SAME: model.entry = "main"
// CHECK-SAME: model.inputs = [{model.name = "x"}, {}]
// CHECK-SAME: model.outputs = [{model.name = "y"}]
// CHECK: %[[DATA:[0-9]+]] = llvm.getelementptr %[[IN]][0]
// CHECK: llvm.load %[[DATA]] : !llvm.ptr -> !llvm.ptr
// CHECK: %[[DIM:[0-9]+]] = llvm.getelementptr %[[IN]][8]
// CHECK: llvm.load %[[DIM]] : !llvm.ptr -> i64
// CHECK: llvm.getelementptr %[[IN]][136]
// CHECK: %[[R:[0-9]+]] = call @main_body(%[[CTX]]
// CHECK: memref.extract_aligned_pointer_as_index %[[R]]
// CHECK: llvm.store %{{[0-9]+}}, %{{[0-9]+}} : !llvm.ptr, !llvm.ptr
// CHECK: llvm.getelementptr %[[OUT]][8]
// CHECK: llvm.store %{{[0-9]+}}, %{{[0-9]+}} : i64, !llvm.ptr

// -----

// expected-error @below {{needs input 0 to be contiguous, but got 'memref<4xf32, strided<[2]>>'}}
func.func @main(%ctx: !llvm.ptr, %x: memref<4xf32, strided<[2]>>) -> memref<4xf32, strided<[2]>> attributes {model.entry} {
  return %x : memref<4xf32, strided<[2]>>
}

// -----

// expected-error @below {{needs input 0 to be a memref by now, but got 'tensor<4xf32>'}}
func.func @main(%ctx: !llvm.ptr, %x: tensor<4xf32>) attributes {model.entry} {
  return
}

// -----

// expected-error @below {{input 0 has rank 17, but 16 is the most a caller can pass}}
func.func @main(%ctx: !llvm.ptr, %x: memref<1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xf32>) attributes {model.entry} {
  return
}
