// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --fuse-elementwise --mlir-print-debuginfo --mlir-print-local-scope %s | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#swap = affine_map<(d0, d1) -> (d1, d0)>
!t = tensor<4x8xf32>

// What is left of a transpose is a map of its reader, which keeps both names; a
// reshape that only adds a dimension likewise.
// CHECK-LABEL: @names
func.func @names(%x: tensor<8x4xf32>, %row: tensor<8xf32>) -> !t {
  %e = tensor.empty() : !t
  %r = tensor.expand_shape %row [[0, 1]] output_shape [1, 8]
      : tensor<8xf32> into tensor<1x8xf32> loc("enc/Reshape@m.onnx")
  // CHECK: linalg.generic
  // CHECK: arith.addf
  // CHECK: } -> tensor<4x8xf32> loc(fused["enc/Add@m.onnx", {{.*}}"enc/Transpose@m.onnx"
  %t = linalg.generic {indexing_maps = [#swap, #id],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<8x4xf32>) outs(%e : !t) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> !t loc("enc/Transpose@m.onnx")
  %y = linalg.generic {indexing_maps = [#id, affine_map<(d0, d1) -> (0, d1)>, #id],
      iterator_types = ["parallel", "parallel"]}
      ins(%t, %r : !t, tensor<1x8xf32>) outs(%e : !t) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> !t loc("enc/Add@m.onnx")
  return %y : !t
}
