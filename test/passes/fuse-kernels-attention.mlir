// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-attention --fuse-elementwise --fuse-kernels --plan-kernels %s | FileCheck %s
// RUN: niello-opt --split-attention --fuse-elementwise --fuse-kernels --plan-kernels="vector-bits=256 registers=16" %s | FileCheck %s --check-prefix=AVX2
// RUN: niello-opt --split-attention --fuse-elementwise --fuse-kernels --explain=fuse-kernels %s 2>&1 >/dev/null | FileCheck %s --check-prefix=WHY

// One kernel from queries to the layout that the next projection reads. Its
// bytes are queries, keys, values and result; the scores are not among them.
// CHECK-LABEL: @packed
// CHECK-NOT: kernel.m
// CHECK: kernel.attention "packed" ins(%{{.+}} = %arg0 : tensor<2x64x4x32xf32>, %{{.+}} = %arg1 : tensor<2x64x4x32xf32>, %{{.+}} = %arg2 : tensor<2x64x4x32xf32>) outs(%{{.+}} = %{{.+}} : tensor<2x64x4x32xf32>) flops "{{[0-9]+}}" bytes "262144" tiles [32, 64]
// CHECK-NOT: kernel.m
// AVX2-LABEL: @packed
// AVX2: tiles [16, 64]
!x = tensor<2x64x4x32xf32>
!h = tensor<2x4x64x32xf32>
func.func @packed(%q: !x, %k: !x, %v: !x) -> !x attributes {model.entry} {
  %e = tensor.empty() : !h
  %f = tensor.empty() : !x
  %qt = linalg.transpose ins(%q : !x) outs(%e : !h) permutation = [0, 2, 1, 3]
  %kt = linalg.transpose ins(%k : !x) outs(%e : !h) permutation = [0, 2, 1, 3]
  %vt = linalg.transpose ins(%v : !x) outs(%e : !h) permutation = [0, 2, 1, 3]
  %o = model.attention %qt, %kt, %vt scale 0.25 : (!h, !h, !h) -> !h loc("packed@m.onnx")
  %y = linalg.transpose ins(%o : !h) outs(%f : !x) permutation = [0, 2, 1, 3]
  return %y : !x
}

// Heads that share keys are two dimensions. Splitting and joining them lies
// beside the transposes, which move into the kernel's maps all the same.
// CHECK-LABEL: @shared
// CHECK-NOT: kernel.m
// CHECK: tensor.expand_shape %arg0 {{.*}} into tensor<2x?x2x4x32xf32>
// CHECK: kernel.attention {{.*}} outs(%{{.+}} = %{{.+}} : tensor<2x?x2x4x32xf32>) {{.*}} tiles [32, 64]
// CHECK-NOT: kernel.m
// CHECK: return
func.func @shared(%q: tensor<2x?x8x32xf32>, %k: tensor<2x2x64x32xf32>) -> tensor<2x?x8x32xf32> attributes {model.entry} {
  %c1 = arith.constant 1 : index
  %t = tensor.dim %q, %c1 : tensor<2x?x8x32xf32>
  %e = tensor.empty(%t) : tensor<2x8x?x32xf32>
  %f = tensor.empty(%t) : tensor<2x?x8x32xf32>
  %qt = linalg.transpose ins(%q : tensor<2x?x8x32xf32>) outs(%e : tensor<2x8x?x32xf32>) permutation = [0, 2, 1, 3]
  %o = model.attention %qt, %k, %k scale 0.25 {causal} : (tensor<2x8x?x32xf32>, tensor<2x2x64x32xf32>, tensor<2x2x64x32xf32>) -> tensor<2x8x?x32xf32>
  %y = linalg.transpose ins(%o : tensor<2x8x?x32xf32>) outs(%f : tensor<2x?x8x32xf32>) permutation = [0, 2, 1, 3]
  return %y : tensor<2x?x8x32xf32>
}

// Queries that share keys are few: one vector of them. Sinks are inside.
// CHECK-LABEL: @sinks
// CHECK: kernel.attention "attention" {{.*}} tiles [16, 16]
// CHECK-NOT: kernel.attention
func.func @sinks(%q: tensor<1x4x3x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x8xf32>, %s: tensor<4xf32>) -> tensor<1x4x3x8xf32> attributes {model.entry} {
  %o = model.attention %q, %k, %v sinks %s scale 0.25 {causal, softcap = 2.0 : f64} : (tensor<1x4x3x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>, tensor<4xf32>) -> tensor<1x4x3x8xf32>
  return %o : tensor<1x4x3x8xf32>
}

// What the kernel does not take stays two products and rows, with the reason.
// CHECK-LABEL: @double
// CHECK: kernel.gemm
// CHECK: kernel.rows
// CHECK: kernel.gemm
// CHECK-LABEL: @wide
// CHECK: kernel.gemm
// WHY: fuse-kernels
// WHY: double {{.*}}: it is no kernel of attention: it does not sum in f32
func.func @double(%q: tensor<1x2x8x8xf64>, %k: tensor<1x2x9x8xf64>) -> tensor<1x2x8x8xf64> attributes {model.entry} {
  %o = model.attention %q, %k, %k scale 0.25 : (tensor<1x2x8x8xf64>, tensor<1x2x9x8xf64>, tensor<1x2x9x8xf64>) -> tensor<1x2x8x8xf64> loc("double@m.onnx")
  return %o : tensor<1x2x8x8xf64>
}

// WHY: wide {{.*}}: it is no kernel of attention: the width of its heads is not known, or above 1024
func.func @wide(%q: tensor<1x2x8x?xf32>, %k: tensor<1x2x9x?xf32>) -> tensor<1x2x8x?xf32> attributes {model.entry} {
  %o = model.attention %q, %k, %k scale 0.25 : (tensor<1x2x8x?xf32>, tensor<1x2x9x?xf32>, tensor<1x2x9x?xf32>) -> tensor<1x2x8x?xf32> loc("wide@m.onnx")
  return %o : tensor<1x2x8x?xf32>
}
