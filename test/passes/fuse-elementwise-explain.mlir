// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --fuse-elementwise --explain=fuse-elementwise %s 2>&1 >/dev/null | FileCheck %s

#id = affine_map<(d0) -> (d0)>
!t = tensor<64xf32>

// The first has two readers and stays; the second goes into the third, of which
// nothing is told.
// CHECK: {{^}}fuse-elementwise
// CHECK-NEXT: second{{.*}} (linalg.generic): does not take in 'first': something else reads it too
// CHECK-NOT: {{.}}
func.func @readers(%x: !t) -> (!t, !t) {
  %e = tensor.empty() : !t
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : !t) outs(%e : !t) {
  ^bb0(%i: f32, %o: f32):
    %n = arith.negf %i : f32
    linalg.yield %n : f32
  } -> !t loc("first@m.onnx")
  %b = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%a : !t) outs(%e : !t) {
  ^bb0(%i: f32, %o: f32):
    %n = math.absf %i : f32
    linalg.yield %n : f32
  } -> !t loc("second@m.onnx")
  return %a, %b : !t, !t
}
