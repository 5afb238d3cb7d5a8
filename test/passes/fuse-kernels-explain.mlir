// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --fuse-kernels --explain=fuse-kernels %s 2>&1 >/dev/null | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
!t = tensor<32x32xf32>

// Two read the product, so what follows it has kernels of its own; ten elements
// have none.
// CHECK: {{^}}fuse-kernels
// CHECK-NEXT: product (linalg.generic): its kernel ends here: more than one operation reads it
// CHECK-NEXT: small (linalg.generic): it has fewer than 16 elements, which are not worth a kernel
// CHECK-NOT: linalg.generic
func.func @cut(%a: !t, %b: !t, %s: tensor<10xf32>) -> (!t, !t, tensor<10xf32>) attributes {model.entry} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : !t
  %f = linalg.fill ins(%zero : f32) outs(%e : !t) -> !t
  %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>,
      affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : !t, !t) outs(%f : !t) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %m = arith.mulf %x, %y : f32
    %c = arith.addf %o, %m : f32
    linalg.yield %c : f32
  } -> !t loc("product@m.onnx")
  %u = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%p : !t) outs(%e : !t) {
  ^bb0(%x: f32, %o: f32):
    %n = arith.negf %x : f32
    linalg.yield %n : f32
  } -> !t loc("minus@m.onnx")
  %v = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%p : !t) outs(%e : !t) {
  ^bb0(%x: f32, %o: f32):
    %n = math.absf %x : f32
    linalg.yield %n : f32
  } -> !t loc("abs@m.onnx")
  %g = tensor.empty() : tensor<10xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      ins(%s : tensor<10xf32>) outs(%g : tensor<10xf32>) {
  ^bb0(%x: f32, %o: f32):
    %n = math.absf %x : f32
    linalg.yield %n : f32
  } -> tensor<10xf32> loc("small@m.onnx")
  return %u, %v, %w : !t, !t, tensor<10xf32>
}
