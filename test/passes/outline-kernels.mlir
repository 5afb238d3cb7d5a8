// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --outline-kernels %s | FileCheck %s

!t = tensor<4x8xf32>
#id = affine_map<(i, j) -> (i, j)>

// Two kernels of one structure are one function; each call writes to an empty
// tensor of its own.
// CHECK-LABEL: @main
func.func @main(%x: !t) -> !t {
  %e = tensor.empty() : !t
  // CHECK: %[[A:.+]] = call @kernel_0_layer_0_Exp(%{{[a-z0-9]+}}, %[[E:[a-z0-9]+]])
  // CHECK-NOT: %[[E]]
  // CHECK: call @kernel_0_layer_0_Exp(%[[A]], %
  %a = kernel.map "/layer.0/Exp" ins(%p = %x : !t) outs(%q = %e : !t) {
    %r = linalg.exp ins(%p : !t) outs(%q : !t) -> !t
    kernel.yield %r : !t
  }
  %b = kernel.map "/layer.1/Exp" ins(%p = %a : !t) outs(%q = %e : !t) {
    %r = linalg.exp ins(%p : !t) outs(%q : !t) -> !t
    kernel.yield %r : !t
  }
  // CHECK: call @kernel_1_sqrt
  %c = kernel.map "sqrt" ins(%p = %b : !t) outs(%q = %e : !t) {
    %r = linalg.sqrt ins(%p : !t) outs(%q : !t) -> !t
    kernel.yield %r : !t
  }
  // A long name keeps its end.
  // CHECK: call @kernel_2_der_layers_17_self_attention_output_dense_MatMul
  %d = kernel.map "/language_model/encoder/layers.17/self_attention/output/dense/MatMul + Add" ins(%p = %c : !t) outs(%q = %e : !t) {
    %r = linalg.abs ins(%p : !t) outs(%q : !t) -> !t
    kernel.yield %r : !t
  }
  // The same with other factors is one function, which takes the factor: a
  // number that both share stays in it. Another exponent is another function.
  // CHECK: %[[TWO:.+]] = arith.constant 2.000000e+00 : f32
  // CHECK: call @kernel_3_scale_0({{.*}}, %[[TWO]])
  // CHECK: %[[THREE:.+]] = arith.constant 3.000000e+00 : f32
  // CHECK: call @kernel_3_scale_0({{.*}}, %[[THREE]])
  // CHECK: call @kernel_4_power_0(%{{[a-z0-9]+}}, %{{[a-z0-9]+}})
  // CHECK: call @kernel_5_power_1(%{{[a-z0-9]+}}, %{{[a-z0-9]+}})
  %f = kernel.map "scale.0" ins(%p = %d : !t) outs(%q = %e : !t) {
    %two = arith.constant 2.0 : f32
    %one = arith.constant 1.0 : f32
    %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%p : !t) outs(%q : !t) {
    ^bb0(%in: f32, %out: f32):
      %m = arith.mulf %in, %two : f32
      %s = arith.addf %m, %one : f32
      linalg.yield %s : f32
    } -> !t
    kernel.yield %r : !t
  }
  %g = kernel.map "scale.1" ins(%p = %f : !t) outs(%q = %e : !t) {
    %two = arith.constant 3.0 : f32
    %one = arith.constant 1.0 : f32
    %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%p : !t) outs(%q : !t) {
    ^bb0(%in: f32, %out: f32):
      %m = arith.mulf %in, %two : f32
      %s = arith.addf %m, %one : f32
      linalg.yield %s : f32
    } -> !t
    kernel.yield %r : !t
  }
  %h = kernel.map "power.0" ins(%p = %g : !t) outs(%q = %e : !t) {
    %two = arith.constant 2.0 : f32
    %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%p : !t) outs(%q : !t) {
    ^bb0(%in: f32, %out: f32):
      %m = math.powf %in, %two : f32
      linalg.yield %m : f32
    } -> !t
    kernel.yield %r : !t
  }
  %i = kernel.map "power.1" ins(%p = %h : !t) outs(%q = %e : !t) {
    %two = arith.constant 3.0 : f32
    %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%p : !t) outs(%q : !t) {
    ^bb0(%in: f32, %out: f32):
      %m = math.powf %in, %two : f32
      linalg.yield %m : f32
    } -> !t
    kernel.yield %r : !t
  }
  return %i : !t
}

// CHECK: func.func private @kernel_0_layer_0_Exp(%{{.+}}: tensor<4x8xf32>, %{{.+}}: tensor<4x8xf32>) -> tensor<4x8xf32>
// CHECK-SAME: kernel.kind = "map"
// CHECK-SAME: kernel.source = "/layer.0/Exp"
// CHECK: func.func private @kernel_1_sqrt
// CHECK: func.func private @kernel_3_scale_0(%{{.+}}: tensor<4x8xf32>, %{{.+}}: tensor<4x8xf32>, %[[FACTOR:.+]]: f32) -> tensor<4x8xf32>
// CHECK: %[[ONE:.+]] = arith.constant 1.000000e+00
// CHECK: arith.mulf %{{.+}}, %[[FACTOR]]
// CHECK: arith.addf %{{.+}}, %[[ONE]]
