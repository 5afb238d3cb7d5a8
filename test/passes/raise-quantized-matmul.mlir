// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --raise-quantized-matmul %s | FileCheck %s
// RUN: niello-opt --split-input-file --raise-quantized-matmul %s -o %t
// RUN: niello-opt --split-input-file --raise-quantized-matmul %t | diff %t -
// RUN: niello-opt --split-input-file --raise-quantized-matmul --explain=raise-quantized-matmul %s 2>&1 >/dev/null | FileCheck %s --check-prefix=WHY

#id = affine_map<(m, n) -> (m, n)>

// A scale and a zero point of all on the left, a scale a column on the right:
// their product scales the sum.
// CHECK-LABEL: @linear
// CHECK-SAME:    (%[[A:[a-z0-9]+]]: tensor<?x64xi8>, %[[W:[a-z0-9]+]]: tensor<64x32xi8>, %[[T:[a-z0-9]+]]: tensor<32xf32>
// CHECK-DAG:     %[[S:.+]] = arith.constant dense<2.000000e-02> : tensor<f32>
// CHECK-DAG:     %[[P:.+]] = arith.constant dense<-126> : tensor<i8>
// CHECK:         %[[SUM:.+]] = model.matmul %[[A]], %[[W]] zeros_lhs %[[P]] {signed_lhs = false} : (tensor<?x64xi8>, tensor<64x32xi8>, tensor<i8>) -> tensor<?x32xi32>
// CHECK:         %[[ST:.+]] = linalg.generic {{.*}} ins(%[[T]], %[[S]] : tensor<32xf32>, tensor<f32>)
// CHECK:         %[[Y:.+]] = linalg.generic {{.*}} ins(%[[SUM]], %[[ST]] : tensor<?x32xi32>, tensor<32xf32>)
// CHECK:           arith.sitofp
// CHECK:           arith.mulf
// CHECK:         return %[[Y]]
func.func @linear(%a: tensor<?x64xi8>, %w: tensor<64x32xi8>, %t: tensor<32xf32>, %m: index) -> tensor<?x32xf32> {
  %s = arith.constant dense<2.000000e-02> : tensor<f32>
  %p = arith.constant dense<130> : tensor<i8>
  %ss = model.broadcast %s sizes(%m) : tensor<f32> -> tensor<?x64xf32>
  %pp = model.broadcast %p sizes(%m) : tensor<i8> -> tensor<?x64xi8>
  %e = tensor.empty(%m) : tensor<?x64xf32>
  %x = linalg.generic {indexing_maps = [#id, #id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %ss, %pp : tensor<?x64xi8>, tensor<?x64xf32>, tensor<?x64xi8>) outs(%e : tensor<?x64xf32>) {
  ^bb0(%q: i8, %sc: f32, %z: i8, %o: f32):
    %q32 = arith.extui %q : i8 to i32
    %z32 = arith.extui %z : i8 to i32
    %d = arith.subi %q32, %z32 : i32
    %f = arith.sitofp %d : i32 to f32
    %r = arith.mulf %f, %sc : f32
    linalg.yield %r : f32
  } -> tensor<?x64xf32>
  %tt = model.broadcast %t : tensor<32xf32> -> tensor<64x32xf32>
  %ew = tensor.empty() : tensor<64x32xf32>
  %ww = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%w, %tt : tensor<64x32xi8>, tensor<64x32xf32>) outs(%ew : tensor<64x32xf32>) {
  ^bb0(%q: i8, %sc: f32, %o: f32):
    %f = arith.sitofp %q : i8 to f32
    %r = arith.mulf %f, %sc : f32
    linalg.yield %r : f32
  } -> tensor<64x32xf32>
  %y = model.matmul %x, %ww : (tensor<?x64xf32>, tensor<64x32xf32>) -> tensor<?x32xf32>
  return %y : tensor<?x32xf32>
}

// -----
#id = affine_map<(m, n) -> (m, n)>

// Stored as a Gemm stores them, with a scale a row of what is stored: the
// transpose is taken of the bytes. A scale a row on the left is a factor of its
// own, so that no tensor is larger than the product.
// CHECK-LABEL: @transposed
// CHECK:         %[[W:.+]] = linalg.transpose ins(%arg1 : tensor<32x64xi8>) outs(%{{.+}} : tensor<64x32xi8>) permutation = [1, 0]
// CHECK:         %[[T:.+]] = linalg.transpose ins(%arg3 : tensor<32x1xf32>) outs(%{{.+}} : tensor<1x32xf32>) permutation = [1, 0]
// CHECK:         %[[SUM:.+]] = model.matmul %arg0, %[[W]] : (tensor<8x64xi8>, tensor<64x32xi8>) -> tensor<8x32xi32>
// CHECK:         linalg.generic {{.*}} ins(%[[SUM]], %arg2, %[[T]] : tensor<8x32xi32>, tensor<8x1xf32>, tensor<1x32xf32>)
func.func @transposed(%a: tensor<8x64xi8>, %w: tensor<32x64xi8>, %s: tensor<8x1xf32>, %t: tensor<32x1xf32>) -> tensor<8x32xf32> {
  %ss = model.broadcast %s : tensor<8x1xf32> -> tensor<8x64xf32>
  %e = tensor.empty() : tensor<8x64xf32>
  %x = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %ss : tensor<8x64xi8>, tensor<8x64xf32>) outs(%e : tensor<8x64xf32>) {
  ^bb0(%q: i8, %sc: f32, %o: f32):
    %f = arith.sitofp %q : i8 to f32
    %r = arith.mulf %f, %sc : f32
    linalg.yield %r : f32
  } -> tensor<8x64xf32>
  %tt = model.broadcast %t : tensor<32x1xf32> -> tensor<32x64xf32>
  %ew = tensor.empty() : tensor<32x64xf32>
  %ww = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%w, %tt : tensor<32x64xi8>, tensor<32x64xf32>) outs(%ew : tensor<32x64xf32>) {
  ^bb0(%q: i8, %sc: f32, %o: f32):
    %f = arith.sitofp %q : i8 to f32
    %r = arith.mulf %f, %sc : f32
    linalg.yield %r : f32
  } -> tensor<32x64xf32>
  %et = tensor.empty() : tensor<64x32xf32>
  %wt = linalg.transpose ins(%ww : tensor<32x64xf32>) outs(%et : tensor<64x32xf32>) permutation = [1, 0]
  %y = model.matmul %x, %wt : (tensor<8x64xf32>, tensor<64x32xf32>) -> tensor<8x32xf32>
  return %y : tensor<8x32xf32>
}

// -----
#id = affine_map<(m, n) -> (m, n)>

// Near misses: a scale that differs along the sum (a scale a row of a right
// factor that is not transposed), one factor that is not dequantised at all,
// and factors of 16 bits.
// WHY: raise-quantized-matmul
// WHY-DAG: the scale or the zero point of a factor differs along the sum
// WHY-DAG: its right factor is not dequantised
// WHY-DAG: a factor of it is not stored in bytes
// WHY-DAG: its factors are not dequantised
// WHY-DAG: it is no product of f32
// CHECK-LABEL: @near_misses
// CHECK-COUNT-3: model.matmul {{.*}} -> tensor<8x8xf32>
// CHECK-NOT:     -> tensor<8x8xi32>
func.func @near_misses(%a: tensor<8x8xi8>, %s: tensor<8x1xf32>, %b: tensor<8x8xi16>, %f: tensor<8x8xf32>, %d: tensor<8x8xf64>)
    -> (tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf64>) {
  %ss = model.broadcast %s : tensor<8x1xf32> -> tensor<8x8xf32>
  %e = tensor.empty() : tensor<8x8xf32>
  %x = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %ss : tensor<8x8xi8>, tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%q: i8, %sc: f32, %o: f32):
    %n = arith.sitofp %q : i8 to f32
    %r = arith.mulf %n, %sc : f32
    linalg.yield %r : f32
  } -> tensor<8x8xf32>
  %w = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%b, %ss : tensor<8x8xi16>, tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%q: i16, %sc: f32, %o: f32):
    %n = arith.sitofp %q : i16 to f32
    %r = arith.mulf %n, %sc : f32
    linalg.yield %r : f32
  } -> tensor<8x8xf32>
  %y = model.matmul %x, %x : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %z = model.matmul %x, %f : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %v = model.matmul %w, %w : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %u = model.matmul %f, %f : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %t = model.matmul %d, %d : (tensor<8x8xf64>, tensor<8x8xf64>) -> tensor<8x8xf64>
  return %y, %z, %v, %u, %t : tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf64>
}

// -----
#id = affine_map<(m, n) -> (m, n)>

// Near miss: 33026 products of 255 by 255 are more than 2^31.
// WHY: it sums 33026 products, and more than 33025 could overflow i32
// CHECK-LABEL: @deep
// CHECK:         model.matmul {{.*}} -> tensor<1x1xf32>
func.func @deep(%a: tensor<1x33026xi8>, %b: tensor<33026x1xi8>, %s: tensor<f32>) -> tensor<1x1xf32> {
  %ss = model.broadcast %s : tensor<f32> -> tensor<1x33026xf32>
  %e = tensor.empty() : tensor<1x33026xf32>
  %x = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %ss : tensor<1x33026xi8>, tensor<1x33026xf32>) outs(%e : tensor<1x33026xf32>) {
  ^bb0(%q: i8, %sc: f32, %o: f32):
    %n = arith.sitofp %q : i8 to f32
    %r = arith.mulf %n, %sc : f32
    linalg.yield %r : f32
  } -> tensor<1x33026xf32>
  %tt = model.broadcast %s : tensor<f32> -> tensor<33026x1xf32>
  %f = tensor.empty() : tensor<33026x1xf32>
  %w = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%b, %tt : tensor<33026x1xi8>, tensor<33026x1xf32>) outs(%f : tensor<33026x1xf32>) {
  ^bb0(%q: i8, %sc: f32, %o: f32):
    %n = arith.sitofp %q : i8 to f32
    %r = arith.mulf %n, %sc : f32
    linalg.yield %r : f32
  } -> tensor<33026x1xf32>
  %y = model.matmul %x, %w : (tensor<1x33026xf32>, tensor<33026x1xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}
