// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --split-attention %s | FileCheck %s
// RUN: niello-opt --split-input-file --split-attention --explain=split-attention %s 2>&1 >/dev/null | FileCheck %s --check-prefix=WHY
// RUN: niello-opt --split-input-file --split-attention --fuse-elementwise --fuse-kernels %s | FileCheck %s --check-prefix=PLAN

// A product with the scale, rows of e^(x - top) and their sum, a product whose
// last step is the quotient. With `hidden` no row is taken for one that sees
// nothing.
// CHECK-LABEL: @plain
// PLAN-LABEL: @plain
func.func @plain(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>) -> tensor<2x3x5x4xf32> attributes {model.entry} {
  // CHECK: %[[S:[0-9]+]] = linalg.generic {{.*}}["parallel", "parallel", "parallel", "parallel", "reduction"]{{.*}} ins(%arg0, %arg1 : {{.*}}) outs({{.*}} : tensor<2x3x5x7xf32>)
  // CHECK: linalg.generic {{.*}} ins(%[[S]] : tensor<2x3x5x7xf32>)
  // CHECK: arith.mulf %{{.+}}, %cst{{.*}} : f32
  // CHECK: arith.maxnumf
  // CHECK-NOT: arith.cmpf
  // CHECK: math.exp
  // CHECK: linalg.generic {{.*}}["parallel", "parallel", "parallel", "parallel", "reduction"]{{.*}} ins(%{{.+}}, %arg2 : tensor<2x3x5x7xf32>, tensor<2x3x7x4xf32>)
  // CHECK: arith.divf
  // CHECK-NOT: model.attention
  // PLAN: kernel.attention
  // PLAN-NOT: kernel.{{[gmr]}}
  %o = model.attention %q, %k, %v scale 0.25 {hidden = 0xFFF0000000000000 : f64} : (tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>) -> tensor<2x3x5x4xf32>
  return %o : tensor<2x3x5x4xf32>
}

// -----

// A row that sees nothing is 0: e^(x - 0) of -infinity, divided by 1. Bits of a
// mask become numbers before they are stretched; a sink is one of the scores.
// CHECK-LABEL: @blind
// PLAN-LABEL: @blind
func.func @blind(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %m: tensor<2x1x1x7xi1>, %s: tensor<3xf32>) -> tensor<2x3x5x4xf32> attributes {model.entry} {
  // CHECK: arith.uitofp %{{.+}} : i1 to f32
  // CHECK: linalg.generic {{.*}} ins(%{{.+}}, %{{.+}} : tensor<2x3x5x7xf32>, tensor<2x1x1x7xf32>) outs(%{{.+}} : tensor<2x3x5x7xf32>)
  // CHECK: arith.cmpf une
  // CHECK: arith.select %{{.+}}, %{{.+}}, %cst{{.*}} : f32
  // CHECK: arith.maxnumf
  // CHECK: linalg.generic {{.*}} ins(%{{.+}}, %arg4 : tensor<2x3x5xf32>, tensor<3xf32>)
  // CHECK: arith.cmpf oeq
  // CHECK: math.exp
  // PLAN: kernel.attention
  %o = model.attention %q, %k, %v mask %m sinks %s scale 0.25 : (tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x1x1x7xi1>, tensor<3xf32>) -> tensor<2x3x5x4xf32>
  return %o : tensor<2x3x5x4xf32>
}

// -----

// Four query heads read one key head: they are rows of one product. The mask's
// heads are split alike.
// CHECK-LABEL: @grouped
// PLAN-LABEL: @grouped
func.func @grouped(%q: tensor<1x8x?x16xf16>, %k: tensor<1x2x?x16xf16>, %v: tensor<1x2x?x16xf16>, %m: tensor<8x1x?xf32>) -> tensor<1x8x?x16xf16> {
  // CHECK: tensor.expand_shape %arg0 {{.*}} : tensor<1x8x?x16xf16> into tensor<1x2x4x?x16xf16>
  // CHECK: ins(%{{.+}}, %arg1 : tensor<1x2x4x?x16xf16>, tensor<1x2x?x16xf16>) outs(%{{.+}} : tensor<1x2x4x?x?xf32>)
  // CHECK: tensor.expand_shape %{{.+}} {{.*}} : tensor<8x1x?xf32> into tensor<2x4x1x?xf32>
  // CHECK: arith.truncf
  // CHECK: tensor.collapse_shape %{{.+}} {{.*}} : tensor<1x2x4x?x16xf16> into tensor<1x8x?x16xf16>
  %o = model.attention %q, %k, %v mask %m scale 0.25 {causal, softcap = 2.0 : f64} : (tensor<1x8x?x16xf16>, tensor<1x2x?x16xf16>, tensor<1x2x?x16xf16>, tensor<8x1x?xf32>) -> tensor<1x8x?x16xf16>
  return %o : tensor<1x8x?x16xf16>
}

// -----

// Positions are compared where the scale is: no mask is made in memory.
// CHECK-LABEL: @positions
// PLAN-LABEL: @positions
func.func @positions(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %p: tensor<i64>, %n: tensor<2xi64>) -> tensor<2x3x5x4xf32> attributes {model.entry} {
  // CHECK: ins(%{{.+}}, %arg3, %arg4 : tensor<2x3x5x7xf32>, tensor<i64>, tensor<2xi64>)
  // CHECK: linalg.index 2
  // CHECK: linalg.index 3
  // CHECK-COUNT-3: arith.cmpi
  // PLAN: kernel.attention
  // PLAN: linalg.index
  %o = model.attention %q, %k, %v offset %p lengths %n scale 0.25 {causal, left = 3 : i64} : (tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<i64>, tensor<2xi64>) -> tensor<2x3x5x4xf32>
  return %o : tensor<2x3x5x4xf32>
}

// -----

// What the pass leaves: heads that nobody has counted, keys that few queries
// read.
// WHY-DAG: its heads are not counted
// WHY-DAG: few queries read each key
// CHECK-LABEL: @left
func.func @left(%q: tensor<1x?x5x8xf32>, %k: tensor<1x?x7x8xf32>, %v: tensor<1x?x7x8xf32>, %one: tensor<1x3x1x8xf32>, %k3: tensor<1x3x7x8xf32>) -> (tensor<1x?x5x8xf32>, tensor<1x3x1x8xf32>) {
  // CHECK-COUNT-2: model.attention
  %o = model.attention %q, %k, %v scale 0.25 : (tensor<1x?x5x8xf32>, tensor<1x?x7x8xf32>, tensor<1x?x7x8xf32>) -> tensor<1x?x5x8xf32>
  %p = model.attention %one, %k3, %k3 scale 0.25 : (tensor<1x3x1x8xf32>, tensor<1x3x7x8xf32>, tensor<1x3x7x8xf32>) -> tensor<1x3x1x8xf32>
  return %o, %p : tensor<1x?x5x8xf32>, tensor<1x3x1x8xf32>
}
