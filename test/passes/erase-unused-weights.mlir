// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --erase-unused-weights %s | FileCheck %s

// Only what is loaded takes room.
// CHECK-NOT: model.weight @unused
// CHECK: model.weight @used
model.weight @unused file("m.onnx") offset 0 length 8 encoding "raw" : tensor<2xf32>
model.weight @used file("m.onnx") offset 8 length 8 encoding "raw" : tensor<2xf32>

func.func @use() -> tensor<2xf32> {
  %w = model.load_weight @used : tensor<2xf32>
  return %w : tensor<2xf32>
}
