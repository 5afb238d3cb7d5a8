// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --raise-attention --mlir-print-debuginfo --mlir-print-local-scope %s | FileCheck %s

!q = tensor<2x3x5x8xf32>
!k = tensor<2x3x7x8xf32>
!kt = tensor<2x3x8x7xf32>
!s = tensor<2x3x5x7xf32>

// Every node of the file is named by what it became, the root first; one that
// something else still reads has its name there alone.
// CHECK-LABEL: @names
// CHECK: model.broadcast {{.*}} loc("four@m.onnx")
// CHECK: model.attention {{.*}} loc(fused["values@m.onnx", "softmax@m.onnx", "mask@m.onnx", "scale@m.onnx", "scores@m.onnx", "keys@m.onnx"])
func.func @names(%q: !q, %k: tensor<2x7x3x8xf32>, %v: !k, %m: tensor<2x1x1x7xf32>) -> (!q, !s) {
  %e = tensor.empty() : !kt
  %kt = linalg.transpose ins(%k : tensor<2x7x3x8xf32>) outs(%e : !kt) permutation = [0, 2, 3, 1] loc("keys@m.onnx")
  %s = model.matmul %q, %kt : (!q, !kt) -> !s loc("scores@m.onnx")
  %four = arith.constant dense<4.0> : tensor<f32>
  %c = model.broadcast %four : tensor<f32> -> !s loc("four@m.onnx")
  %x = arith.divf %s, %c : !s loc("scale@m.onnx")
  %mask = model.broadcast %m : tensor<2x1x1x7xf32> -> !s loc("mask@m.onnx")
  %y = arith.addf %x, %mask : !s loc("mask@m.onnx")
  %init = tensor.empty() : !s
  %p = linalg.softmax dimension(3) ins(%y : !s) outs(%init : !s) -> !s loc("softmax@m.onnx")
  %o = model.matmul %p, %v : (!s, !k) -> !q loc("values@m.onnx")
  return %o, %c : !q, !s
}
