// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --lower-weights %s | FileCheck %s

// Offsets are multiples of 64 in the order of the text, from one pointer that
// LLVM cannot see through.
// CHECK: llvm.mlir.global external hidden constant @niello_weights() {addr_space = 0 : i32} : !llvm.array<0 x i8>
// CHECK: llvm.mlir.global linkonce_odr hidden @niello_weights_base()
// CHECK: llvm.mlir.addressof @niello_weights
// CHECK: model.weight @a
model.weight @a file("m.onnx") offset 0 length 40 encoding "raw" : tensor<10xf32>
model.weight @b file("m.onnx") offset 40 length 8 encoding "raw" : tensor<2x1xf32>

// CHECK-LABEL: @use
func.func @use() -> memref<2x1xf32> {
  // CHECK: %[[BASE:[0-9]+]] = llvm.load %{{[0-9]+}} invariant
  // CHECK: %[[OFFSET:[0-9]+]] = llvm.mlir.constant(64 : i64)
  // CHECK: llvm.getelementptr %[[BASE]][%[[OFFSET]]]
  %w = model.load_weight @b : memref<2x1xf32>
  return %w : memref<2x1xf32>
}
