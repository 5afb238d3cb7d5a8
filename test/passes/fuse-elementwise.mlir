// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --convert-elementwise-to-linalg --fuse-elementwise %s | FileCheck %s

!t = tensor<4x8xf32>

// Two elementwise operations become one.
// CHECK-LABEL: @chain
func.func @chain(%x: !t, %c: !t, %b: !t) -> !t {
  // CHECK: linalg.generic
  // CHECK: arith.mulf
  // CHECK-NEXT: arith.addf
  // CHECK-NOT: linalg.generic
  %t = arith.mulf %x, %c : !t
  %y = arith.addf %t, %b : !t
  return %y : !t
}

// -----

!t = tensor<4x8xf32>

// A value with two readers is computed once.
// CHECK-LABEL: @shared
func.func @shared(%x: !t, %c: !t) -> (!t, !t) {
  // CHECK-COUNT-3: linalg.generic
  %t = arith.mulf %x, %c : !t
  %y = math.exp %t : !t
  %z = math.sqrt %t : !t
  return %y, %z : !t, !t
}

// -----

// A contraction reads its operand transposed instead of having it moved.
// CHECK: #[[$READ:.+]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-LABEL: @transposed
// CHECK-SAME: (%[[Q:[a-z0-9]+]]: tensor<4x8xf32>, %[[K:[a-z0-9]+]]: tensor<6x8xf32>
func.func @transposed(%q: tensor<4x8xf32>, %k: tensor<6x8xf32>, %s: tensor<4x6xf32>) -> tensor<4x6xf32> {
  // CHECK-NOT: transpose
  // CHECK: linalg.generic {indexing_maps = [#{{.+}}, #[[$READ]], #{{.+}}]
  // CHECK-SAME: ins(%[[Q]], %[[K]]
  %e = tensor.empty() : tensor<8x6xf32>
  %t = linalg.transpose ins(%k : tensor<6x8xf32>) outs(%e : tensor<8x6xf32>) permutation = [1, 0]
  %y = linalg.matmul ins(%q, %t : tensor<4x8xf32>, tensor<8x6xf32>) outs(%s : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %y : tensor<4x6xf32>
}

// -----

// Work before a contraction is not repeated inside it.
// CHECK-LABEL: @before
func.func @before(%q: tensor<4x8xf32>, %k: tensor<8x6xf32>, %s: tensor<4x6xf32>) -> tensor<4x6xf32> {
  // CHECK: linalg.generic
  // CHECK: math.exp
  // CHECK: linalg.generic
  // CHECK: arith.mulf
  %e = math.exp %q : tensor<4x8xf32>
  %y = linalg.matmul ins(%e, %k : tensor<4x8xf32>, tensor<8x6xf32>) outs(%s : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %y : tensor<4x6xf32>
}

// -----

// A mean with its dimension kept: the reader drops the dimension again.
// CHECK-LABEL: @kept_dimension
func.func @kept_dimension(%x: tensor<4x8xf32>, %m: tensor<4xf32>) -> tensor<4x8xf32> {
  // CHECK-NOT: expand_shape
  %k = tensor.expand_shape %m [[0, 1]] output_shape [4, 1] : tensor<4xf32> into tensor<4x1xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %y = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, 0)>,
                       affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x, %k : tensor<4x8xf32>, tensor<4x1xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.subf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// Softmax becomes its four steps; the exponential is computed once.
// CHECK-LABEL: @softmax
func.func @softmax(%x: tensor<4x8xf32>, %o: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // CHECK: iterator_types = ["parallel", "reduction"]
  // CHECK: arith.maxnumf
  // CHECK: math.exp
  // CHECK: iterator_types = ["parallel", "reduction"]
  // CHECK: arith.addf
  // CHECK: arith.divf
  %y = linalg.softmax dimension(1) ins(%x : tensor<4x8xf32>) outs(%o : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>

// A sum that starts from a bias starts from zero, and the bias is added behind.
// CHECK-LABEL: @start
// CHECK-SAME: %[[BIAS:[a-z0-9]+]]: tensor<6xf32>
func.func @start(%x: tensor<4x8xf32>, %w: tensor<8x6xf32>, %bias: tensor<6xf32>) -> tensor<4x6xf32> {
  // CHECK: %[[F:.+]] = linalg.fill
  // CHECK: %[[M:.+]] = linalg.generic {{.*}} outs(%[[F]]
  // CHECK: linalg.generic {{.*}} ins(%[[M]], %[[BIAS]]
  // CHECK: arith.addf
  %e = tensor.empty() : tensor<4x6xf32>
  %s = linalg.broadcast ins(%bias : tensor<6xf32>) outs(%e : tensor<4x6xf32>) dimensions = [0]
  %y = linalg.matmul ins(%x, %w : tensor<4x8xf32>, tensor<8x6xf32>) outs(%s : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %y : tensor<4x6xf32>
}

// -----

// What reads through tensor.extract is work, not a constant: it is not repeated
// in every contraction.
// CHECK-LABEL: @extract
func.func @extract(%x: tensor<4x8xf32>, %w: tensor<8x6xf32>, %o: tensor<4x6xf32>) -> tensor<4x6xf32> {
  // CHECK: tensor.extract
  // CHECK: linalg.generic
  // CHECK: arith.mulf
  %e = tensor.empty() : tensor<4x8xf32>
  %g = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<4x8xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %v = tensor.extract %x[%i, %j] : tensor<4x8xf32>
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  %y = linalg.matmul ins(%g, %w : tensor<4x8xf32>, tensor<8x6xf32>) outs(%o : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %y : tensor<4x6xf32>
}

// -----

#id = affine_map<(i) -> (i)>

// An output whose size turns out to be constant stays as it is: made static, it
// would be behind a cast, which is emptied again, for ever.
// CHECK-LABEL: @constant_after_all
// CHECK: linalg.generic
// CHECK-NOT: linalg.generic
func.func @constant_after_all(%x: tensor<?xf32>) -> tensor<?xf32> {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %n = arith.addi %c1, %c2 : index
  %e = tensor.empty(%n) : tensor<?xf32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) {
  ^bb0(%in: f32, %out: f32):
    %v = arith.addf %in, %in : f32
    linalg.yield %v : f32
  } -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// A transpose and a reshape beside it change places, so that the transpose
// reaches what reads it.
// CHECK: [[$TURNED:#map[0-9]*]] = affine_map<(d0, d1, d2, d3) -> (d2, d0, d1, d3)>
// CHECK-LABEL: @split_heads
// CHECK: %[[X:.+]] = tensor.expand_shape %arg0 {{.*}} into tensor<5x2x4x8xf32>
// CHECK: linalg.generic {indexing_maps = {{\[}}[[$TURNED]], {{.*}} ins(%[[X]] : tensor<5x2x4x8xf32>)
// CHECK: math.exp
// CHECK-NOT: linalg.generic
func.func @split_heads(%x: tensor<5x8x8xf32>) -> tensor<2x4x5x8xf32> {
  %e = tensor.empty() : tensor<8x5x8xf32>
  %t = linalg.transpose ins(%x : tensor<5x8x8xf32>) outs(%e : tensor<8x5x8xf32>) permutation = [1, 0, 2]
  %s = tensor.expand_shape %t [[0, 1], [2], [3]] output_shape [2, 4, 5, 8] : tensor<8x5x8xf32> into tensor<2x4x5x8xf32>
  %f = tensor.empty() : tensor<2x4x5x8xf32>
  %y = linalg.exp ins(%s : tensor<2x4x5x8xf32>) outs(%f : tensor<2x4x5x8xf32>) -> tensor<2x4x5x8xf32>
  return %y : tensor<2x4x5x8xf32>
}
