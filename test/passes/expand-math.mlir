// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --expand-math %s | FileCheck %s

// Small arguments keep their digits: log(1 + x) alone would return 0 for them.
// CHECK-LABEL: @log1p
// CHECK-SAME: (%[[X:[a-z0-9]+]]: f32)
func.func @log1p(%x: f32) -> f32 {
  // CHECK: %[[U:.+]] = arith.addf %[[X]]
  // CHECK: %[[R:.+]] = arith.subf %[[U]]
  // CHECK: %[[L:.+]] = math.log %[[U]]
  // CHECK: %[[Q:.+]] = arith.divf %[[X]], %[[R]]
  // CHECK: arith.mulf %[[L]], %[[Q]]
  %y = math.log1p %x : f32
  return %y : f32
}

// CHECK-LABEL: @expm1
func.func @expm1(%x: vector<4xf64>) -> vector<4xf64> {
  // CHECK: math.exp
  // CHECK: math.log
  // CHECK-NOT: math.expm1
  %y = math.expm1 %x : vector<4xf64>
  return %y : vector<4xf64>
}
