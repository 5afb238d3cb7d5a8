// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --outline-weight-programs %s | FileCheck %s

model.weight @a file("m.onnx") offset 0 length 8192 encoding "raw" : tensor<64x32xf32>
model.weight @b file("m.onnx") offset 8192 length 8192 encoding "raw" : tensor<64x32xf32>

// Two weights go through one program; neither is in the artefact as it was.
// CHECK-LABEL: module {
// CHECK-NOT:   model.weight @a
// CHECK:       model.weight @folded_0 program(@program_0) of [@a] : tensor<32x64xf32>
// CHECK-NEXT:  model.weight @folded_1 program(@program_0) of [@b] : tensor<32x64xf32>
// CHECK:       func.func @transposed(%[[X:[a-z0-9]+]]: tensor<32x64xf32>)
// CHECK-NEXT:    %[[A:[a-z0-9]+]] = model.load_weight @folded_0
// CHECK-NEXT:    %[[B:[a-z0-9]+]] = model.load_weight @folded_1
// CHECK-NEXT:    %[[S:[a-z0-9]+]] = arith.addf %[[X]], %[[A]]
// CHECK-NEXT:    arith.mulf %[[S]], %[[B]]
// CHECK:       module @weight_programs
// CHECK:         model.weight @a file("m.onnx")
// CHECK:         model.weight @b file("m.onnx")
// CHECK:         func.func @program_0(%[[W:[a-z0-9]+]]: tensor<64x32xf32>)
// CHECK-SAME:        model.weight_program
// CHECK:           linalg.transpose ins(%[[W]]
func.func @transposed(%x: tensor<32x64xf32>) -> tensor<32x64xf32> {
  %a = model.load_weight @a : tensor<64x32xf32>
  %b = model.load_weight @b : tensor<64x32xf32>
  %e = tensor.empty() : tensor<32x64xf32>
  %at = linalg.transpose ins(%a : tensor<64x32xf32>) outs(%e : tensor<32x64xf32>) permutation = [1, 0]
  %bt = linalg.transpose ins(%b : tensor<64x32xf32>) outs(%e : tensor<32x64xf32>) permutation = [1, 0]
  %s = arith.addf %x, %at : tensor<32x64xf32>
  %y = arith.mulf %s, %bt : tensor<32x64xf32>
  return %y : tensor<32x64xf32>
}

// -----
model.weight @g file("m.onnx") offset 0 length 2048 encoding "raw" : tensor<512xf32>
model.weight @v file("m.onnx") offset 2048 length 2048 encoding "raw" : tensor<512xf32>

// A chain over two weights is one program. The broadcast costs its reader
// nothing and stays; so does the view.
// CHECK-LABEL: module {
// CHECK:       model.weight @folded_0 program(@program_0) of [@g, @v] : tensor<512xf32>
// CHECK-LABEL: func.func @chain
// CHECK:         %[[S:[a-z0-9]+]] = model.load_weight @folded_0
// CHECK:         model.broadcast %[[S]]
// CHECK:         tensor.expand_shape %[[S]]
// CHECK-LABEL: func.func @program_0
// CHECK:         math.sqrt
// CHECK:         arith.divf
func.func @chain(%x: tensor<4x512xf32>) -> (tensor<4x512xf32>, tensor<2x256xf32>) {
  %g = model.load_weight @g : tensor<512xf32>
  %v = model.load_weight @v : tensor<512xf32>
  %root = math.sqrt %v : tensor<512xf32>
  %s = arith.divf %g, %root : tensor<512xf32>
  %b = model.broadcast %s : tensor<512xf32> -> tensor<4x512xf32>
  %y = arith.mulf %x, %b : tensor<4x512xf32>
  %r = tensor.expand_shape %s [[0, 1]] output_shape [2, 256] : tensor<512xf32> into tensor<2x256xf32>
  return %y, %r : tensor<4x512xf32>, tensor<2x256xf32>
}

// -----
model.weight @q file("m.onnx") offset 0 length 1048576 encoding "raw" : tensor<1024x1024xi8>
model.weight @small file("m.onnx") offset 1048576 length 262144 encoding "raw" : tensor<512x512xi8>

// Numbers four times as wide: 3 MB more is too much, 768 KB more is not.
// CHECK-LABEL: module {
// CHECK:       model.weight @q file
// CHECK-NEXT:  model.weight @folded_0 program(@program_0) of [@small] : tensor<512x512xf32>
// CHECK-LABEL: func.func @dequantised
// CHECK:         %[[Q:[a-z0-9]+]] = model.load_weight @q
// CHECK:         arith.sitofp %[[Q]]
func.func @dequantised(%x: tensor<1024x1024xf32>, %y: tensor<512x512xf32>) -> (tensor<1024x1024xf32>, tensor<512x512xf32>) {
  %q = model.load_weight @q : tensor<1024x1024xi8>
  %w = arith.sitofp %q : tensor<1024x1024xi8> to tensor<1024x1024xf32>
  %s = model.load_weight @small : tensor<512x512xi8>
  %v = arith.sitofp %s : tensor<512x512xi8> to tensor<512x512xf32>
  %a = arith.addf %x, %w : tensor<1024x1024xf32>
  %b = arith.addf %y, %v : tensor<512x512xf32>
  return %a, %b : tensor<1024x1024xf32>, tensor<512x512xf32>
}

// -----
model.weight @w file("m.onnx") offset 0 length 4194304 encoding "raw" : tensor<1024x1024xf32>

// Used as it is and transposed: both forms would be 4 MB more.
// CHECK-LABEL: func.func @both
// CHECK:         linalg.transpose
// CHECK-NOT:   @weight_programs
func.func @both(%x: tensor<1024x1024xf32>) -> tensor<1024x1024xf32> {
  %w = model.load_weight @w : tensor<1024x1024xf32>
  %e = tensor.empty() : tensor<1024x1024xf32>
  %t = linalg.transpose ins(%w : tensor<1024x1024xf32>) outs(%e : tensor<1024x1024xf32>) permutation = [1, 0]
  %a = arith.addf %x, %w : tensor<1024x1024xf32>
  %y = arith.mulf %a, %t : tensor<1024x1024xf32>
  return %y : tensor<1024x1024xf32>
}

// -----
model.weight @w file("m.onnx") offset 0 length 67125248 encoding "raw" : tensor<4097x4096xf32>

// 64 MB and 16 KB.
// CHECK-LABEL: func.func @large
// CHECK:         linalg.transpose
// CHECK-NOT:   @weight_programs
func.func @large(%x: tensor<4096x4097xf32>) -> tensor<4096x4097xf32> {
  %w = model.load_weight @w : tensor<4097x4096xf32>
  %e = tensor.empty() : tensor<4096x4097xf32>
  %t = linalg.transpose ins(%w : tensor<4097x4096xf32>) outs(%e : tensor<4096x4097xf32>) permutation = [1, 0]
  %y = arith.addf %x, %t : tensor<4096x4097xf32>
  return %y : tensor<4096x4097xf32>
}

// -----
model.weight @w file("m.onnx") offset 0 length 4194304 encoding "raw" : tensor<1024x1024xf32>

// Two products are 2^31 steps, too many; after one, both tensors are kept.
// CHECK-LABEL: func.func @long
// CHECK:         %[[A:[a-z0-9]+]] = model.load_weight @w
// CHECK:         model.matmul %[[A]], %[[A]]
// CHECK-NOT:   @weight_programs
func.func @long(%x: tensor<1024x1024xf32>) -> tensor<1024x1024xf32> {
  %w = model.load_weight @w : tensor<1024x1024xf32>
  %a = model.matmul %w, %w : (tensor<1024x1024xf32>, tensor<1024x1024xf32>) -> tensor<1024x1024xf32>
  %b = model.matmul %w, %a : (tensor<1024x1024xf32>, tensor<1024x1024xf32>) -> tensor<1024x1024xf32>
  %y = arith.addf %x, %b : tensor<1024x1024xf32>
  return %y : tensor<1024x1024xf32>
}

// -----
model.weight @w file("m.onnx") offset 0 length 2048 encoding "raw" : tensor<512xf32>
model.weight @n file("m.onnx") offset 2048 length 4096 encoding "raw" : tensor<512xi64>

// Not the same twice, not known to end, not sure to run, not static, not a
// tensor.
// CHECK-LABEL: func.func @refused
// CHECK:         tensor.extract
// CHECK:         model.random
// CHECK:         scf.for
// CHECK:         scf.if
// CHECK:           math.exp
// CHECK-NOT:   @weight_programs
func.func @refused(%x: tensor<512xf32>, %c: i1, %i: index) -> (tensor<512xf32>, tensor<512xf32>, tensor<512xf32>, i64) {
  %w = model.load_weight @w : tensor<512xf32>
  %n = model.load_weight @n : tensor<512xi64>
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %first = tensor.extract %n[%zero] : tensor<512xi64>
  %trips = arith.index_cast %first : i64 to index
  %noise = model.random normal seed 7 first 0.0 second 1.0 : tensor<512xf32>
  %noisy = arith.addf %noise, %w : tensor<512xf32>
  %loop = scf.for %k = %zero to %trips step %one iter_args(%t = %w) -> tensor<512xf32> {
    %u = math.sqrt %t : tensor<512xf32>
    scf.yield %u : tensor<512xf32>
  }
  %branch = scf.if %c -> tensor<512xf32> {
    %u = math.exp %w : tensor<512xf32>
    scf.yield %u : tensor<512xf32>
  } else {
    scf.yield %x : tensor<512xf32>
  }
  return %noisy, %loop, %branch, %first : tensor<512xf32>, tensor<512xf32>, tensor<512xf32>, i64
}
