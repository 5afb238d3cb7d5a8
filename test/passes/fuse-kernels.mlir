// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --convert-elementwise-to-linalg --fuse-elementwise --fuse-kernels %s | FileCheck %s

!x = tensor<4x8xf32>
!y = tensor<4x16xf32>

// A contraction takes the elementwise work behind it; its bare product is no
// output of the kernel.
// CHECK-LABEL: @gemm
// CHECK-SAME: (%[[X:[a-z0-9]+]]: tensor<4x8xf32>, %[[W:[a-z0-9]+]]: tensor<8x16xf32>, %[[R:[a-z0-9]+]]: tensor<4x16xf32>)
func.func @gemm(%x: !x, %w: tensor<8x16xf32>, %r: !y) -> !y attributes {model.entry} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : !y
  %f = linalg.fill ins(%zero : f32) outs(%e : !y) -> !y
  // CHECK: %[[Y:.+]] = kernel.gemm "gemm" ins(%{{.+}} = %[[X]] : {{[^,]*}}, %{{.+}} = %[[W]] : {{[^,]*}}, %{{.+}} = %[[R]] : {{[^,]*}}) outs(%[[O:[a-z0-9]+]] =
  // CHECK: linalg.fill
  // CHECK: %[[M:.+]] = linalg.generic
  // CHECK: linalg.generic {{.*}} outs(%[[O]]
  // CHECK: kernel.yield
  // CHECK: return %[[Y]]
  %m = linalg.matmul ins(%x, %w : !x, tensor<8x16xf32>) outs(%f : !y) -> !y
  %y = arith.addf %m, %r : !y
  return %y : !y
}

// -----

!x = tensor<4x32xf32>

// Softmax is one kernel; its row loop is the first of each operation.
// CHECK-LABEL: @rows
func.func @rows(%x: !x) -> !x attributes {model.entry} {
  %e = tensor.empty() : !x
  // CHECK: kernel.rows "rows"
  // CHECK-SAME: attributes {rows = 1 : i64}
  // CHECK: arith.maxnumf
  // CHECK: math.exp
  // CHECK: arith.addf
  // CHECK: arith.divf
  // CHECK: kernel.yield
  // CHECK-NEXT: }
  // CHECK-NEXT: return
  %y = linalg.softmax dimension(1) ins(%x : !x) outs(%e : !x) -> !x
  return %y : !x
}

// -----

!x = tensor<4x32xf32>

// A value that two kernels read is an output of the one that makes it.
// CHECK-LABEL: @two_readers
func.func @two_readers(%x: !x) -> (!x, !x) attributes {model.entry} {
  // CHECK: %[[E:.+]] = kernel.map
  // CHECK: kernel.map "map" ins(%{{.+}} = %[[E]]
  // CHECK: kernel.map "map" ins(%{{.+}} = %[[E]]
  %a = math.exp %x : !x
  %b = math.sqrt %a : !x
  %c = math.absf %a : !x
  return %b, %c : !x, !x
}

// -----

// A slice that a kernel reads is made dense first.
// CHECK-LABEL: @slice
func.func @slice(%x: tensor<4x64xf32>) -> tensor<4x32xf32> attributes {model.entry} {
  // CHECK: %[[S:.+]] = kernel.move
  // CHECK: tensor.extract_slice
  // CHECK: linalg.copy
  // CHECK: kernel.map "map" ins(%{{.+}} = %[[S]]
  %s = tensor.extract_slice %x[0, 8] [4, 32] [1, 1] : tensor<4x64xf32> to tensor<4x32xf32>
  %y = math.exp %s : tensor<4x32xf32>
  return %y : tensor<4x32xf32>
}

// -----

// Shape arithmetic and other small things stay outside.
// CHECK-LABEL: @tiny
// CHECK-NOT: kernel
func.func @tiny(%x: tensor<3xi64>, %y: tensor<3xi64>) -> tensor<3xi64> attributes {model.entry} {
  %s = arith.addi %x, %y : tensor<3xi64>
  return %s : tensor<3xi64>
}
