// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --lower-require %s | FileCheck %s

// Equal sentences are stored once; numbers that are not given are 0.
// CHECK-DAG: llvm.mlir.global private constant @sentence("no\00")
// CHECK-DAG: llvm.mlir.global private constant @sentence_0("index {0} of {1}\00")
// CHECK-LABEL: @checks
// CHECK-SAME: (%[[OK:[a-z0-9]+]]: i1, %[[I:[a-z0-9]+]]: index, %[[N:[a-z0-9]+]]: index)
func.func @checks(%ok: i1, %i: index, %n: index) {
  // CHECK: %[[FAILED:[0-9]+]] = arith.xori %[[OK]]
  // CHECK: scf.if %[[FAILED]]
  // CHECK: %[[CODE:[a-z0-9_]+]] = arith.constant 5 : i32
  // CHECK: func.call @niello_rt_fail(%[[CODE]]
  model.require %ok, 5, "no"
  model.require %ok, 5, "no"
  // CHECK: %[[A:[0-9]+]] = arith.index_cast %[[I]]
  // CHECK: %[[B:[0-9]+]] = arith.index_cast %[[N]]
  // CHECK: func.call @niello_rt_fail(%{{[a-z0-9_]+}}, %{{[0-9]+}}, %[[A]], %[[B]])
  model.require %ok, 5, "index {0} of {1}", %i, %n
  return
}
