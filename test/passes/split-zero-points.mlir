// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --split-zero-points %s | FileCheck %s
// RUN: niello-opt --split-input-file --split-zero-points %s -o %t
// RUN: niello-opt --split-input-file --split-zero-points %t | diff %t -
// RUN: niello-opt --split-input-file --split-zero-points --explain=split-zero-points %s 2>&1 >/dev/null | FileCheck %s --check-prefix=WHY

!a = tensor<?x64xi8>
!b = tensor<64x32xi8>

// A zero point of the file on the left: the sums of the columns of b, times it,
// are subtracted. No sums of rows: the right one is 0.
// CHECK-LABEL: @constant_left
// CHECK:         %[[P:.+]] = model.matmul %arg0, %arg1 {signed_lhs = false} : (tensor<?x64xi8>, tensor<64x32xi8>) -> tensor<?x32xi32>
// CHECK:         %[[SUMS:.+]] = linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]} ins(%arg1
// CHECK:           arith.extsi
// CHECK:         %[[SCALED:.+]] = linalg.generic {{.*}} ins(%[[SUMS]] : tensor<32xi32>)
// CHECK:           %c130_i32
// CHECK-NOT:     reduction
// CHECK:         %[[Y:.+]] = linalg.generic {{.*}} ins(%[[P]], %[[SCALED]] : tensor<?x32xi32>, tensor<32xi32>)
// CHECK:           arith.subi
// CHECK:         return %[[Y]]
func.func @constant_left(%a: !a, %b: !b) -> tensor<?x32xi32> {
  %p = arith.constant dense<130> : tensor<i8>
  %q = arith.constant dense<0> : tensor<32xi8>
  %y = model.matmul %a, %b zeros_lhs %p zeros_rhs %q {signed_lhs = false} : (!a, !b, tensor<i8>, tensor<32xi8>) -> tensor<?x32xi32>
  return %y : tensor<?x32xi32>
}

// -----
!a = tensor<?x64xi8>
!b = tensor<64x32xi8>

// Both of run time, one a column on the right: the sums of a's rows as well.
// CHECK-LABEL: @both
// CHECK:         %[[P:.+]] = model.matmul %arg0, %arg1 {signed_lhs = false}
// CHECK:         linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]} ins(%arg1
// CHECK:         %[[COLUMNS:.+]] = linalg.generic {{.*}} ins(%{{.+}}, %arg3 : tensor<32xi32>, tensor<32xi8>)
// CHECK:           arith.extsi
// CHECK:           arith.muli %{{.+}}, %c64_i32
// CHECK:         %[[ROWS:.+]] = linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]} ins(%arg0
// CHECK:           arith.extui
// CHECK:         linalg.generic {{.*}} ins(%[[P]], %[[COLUMNS]], %arg2, %[[ROWS]], %arg3 :
func.func @both(%a: !a, %b: !b, %p: tensor<i8>, %q: tensor<32xi8>) -> tensor<?x32xi32> {
  %y = model.matmul %a, %b zeros_lhs %p zeros_rhs %q {signed_lhs = false} : (!a, !b, tensor<i8>, tensor<32xi8>) -> tensor<?x32xi32>
  return %y : tensor<?x32xi32>
}

// -----
!a = tensor<64x64xi8>
!b = tensor<64x32xi8>

// Signs that processors do not multiply: the highest bits are flipped, which
// moves the zero points by 128. -128 on the left is 0 then, 128 on the right
// too, and nothing is left to correct.
// CHECK-LABEL: @signs
// CHECK:         %[[A:.+]] = linalg.generic {{.*}} ins(%arg0
// CHECK:           arith.xori %{{.+}}, %c-128_i8
// CHECK:         %[[B:.+]] = linalg.generic {{.*}} ins(%arg1
// CHECK:           arith.xori %{{.+}}, %c-128_i8
// CHECK:         %[[Y:.+]] = model.matmul %[[A]], %[[B]] {signed_lhs = false} : (tensor<64x64xi8>, tensor<64x32xi8>) -> tensor<64x32xi32>
// CHECK-NEXT:    return %[[Y]]
func.func @signs(%a: !a, %b: !b) -> tensor<64x32xi32> {
  %p = arith.constant dense<-128> : tensor<i8>
  %q = arith.constant dense<128> : tensor<i8>
  %y = model.matmul %a, %b zeros_lhs %p zeros_rhs %q {signed_rhs = false} : (!a, !b, tensor<i8>, tensor<i8>) -> tensor<64x32xi32>
  return %y : tensor<64x32xi32>
}

// -----
!a = tensor<64x64xi8>
!b = tensor<64x32xi8>

// Near misses: a zero point that differs along the sum; 32 bits; and what
// processors multiply already.
// WHY: split-zero-points
// WHY-DAG: a zero point of it differs along the sum
// WHY-DAG: its factors are not bytes
// WHY-DAG: it has no zero points
// CHECK-LABEL: @near_misses
// CHECK-NEXT:    model.matmul %arg0, %arg1 zeros_lhs %arg2
// CHECK-NEXT:    model.matmul %arg3, %arg3
// CHECK-NEXT:    model.matmul %arg0, %arg1 {signed_lhs = false}
// CHECK-NEXT:    return
func.func @near_misses(%a: !a, %b: !b, %p: tensor<64xi8>, %w: tensor<8x8xi32>)
    -> (tensor<64x32xi32>, tensor<8x8xi32>, tensor<64x32xi32>) {
  %x = model.matmul %a, %b zeros_lhs %p : (!a, !b, tensor<64xi8>) -> tensor<64x32xi32>
  %y = model.matmul %w, %w : (tensor<8x8xi32>, tensor<8x8xi32>) -> tensor<8x8xi32>
  %z = model.matmul %a, %b {signed_lhs = false} : (!a, !b) -> tensor<64x32xi32>
  return %x, %y, %z : tensor<64x32xi32>, tensor<8x8xi32>, tensor<64x32xi32>
}
