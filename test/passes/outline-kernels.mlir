// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --outline-kernels %s | FileCheck %s

!t = tensor<4x8xf32>

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
  return %d : !t
}

// CHECK: func.func private @kernel_0_layer_0_Exp(%{{.+}}: tensor<4x8xf32>, %{{.+}}: tensor<4x8xf32>) -> tensor<4x8xf32>
// CHECK-SAME: kernel.kind = "map"
// CHECK-SAME: kernel.source = "/layer.0/Exp"
// CHECK: func.func private @kernel_1_sqrt
