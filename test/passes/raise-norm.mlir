// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --raise-norm %s | FileCheck %s
// RUN: niello-opt --split-input-file --raise-norm %s -o %t
// RUN: niello-opt --split-input-file --raise-norm %t | diff %t -

!x = tensor<2x?x8xf32>
!r = tensor<2x?xf32>
!c = tensor<2x?x1xf32>
#each = affine_map<(d0, d1, d2) -> (d0, d1, d2)>

// PyTorch before opset 17: the difference to the mean, its square by a power of
// two, a quotient, a scale and a bias.
// CHECK-LABEL: @layer
func.func @layer(%x: !x, %s: tensor<8xf32>, %b: tensor<8xf32>, %n: index) -> !x {
  // CHECK: %[[Y:.+]] = model.norm layer %arg0 scale %arg1 bias %arg2 axis 2 epsilon 2.500000e-01 : (tensor<2x?x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<2x?x8xf32>
  // CHECK-NEXT: return %[[Y]]
  %zero = arith.constant 0.0 : f32
  %eight = arith.constant 8 : index
  %long = arith.index_cast %eight : index to i64
  %count = arith.sitofp %long : i64 to f32
  %e0 = tensor.empty(%n) : !r
  %f0 = linalg.fill ins(%zero : f32) outs(%e0 : !r) -> !r
  %sum = linalg.reduce { arith.addf } ins(%x : !x) outs(%f0 : !r) dimensions = [2]
  %column = tensor.expand_shape %sum [[0], [1, 2]] output_shape [2, %n, 1] : !r into !c
  %e1 = tensor.empty(%n) : !c
  %mean = linalg.generic {indexing_maps = [#each, #each], iterator_types = ["parallel", "parallel", "parallel"]} ins(%column : !c) outs(%e1 : !c) {
  ^bb0(%in: f32, %out: f32):
    %q = arith.divf %in, %count : f32
    linalg.yield %q : f32
  } -> !c
  %wide = model.broadcast %mean sizes(%n) : !c -> !x
  %d = arith.subf %x, %wide : !x
  %e2 = tensor.empty(%n) : !x
  %two = arith.constant dense<2.0> : tensor<f32>
  %twos = model.broadcast %two sizes(%n) : tensor<f32> -> !x
  %square = linalg.generic {indexing_maps = [#each, #each, #each], iterator_types = ["parallel", "parallel", "parallel"]} ins(%d, %twos : !x, !x) outs(%e2 : !x) {
  ^bb0(%in: f32, %power: f32, %out: f32):
    %q = arith.mulf %in, %in : f32
    linalg.yield %q : f32
  } -> !x
  %squares = linalg.reduce { arith.addf } ins(%square : !x) outs(%f0 : !r) dimensions = [2]
  %tall = tensor.expand_shape %squares [[0], [1, 2]] output_shape [2, %n, 1] : !r into !c
  %eights = arith.constant dense<8.0> : tensor<1xf32>
  %counts = model.broadcast %eights sizes(%n) : tensor<1xf32> -> !c
  %variance = arith.divf %tall, %counts : !c
  %quarter = arith.constant dense<0.25> : tensor<f32>
  %epsilon = model.broadcast %quarter sizes(%n) : tensor<f32> -> !c
  %safe = arith.addf %variance, %epsilon : !c
  %root = math.sqrt %safe : !c
  %spread = model.broadcast %root sizes(%n) : !c -> !x
  %y = arith.divf %d, %spread : !x
  %scale = model.broadcast %s sizes(%n) : tensor<8xf32> -> !x
  %z = arith.mulf %scale, %y : !x
  %bias = model.broadcast %b sizes(%n) : tensor<8xf32> -> !x
  %o = arith.addf %z, %bias : !x
  return %o : !x
}

// Llama: no mean, a product by the inverse. A scale that differs by row stays
// as it is.
// CHECK-LABEL: @rms
func.func @rms(%x: !x, %s: tensor<8xf32>, %w: tensor<2x1x8xf32>, %n: index) -> (!x, !x) {
  // CHECK: model.norm rms %arg0 scale %arg1 axis 2 epsilon 2.500000e-01
  // CHECK: %[[Y:.+]] = model.norm rms %arg0 axis 2 epsilon 2.500000e-01
  // CHECK: arith.mulf %[[Y]]
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty(%n) : !r
  %f0 = linalg.fill ins(%zero : f32) outs(%e0 : !r) -> !r
  %square = arith.mulf %x, %x : !x
  %squares = linalg.reduce { arith.addf } ins(%square : !x) outs(%f0 : !r) dimensions = [2]
  %tall = tensor.expand_shape %squares [[0], [1, 2]] output_shape [2, %n, 1] : !r into !c
  %eights = arith.constant dense<8.0> : tensor<1xf32>
  %counts = model.broadcast %eights sizes(%n) : tensor<1xf32> -> !c
  %variance = arith.divf %tall, %counts : !c
  %quarter = arith.constant dense<0.25> : tensor<f32>
  %epsilon = model.broadcast %quarter sizes(%n) : tensor<f32> -> !c
  %safe = arith.addf %epsilon, %variance : !c
  %root = math.sqrt %safe : !c
  %e1 = tensor.empty(%n) : !c
  %inverse = linalg.generic {indexing_maps = [#each, #each], iterator_types = ["parallel", "parallel", "parallel"]} ins(%root : !c) outs(%e1 : !c) {
  ^bb0(%in: f32, %out: f32):
    %one = arith.constant 1.0 : f32
    %q = arith.divf %one, %in : f32
    linalg.yield %q : f32
  } -> !c
  %gain = model.broadcast %inverse sizes(%n) : !c -> !x
  %y = arith.mulf %x, %gain : !x
  %scale = model.broadcast %s sizes(%n) : tensor<8xf32> -> !x
  %o = arith.mulf %y, %scale : !x
  %rsqrt = math.rsqrt %safe : !c
  %gain1 = model.broadcast %rsqrt sizes(%n) : !c -> !x
  %y1 = arith.mulf %gain1, %x : !x
  %rows = model.broadcast %w sizes(%n) : tensor<2x1x8xf32> -> !x
  %o1 = arith.mulf %y1, %rows : !x
  return %o, %o1 : !x, !x
}

// -----

!x = tensor<4x8xf32>
!r = tensor<4xf32>
!c = tensor<4x1xf32>

// Keras: the mean is taken off at the end, times the same gain.
// CHECK-LABEL: @keras
func.func @keras(%x: !x, %s: tensor<8xf32>, %b: tensor<8xf32>) -> !x {
  // CHECK: model.norm layer %arg0 scale %arg1 bias %arg2 axis 1 epsilon 2.500000e-01
  // CHECK-NOT: arith.mulf
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty() : !r
  %f0 = linalg.fill ins(%zero : f32) outs(%e0 : !r) -> !r
  %eights = arith.constant dense<8.0> : !c
  %sum = linalg.reduce { arith.addf } ins(%x : !x) outs(%f0 : !r) dimensions = [1]
  %column = tensor.expand_shape %sum [[0, 1]] output_shape [4, 1] : !r into !c
  %mean = arith.divf %column, %eights : !c
  %wide = model.broadcast %mean : !c -> !x
  %d = arith.subf %x, %wide : !x
  %square = arith.mulf %d, %d : !x
  %squares = linalg.reduce { arith.addf } ins(%square : !x) outs(%f0 : !r) dimensions = [1]
  %tall = tensor.expand_shape %squares [[0, 1]] output_shape [4, 1] : !r into !c
  %variance = arith.divf %tall, %eights : !c
  %epsilon = arith.constant dense<0.25> : !c
  %safe = arith.addf %variance, %epsilon : !c
  %inverse = math.rsqrt %safe : !c
  %i = model.broadcast %inverse : !c -> !x
  %w = model.broadcast %s : tensor<8xf32> -> !x
  %gain = arith.mulf %i, %w : !x
  %whole = arith.mulf %x, %gain : !x
  %off = arith.mulf %wide, %gain : !x
  %bias = model.broadcast %b : tensor<8xf32> -> !x
  %rest = arith.subf %bias, %off : !x
  %o = arith.addf %whole, %rest : !x
  return %o : !x
}

// What the pass leaves: a mean along another dimension than the last ones, a sum
// that is no mean, the spread of another value, 16-bit floats.
// CHECK-LABEL: @left
func.func @left(%x: !x, %other: !x, %h: tensor<4x8xf16>) -> (tensor<4x8xf32>, !x, !x, tensor<4x8xf16>) {
  // CHECK-NOT: model.norm
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty() : !r
  %f0 = linalg.fill ins(%zero : f32) outs(%e0 : !r) -> !r
  %e1 = tensor.empty() : tensor<8xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<8xf32>) -> tensor<8xf32>
  %square = arith.mulf %x, %x : !x
  %quarter = arith.constant dense<0.25> : tensor<f32>

  %s1 = linalg.reduce { arith.addf } ins(%square : !x) outs(%f1 : tensor<8xf32>) dimensions = [0]
  %t1 = tensor.expand_shape %s1 [[0, 1]] output_shape [1, 8] : tensor<8xf32> into tensor<1x8xf32>
  %fours = arith.constant dense<4.0> : tensor<1x8xf32>
  %v1 = arith.divf %t1, %fours : tensor<1x8xf32>
  %p1 = model.broadcast %quarter : tensor<f32> -> tensor<1x8xf32>
  %a1 = arith.addf %v1, %p1 : tensor<1x8xf32>
  %r1 = math.sqrt %a1 : tensor<1x8xf32>
  %b1 = model.broadcast %r1 : tensor<1x8xf32> -> !x
  %o1 = arith.divf %x, %b1 : !x

  %s2 = linalg.reduce { arith.addf } ins(%square : !x) outs(%f0 : !r) dimensions = [1]
  %t2 = tensor.expand_shape %s2 [[0, 1]] output_shape [4, 1] : !r into !c
  %p2 = model.broadcast %quarter : tensor<f32> -> !c
  %a2 = arith.addf %t2, %p2 : !c
  %r2 = math.sqrt %a2 : !c
  %b2 = model.broadcast %r2 : !c -> !x
  %o2 = arith.divf %x, %b2 : !x

  %eights = arith.constant dense<8.0> : !c
  %v3 = arith.divf %t2, %eights : !c
  %a3 = arith.addf %v3, %p2 : !c
  %r3 = math.sqrt %a3 : !c
  %b3 = model.broadcast %r3 : !c -> !x
  %o3 = arith.divf %other, %b3 : !x

  %none = arith.constant 0.0 : f16
  %e4 = tensor.empty() : tensor<4xf16>
  %f4 = linalg.fill ins(%none : f16) outs(%e4 : tensor<4xf16>) -> tensor<4xf16>
  %q4 = arith.mulf %h, %h : tensor<4x8xf16>
  %s4 = linalg.reduce { arith.addf } ins(%q4 : tensor<4x8xf16>) outs(%f4 : tensor<4xf16>) dimensions = [1]
  %t4 = tensor.expand_shape %s4 [[0, 1]] output_shape [4, 1] : tensor<4xf16> into tensor<4x1xf16>
  %c4 = arith.constant dense<8.0> : tensor<4x1xf16>
  %v4 = arith.divf %t4, %c4 : tensor<4x1xf16>
  %p4 = arith.constant dense<0.25> : tensor<4x1xf16>
  %a4 = arith.addf %v4, %p4 : tensor<4x1xf16>
  %r4 = math.sqrt %a4 : tensor<4x1xf16>
  %b4 = model.broadcast %r4 : tensor<4x1xf16> -> tensor<4x8xf16>
  %o4 = arith.divf %h, %b4 : tensor<4x8xf16>
  return %o1, %o2, %o3, %o4 : !x, !x, !x, tensor<4x8xf16>
}
