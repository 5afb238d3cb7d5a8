// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --clean-up --mlir-print-debuginfo --mlir-print-local-scope %s | FileCheck %s

!t = tensor<4xf32>

// Computed once, under both names.
// CHECK-LABEL: @once
func.func @once(%x: !t, %y: !t) -> (!t, !t) {
  // CHECK-COUNT-1: arith.addf {{.*}} loc(fused["first@m.onnx", "second@m.onnx"])
  // CHECK-NOT: arith.addf
  %a = arith.addf %x, %y : !t loc("first@m.onnx")
  %b = arith.addf %x, %y : !t loc("second@m.onnx")
  return %a, %b : !t, !t
}

// A name that still stands elsewhere stays there alone: what two layers stretch
// alike says nothing of the rest of them.
// CHECK-LABEL: @elsewhere
func.func @elsewhere(%x: !t, %y: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  // CHECK: tensor.expand_shape {{.*}} loc("left@m.onnx")
  %c = tensor.expand_shape %x [[0, 1]] output_shape [1, 4]
      : !t into tensor<1x4xf32> loc("left@m.onnx")
  %d = tensor.expand_shape %x [[0, 1]] output_shape [1, 4]
      : !t into tensor<1x4xf32> loc("right@m.onnx")
  // CHECK: arith.addf {{.*}} loc("left@m.onnx")
  %e = arith.addf %c, %y : tensor<1x4xf32> loc("left@m.onnx")
  // CHECK: arith.mulf {{.*}} loc("right@m.onnx")
  %f = arith.mulf %d, %y : tensor<1x4xf32> loc("right@m.onnx")
  return %e, %f : tensor<1x4xf32>, tensor<1x4xf32>
}

// What a fold leaves without readers goes with it, but not its name.
// CHECK-LABEL: @fold
func.func @fold(%x: tensor<?x4xf32>, %n: index) -> tensor<?xf32> {
  // CHECK: tensor.collapse_shape {{.*}} loc(fused["back@m.onnx", "there@m.onnx"])
  %a = tensor.collapse_shape %x [[0, 1]] : tensor<?x4xf32> into tensor<?xf32> loc("back@m.onnx")
  %b = tensor.expand_shape %a [[0, 1]] output_shape [%n, 1]
      : tensor<?xf32> into tensor<?x1xf32> loc("there@m.onnx")
  %c = tensor.collapse_shape %b [[0, 1]] : tensor<?x1xf32> into tensor<?xf32> loc("there@m.onnx")
  return %c : tensor<?xf32>
}
