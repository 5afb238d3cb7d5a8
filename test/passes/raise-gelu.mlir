// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --raise-gelu %s | FileCheck %s
// RUN: niello-opt --raise-gelu %s -o %t
// RUN: niello-opt --raise-gelu %t | diff %t -

!x = tensor<?x8xf32>
#each = affine_map<(d0, d1) -> (d0, d1)>

// BERT: x (erf(x / sqrt 2) + 1) 0.5.
// CHECK-LABEL: @erf
func.func @erf(%x: !x, %n: index) -> !x {
  // CHECK: %[[Y:.+]] = model.gelu %arg0 approximate none : (tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK-NEXT: return %[[Y]]
  %root = arith.constant dense<1.41421354> : tensor<f32>
  %roots = model.broadcast %root sizes(%n) : tensor<f32> -> !x
  %u = arith.divf %x, %roots : !x
  %e = math.erf %u : !x
  %one = arith.constant dense<1.0> : tensor<f32>
  %ones = model.broadcast %one sizes(%n) : tensor<f32> -> !x
  %s = arith.addf %e, %ones : !x
  %p = arith.mulf %x, %s : !x
  %half = arith.constant dense<0.5> : tensor<f32>
  %halves = model.broadcast %half sizes(%n) : tensor<f32> -> !x
  %y = arith.mulf %p, %halves : !x
  return %y : !x
}

// (0.5 + 0.5 erf(0.707107 x)) x, and x (1 + erf(0.707107 x)) / 2 as a part of a
// product.
// CHECK-LABEL: @orders
func.func @orders(%x: tensor<8xf32>, %gate: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  // CHECK-DAG: %[[A:.+]] = model.gelu %arg0 approximate none
  // CHECK-DAG: %[[B:.+]] = model.gelu %arg0 approximate none
  // CHECK-DAG: %[[C:.+]] = arith.mulf %[[B]], %arg1
  // CHECK: return %[[A]], %[[C]]
  %half = arith.constant dense<0.5> : tensor<8xf32>
  %one = arith.constant dense<1.0> : tensor<8xf32>
  %two = arith.constant dense<2.0> : tensor<8xf32>
  %c = arith.constant dense<0.707106769> : tensor<8xf32>
  %u = arith.mulf %c, %x : tensor<8xf32>
  %e = math.erf %u : tensor<8xf32>
  %h = arith.mulf %e, %half : tensor<8xf32>
  %s = arith.addf %half, %h : tensor<8xf32>
  %y = arith.mulf %s, %x : tensor<8xf32>
  %t = arith.addf %one, %e : tensor<8xf32>
  %p = arith.mulf %t, %x : tensor<8xf32>
  %z = arith.divf %p, %two : tensor<8xf32>
  %g = arith.mulf %z, %gate : tensor<8xf32>
  return %y, %g : tensor<8xf32>, tensor<8xf32>
}

// GPT-2: the tanh of a polynomial, whose cube is a power; and the same as
// x c (1 + 0.044715 x x).
// CHECK-LABEL: @tanh
func.func @tanh(%x: !x, %n: index, %z: tensor<8xf32>) -> (!x, tensor<8xf32>) {
  // CHECK-DAG: model.gelu %arg0 approximate tanh
  // CHECK-DAG: model.gelu %arg2 approximate tanh
  // CHECK-NOT: math.tanh
  %three = arith.constant dense<3.0> : tensor<f32>
  %threes = model.broadcast %three sizes(%n) : tensor<f32> -> !x
  %e = tensor.empty(%n) : !x
  %cube = linalg.generic {indexing_maps = [#each, #each, #each], iterator_types = ["parallel", "parallel"]} ins(%x, %threes : !x, !x) outs(%e : !x) {
  ^bb0(%in: f32, %power: f32, %out: f32):
    %a = arith.mulf %in, %in : f32
    %b = arith.mulf %a, %in : f32
    linalg.yield %b : f32
  } -> !x
  %k = arith.constant dense<0.044715> : tensor<f32>
  %ks = model.broadcast %k sizes(%n) : tensor<f32> -> !x
  %q = arith.mulf %cube, %ks : !x
  %r = arith.addf %x, %q : !x
  %c = arith.constant dense<0.797884583> : tensor<f32>
  %cs = model.broadcast %c sizes(%n) : tensor<f32> -> !x
  %u = arith.mulf %r, %cs : !x
  %t = math.tanh %u : !x
  %one = arith.constant dense<1.0> : tensor<f32>
  %ones = model.broadcast %one sizes(%n) : tensor<f32> -> !x
  %s = arith.addf %t, %ones : !x
  %half = arith.constant dense<0.5> : tensor<f32>
  %halves = model.broadcast %half sizes(%n) : tensor<f32> -> !x
  %i = arith.mulf %x, %halves : !x
  %y = arith.mulf %i, %s : !x

  %k8 = arith.constant dense<0.044715> : tensor<8xf32>
  %c8 = arith.constant dense<0.797884583> : tensor<8xf32>
  %one8 = arith.constant dense<1.0> : tensor<8xf32>
  %half8 = arith.constant dense<0.5> : tensor<8xf32>
  %zz = arith.mulf %z, %z : tensor<8xf32>
  %kzz = arith.mulf %k8, %zz : tensor<8xf32>
  %v = arith.addf %one8, %kzz : tensor<8xf32>
  %cz = arith.mulf %z, %c8 : tensor<8xf32>
  %w = arith.mulf %cz, %v : tensor<8xf32>
  %t8 = math.tanh %w : tensor<8xf32>
  %s8 = arith.addf %one8, %t8 : tensor<8xf32>
  %h8 = arith.mulf %half8, %s8 : tensor<8xf32>
  %y8 = arith.mulf %z, %h8 : tensor<8xf32>
  return %y, %y8 : !x, tensor<8xf32>
}

// What the pass leaves: another constant in the function, another factor, the
// function of another value, 16-bit floats.
// CHECK-LABEL: @left
func.func @left(%x: tensor<8xf32>, %z: tensor<8xf32>, %h: tensor<8xf16>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf16>) {
  // CHECK-NOT: model.gelu
  %half = arith.constant dense<0.5> : tensor<8xf32>
  %one = arith.constant dense<1.0> : tensor<8xf32>
  %c = arith.constant dense<0.7071> : tensor<8xf32>
  %u = arith.mulf %c, %x : tensor<8xf32>
  %e = math.erf %u : tensor<8xf32>
  %s = arith.addf %one, %e : tensor<8xf32>
  %i = arith.mulf %x, %half : tensor<8xf32>
  %y0 = arith.mulf %i, %s : tensor<8xf32>
  %d = arith.constant dense<0.707106769> : tensor<8xf32>
  %v = arith.mulf %d, %x : tensor<8xf32>
  %f = math.erf %v : tensor<8xf32>
  %t = arith.addf %one, %f : tensor<8xf32>
  %y1 = arith.mulf %x, %t : tensor<8xf32>
  %j = arith.mulf %z, %half : tensor<8xf32>
  %y2 = arith.mulf %j, %t : tensor<8xf32>
  %half16 = arith.constant dense<0.5> : tensor<8xf16>
  %one16 = arith.constant dense<1.0> : tensor<8xf16>
  %c16 = arith.constant dense<0.7071> : tensor<8xf16>
  %u16 = arith.mulf %c16, %h : tensor<8xf16>
  %e16 = math.erf %u16 : tensor<8xf16>
  %s16 = arith.addf %one16, %e16 : tensor<8xf16>
  %i16 = arith.mulf %h, %half16 : tensor<8xf16>
  %y3 = arith.mulf %i16, %s16 : tensor<8xf16>
  return %y0, %y1, %y2, %y3 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf16>
}
