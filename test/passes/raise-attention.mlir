// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --raise-attention %s | FileCheck %s
// RUN: niello-opt --split-input-file --raise-attention %s -o %t
// RUN: niello-opt --split-input-file --raise-attention %t | diff %t -

!q = tensor<2x3x5x8xf32>
!k = tensor<2x3x7x8xf32>
!kt = tensor<2x3x8x7xf32>
!s = tensor<2x3x5x7xf32>

// BERT: the key is turned in one go with its heads, the scores are divided, a
// mask is added. The key's transposes become one; the row of a softmax that sees
// nothing is NaN.
// CHECK-LABEL: @bert
// CHECK-SAME: (%[[Q:[a-z0-9]+]]: {{[^,]+}}, %[[K:[a-z0-9]+]]: {{[^,]+}}, %[[V:[a-z0-9]+]]: {{[^,]+}}, %[[M:[a-z0-9]+]]:
func.func @bert(%q: !q, %k: tensor<2x7x3x8xf32>, %v: !k, %m: tensor<2x1x1x7xf32>) -> !q {
  // CHECK: %[[T:.+]] = linalg.transpose ins(%[[K]] : tensor<2x7x3x8xf32>) outs({{.*}}) permutation = [0, 2, 1, 3]
  // CHECK: %[[O:[0-9]+]] = model.attention %[[Q]], %[[T]], %[[V]] mask %[[M]] scale 2.500000e-01 {hidden = 0xFFF0000000000000 : f64}
  // CHECK-NEXT: return %[[O]]
  %e = tensor.empty() : !kt
  %kt = linalg.transpose ins(%k : tensor<2x7x3x8xf32>) outs(%e : !kt) permutation = [0, 2, 3, 1]
  %s = model.matmul %q, %kt : (!q, !kt) -> !s
  %four = arith.constant dense<4.0> : tensor<f32>
  %c = model.broadcast %four : tensor<f32> -> !s
  %x = arith.divf %s, %c : !s
  %mask = model.broadcast %m : tensor<2x1x1x7xf32> -> !s
  %y = arith.addf %x, %mask : !s
  %init = tensor.empty() : !s
  %p = linalg.softmax dimension(3) ins(%y : !s) outs(%init : !s) -> !s
  %o = model.matmul %p, %v : (!s, !k) -> !q
  return %o : !q
}

// -----

!q = tensor<2x3x5x8xf32>
!k = tensor<2x3x7x8xf32>
!kt = tensor<2x3x8x7xf32>
!s = tensor<2x3x5x7xf32>

// GPT-2: where(causal, scores, least number). What the mask hides has that
// score, so that a row of it alone has equal weights.
// CHECK-LABEL: @gpt2
func.func @gpt2(%q: !q, %kt: !kt, %v: !k, %m: tensor<5x7xi1>) -> !q {
  // CHECK: model.attention %arg0, %{{.+}}, %arg2 mask %arg3 scale 5.000000e-01 {hidden = -1.000000e+04 : f64}
  %s = model.matmul %q, %kt : (!q, !kt) -> !s
  %half = arith.constant dense<0.5> : !s
  %x = arith.mulf %half, %s : !s
  %mask = model.broadcast %m : tensor<5x7xi1> -> tensor<2x3x5x7xi1>
  %least = arith.constant dense<-1.0e4> : !s
  %y = arith.select %mask, %x, %least : tensor<2x3x5x7xi1>, !s
  %init = tensor.empty() : !s
  %p = linalg.softmax dimension(3) ins(%y : !s) outs(%init : !s) -> !s
  %o = model.matmul %p, %v : (!s, !k) -> !q
  return %o : !q
}

// DistilBERT fills where the mask is true; factors stand at query and key; a
// tanh between factors is the softcap.
// CHECK-LABEL: @filled
func.func @filled(%q: !q, %k: !k, %v: !k, %m: tensor<2x1x1x7xi1>) -> !q {
  // CHECK: %[[ALL:.+]] = model.broadcast %{{.+}} : tensor<i1> -> tensor<2x1x1x7xi1>
  // CHECK: %[[SEEN:.+]] = arith.xori %arg3, %[[ALL]]
  // CHECK: model.attention %arg0, %arg1, %arg2 mask %[[SEEN]] scale 1.250000e-01 {hidden = 0xFFF0000000000000 : f64, softcap = 4.000000e+00 : f64}
  %quarter = arith.constant dense<0.25> : !q
  %half = arith.constant dense<0.5> : !kt
  %a = arith.mulf %q, %quarter : !q
  %e = tensor.empty() : !kt
  %kt = linalg.transpose ins(%k : !k) outs(%e : !kt) permutation = [0, 1, 3, 2]
  %b = arith.mulf %kt, %half : !kt
  %s = model.matmul %a, %b : (!q, !kt) -> !s
  %four = arith.constant dense<4.0> : !s
  %d = arith.divf %s, %four : !s
  %t = math.tanh %d : !s
  %x = arith.mulf %t, %four : !s
  %mask = model.broadcast %m : tensor<2x1x1x7xi1> -> tensor<2x3x5x7xi1>
  %inf = arith.constant dense<0xFF800000> : !s
  %y = arith.select %mask, %inf, %x : tensor<2x3x5x7xi1>, !s
  %init = tensor.empty() : !s
  %p = linalg.softmax dimension(3) ins(%y : !s) outs(%init : !s) -> !s
  %o = model.matmul %p, %v : (!s, !k) -> !q
  return %o : !q
}

// The factor after a sum is the mask's too; two sums are one mask.
// CHECK-LABEL: @sums
func.func @sums(%q: !q, %k: !k, %v: !k, %a: !s, %b: tensor<7xf32>) -> !q {
  // CHECK: %[[A:[0-9]+]] = arith.mulf %arg3
  // CHECK: %[[B:[0-9]+]] = model.broadcast %arg4 : tensor<7xf32> -> tensor<2x3x5x7xf32>
  // CHECK: %[[M:[0-9]+]] = arith.addf %[[B]], %[[A]] : tensor<2x3x5x7xf32>
  // CHECK: model.attention %arg0, %arg1, %arg2 mask %[[M]] scale 5.000000e-01
  %e = tensor.empty() : !kt
  %kt = linalg.transpose ins(%k : !k) outs(%e : !kt) permutation = [0, 1, 3, 2]
  %s = model.matmul %q, %kt : (!q, !kt) -> !s
  %t = arith.addf %a, %s : !s
  %half = arith.constant dense<0.5> : !s
  %u = arith.mulf %t, %half : !s
  %mask = model.broadcast %b : tensor<7xf32> -> !s
  %y = arith.addf %u, %mask : !s
  %init = tensor.empty() : !s
  %p = linalg.softmax dimension(3) ins(%y : !s) outs(%init : !s) -> !s
  %o = model.matmul %p, %v : (!s, !k) -> !q
  return %o : !q
}

// ONNX's own function: rows whose mask is all -infinity are 0, which is what
// attention means without `hidden`.
// CHECK-LABEL: @blind
func.func @blind(%q: !q, %kt: !kt, %v: !k, %m: tensor<5x7xf32>) -> !q {
  // CHECK: model.attention %arg0, %{{.+}}, %arg2 mask %arg3 scale 1.000000e+00 :
  // CHECK-NOT: arith.select
  %s = model.matmul %q, %kt : (!q, !kt) -> !s
  %mask = model.broadcast %m : tensor<5x7xf32> -> !s
  %y = arith.addf %s, %mask : !s
  %init = tensor.empty() : !s
  %p = linalg.softmax dimension(3) ins(%y : !s) outs(%init : !s) -> !s
  %inf = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<5xf32>
  %start = linalg.fill ins(%inf : f32) outs(%e : tensor<5xf32>) -> tensor<5xf32>
  %most = linalg.reduce { arith.maximumf } ins(%m : tensor<5x7xf32>) outs(%start : tensor<5xf32>) dimensions = [1]
  %column = tensor.expand_shape %most [[0, 1]] output_shape [5, 1] : tensor<5xf32> into tensor<5x1xf32>
  %infs = arith.constant dense<0xFF800000> : tensor<5x1xf32>
  %rows = arith.cmpf oeq, %column, %infs : tensor<5x1xf32>
  %all = model.broadcast %rows : tensor<5x1xi1> -> tensor<2x3x5x7xi1>
  %zero = arith.constant dense<0.0> : !s
  %z = arith.select %all, %zero, %p : tensor<2x3x5x7xi1>, !s
  %o = model.matmul %z, %v : (!s, !k) -> !q
  return %o : !q
}

// -----

// Rank 3 is one head; one key head for all is not copied.
// CHECK-LABEL: @ranks
func.func @ranks(%q: tensor<6x5x8xf32>, %kt: tensor<6x8x7xf32>, %v: tensor<6x7x8xf32>, %m: tensor<1x5x7xf32>) -> tensor<6x5x8xf32> {
  // CHECK: %[[M:.+]] = tensor.expand_shape %arg3 {{\[\[}}0, 1], [2], [3]] output_shape [1, 1, 5, 7]
  // CHECK: model.attention %{{.+}}, %{{.+}}, %{{.+}} mask %[[M]] scale 1.000000e+00 {{.*}} : (tensor<6x1x5x8xf32>, tensor<6x1x7x8xf32>, tensor<6x1x7x8xf32>, tensor<1x1x5x7xf32>) -> tensor<6x1x5x8xf32>
  // CHECK: tensor.collapse_shape
  %s = model.matmul %q, %kt : (tensor<6x5x8xf32>, tensor<6x8x7xf32>) -> tensor<6x5x7xf32>
  %mask = model.broadcast %m : tensor<1x5x7xf32> -> tensor<6x5x7xf32>
  %y = arith.addf %s, %mask : tensor<6x5x7xf32>
  %init = tensor.empty() : tensor<6x5x7xf32>
  %p = linalg.softmax dimension(2) ins(%y : tensor<6x5x7xf32>) outs(%init : tensor<6x5x7xf32>) -> tensor<6x5x7xf32>
  %o = model.matmul %p, %v : (tensor<6x5x7xf32>, tensor<6x7x8xf32>) -> tensor<6x5x8xf32>
  return %o : tensor<6x5x8xf32>
}

// CHECK-LABEL: @shared
func.func @shared(%q: tensor<2x4x5x8xf32>, %kt: tensor<2x1x8x7xf32>, %v: tensor<2x1x7x8xf32>) -> tensor<2x4x5x8xf32> {
  // CHECK: model.attention {{.*}} : (tensor<2x4x5x8xf32>, tensor<2x1x7x8xf32>, tensor<2x1x7x8xf32>) -> tensor<2x4x5x8xf32>
  %s = model.matmul %q, %kt : (tensor<2x4x5x8xf32>, tensor<2x1x8x7xf32>) -> tensor<2x4x5x7xf32>
  %init = tensor.empty() : tensor<2x4x5x7xf32>
  %p = linalg.softmax dimension(3) ins(%s : tensor<2x4x5x7xf32>) outs(%init : tensor<2x4x5x7xf32>) -> tensor<2x4x5x7xf32>
  %o = model.matmul %p, %v : (tensor<2x4x5x7xf32>, tensor<2x1x7x8xf32>) -> tensor<2x4x5x8xf32>
  return %o : tensor<2x4x5x8xf32>
}

// -----

// A mask of several batches stretches scores of one: the operands are stretched
// instead. Sizes that are one value are not.
// CHECK-LABEL: @stretched
func.func @stretched(%q: tensor<1x3x?x8xf32>, %kt: tensor<1x3x8x?xf32>, %v: tensor<1x3x?x8xf32>, %m: tensor<?x1x1x?xf32>, %n: index, %t: index, %l: index) -> tensor<?x3x?x8xf32> {
  // CHECK-DAG: model.broadcast %arg0 sizes(%arg4, %{{.+}}) : tensor<1x3x?x8xf32> -> tensor<?x3x?x8xf32>
  // CHECK-DAG: model.broadcast %arg2 sizes(%arg4, %{{.+}}) : tensor<1x3x?x8xf32> -> tensor<?x3x?x8xf32>
  // CHECK: model.attention {{.*}} mask %arg3
  %s = model.matmul %q, %kt : (tensor<1x3x?x8xf32>, tensor<1x3x8x?xf32>) -> tensor<1x3x?x?xf32>
  %x = model.broadcast %s sizes(%n, %t, %l) : tensor<1x3x?x?xf32> -> tensor<?x3x?x?xf32>
  %mask = model.broadcast %m sizes(%n, %t, %l) : tensor<?x1x1x?xf32> -> tensor<?x3x?x?xf32>
  %y = arith.addf %x, %mask : tensor<?x3x?x?xf32>
  %init = tensor.empty(%n, %t, %l) : tensor<?x3x?x?xf32>
  %p = linalg.softmax dimension(3) ins(%y : tensor<?x3x?x?xf32>) outs(%init : tensor<?x3x?x?xf32>) -> tensor<?x3x?x?xf32>
  %o = model.matmul %p, %v : (tensor<?x3x?x?xf32>, tensor<1x3x?x8xf32>) -> tensor<?x3x?x8xf32>
  return %o : tensor<?x3x?x8xf32>
}

// -----

!k = tensor<1x2x?x8xf32>
!k5 = tensor<1x2x4x?x8xf32>
!h = tensor<1x8x?x8xf32>

// Llama repeats each key head for four query heads: attention knows to share.
// CHECK-LABEL: @repeated
func.func @repeated(%q: !h, %k: !k, %v: !k) -> !h {
  // CHECK: model.attention %arg0, %arg1, %arg2 scale 1.000000e+00 {{.*}} : (tensor<1x8x?x8xf32>, tensor<1x2x?x8xf32>, tensor<1x2x?x8xf32>) -> tensor<1x8x?x8xf32>
  %two = arith.constant 2 : index
  %t = tensor.dim %q, %two : !h
  %n = tensor.dim %k, %two : !k
  %k1 = tensor.expand_shape %k [[0], [1, 2], [3], [4]] output_shape [1, 2, 1, %n, 8] : !k into tensor<1x2x1x?x8xf32>
  %k4 = model.broadcast %k1 sizes(%n) : tensor<1x2x1x?x8xf32> -> !k5
  %kh = tensor.collapse_shape %k4 [[0], [1, 2], [3], [4]] : !k5 into !h
  %e = tensor.empty(%n) : tensor<1x8x8x?xf32>
  %kt = linalg.transpose ins(%kh : !h) outs(%e : tensor<1x8x8x?xf32>) permutation = [0, 1, 3, 2]
  %s = model.matmul %q, %kt : (!h, tensor<1x8x8x?xf32>) -> tensor<1x8x?x?xf32>
  %init = tensor.empty(%t, %n) : tensor<1x8x?x?xf32>
  %p = linalg.softmax dimension(3) ins(%s : tensor<1x8x?x?xf32>) outs(%init : tensor<1x8x?x?xf32>) -> tensor<1x8x?x?xf32>
  %v1 = tensor.expand_shape %v [[0], [1], [2, 3], [4]] output_shape [1, 2, 1, %n, 8] : !k into tensor<1x2x1x?x8xf32>
  %v4 = model.broadcast %v1 sizes(%n) : tensor<1x2x1x?x8xf32> -> !k5
  %vh = tensor.collapse_shape %v4 [[0], [1, 2], [3], [4]] : !k5 into !h
  %o = model.matmul %p, %vh : (tensor<1x8x?x?xf32>, !h) -> !h
  return %o : !h
}

// -----

!q = tensor<2x3x5x8xf32>
!k = tensor<2x3x7x8xf32>
!kt = tensor<2x3x8x7xf32>
!s = tensor<2x3x5x7xf32>

// What the pass leaves: weights and scores with other readers, a mask that hides
// beside one that is added, 16-bit floats, a softmax along the queries.
// CHECK-LABEL: @left
func.func @left(%q: !q, %kt: !kt, %v: !k, %m: tensor<2x3x5x7xi1>, %a: !s, %hq: tensor<2x3x5x8xf16>, %hk: tensor<2x3x8x7xf16>, %hv: tensor<2x3x7x8xf16>) -> (!q, !s, !q, !s, !q, tensor<2x3x5x8xf16>, !q) {
  // CHECK-NOT: model.attention
  %init = tensor.empty() : !s
  %s0 = model.matmul %q, %kt : (!q, !kt) -> !s
  %p0 = linalg.softmax dimension(3) ins(%s0 : !s) outs(%init : !s) -> !s
  %o0 = model.matmul %p0, %v : (!s, !k) -> !q
  %s1 = model.matmul %q, %kt : (!q, !kt) -> !s
  %p1 = linalg.softmax dimension(3) ins(%s1 : !s) outs(%init : !s) -> !s
  %o1 = model.matmul %p1, %v : (!s, !k) -> !q
  %s2 = model.matmul %q, %kt : (!q, !kt) -> !s
  %least = arith.constant dense<-1.0e4> : !s
  %w2 = arith.select %m, %s2, %least : tensor<2x3x5x7xi1>, !s
  %x2 = arith.addf %w2, %a : !s
  %p2 = linalg.softmax dimension(3) ins(%x2 : !s) outs(%init : !s) -> !s
  %o2 = model.matmul %p2, %v : (!s, !k) -> !q
  %hinit = tensor.empty() : tensor<2x3x5x7xf16>
  %s3 = model.matmul %hq, %hk : (tensor<2x3x5x8xf16>, tensor<2x3x8x7xf16>) -> tensor<2x3x5x7xf16>
  %p3 = linalg.softmax dimension(3) ins(%s3 : tensor<2x3x5x7xf16>) outs(%hinit : tensor<2x3x5x7xf16>) -> tensor<2x3x5x7xf16>
  %o3 = model.matmul %p3, %hv : (tensor<2x3x5x7xf16>, tensor<2x3x7x8xf16>) -> tensor<2x3x5x8xf16>
  %s4 = model.matmul %q, %kt : (!q, !kt) -> !s
  %p4 = linalg.softmax dimension(2) ins(%s4 : !s) outs(%init : !s) -> !s
  %o4 = model.matmul %p4, %v : (!s, !k) -> !q
  return %o0, %p0, %o1, %s1, %o2, %o3, %o4 : !q, !s, !q, !s, !q, tensor<2x3x5x8xf16>, !q
}
