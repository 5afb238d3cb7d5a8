// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --guard-division %s | FileCheck %s

// The divisor is checked, and -1 never reaches the instruction, which traps
// for the smallest dividend.
// CHECK-LABEL: @signed
// CHECK-SAME: (%[[A:[a-z0-9]+]]: i32, %[[B:[a-z0-9]+]]: i32)
func.func @signed(%a: i32, %b: i32) -> i32 {
  // CHECK: %[[OK:[0-9]+]] = arith.cmpi ne, %[[B]]
  // CHECK: model.require %[[OK]], 5, "integer division by zero in '/Div'"
  // CHECK: %[[SAFE:[0-9]+]] = arith.select %[[OK]], %[[B]]
  // CHECK: %[[NEGATES:[0-9]+]] = arith.cmpi eq, %[[B]]
  // CHECK: %[[D:[0-9]+]] = arith.select %[[NEGATES]], %{{[a-z0-9_]+}}, %[[SAFE]]
  // CHECK: %[[Q:[0-9]+]] = arith.divsi %[[A]], %[[D]]
  // CHECK: %[[N:[0-9]+]] = arith.subi %{{[a-z0-9_]+}}, %[[A]]
  // CHECK: arith.select %[[NEGATES]], %[[N]], %[[Q]]
  %q = arith.divsi %a, %b : i32 loc("/Div")
  return %q : i32
}

// The remainder by -1 is 0.
// CHECK-LABEL: @remainder
func.func @remainder(%a: i64, %b: i64) -> i64 {
  // CHECK: %[[ZERO:[a-z0-9_]+]] = arith.constant 0 : i64
  // CHECK: model.require %{{[0-9]+}}, 5, "integer division by zero"
  // CHECK: %[[R:[0-9]+]] = arith.remsi
  // CHECK: arith.select %{{[0-9]+}}, %[[ZERO]], %[[R]]
  %r = arith.remsi %a, %b : i64
  return %r : i64
}

// Unsigned numbers have no -1.
// CHECK-LABEL: @unsigned
func.func @unsigned(%a: i8, %b: i8) -> i8 {
  // CHECK: model.require
  // CHECK-NOT: arith.cmpi eq
  // CHECK: arith.divui
  %q = arith.divui %a, %b : i8
  return %q : i8
}

// A vector is checked as a whole.
// CHECK-LABEL: @vector
func.func @vector(%a: vector<4xi32>, %b: vector<4xi32>) -> vector<4xi32> {
  // CHECK: %[[ALL:[0-9]+]] = vector.reduction <and>
  // CHECK: model.require %[[ALL]]
  %q = arith.divui %a, %b : vector<4xi32>
  return %q : vector<4xi32>
}

// A constant that is neither 0 nor -1 needs nothing.
// CHECK-LABEL: @constant
func.func @constant(%a: i32) -> i32 {
  // CHECK-NOT: model.require
  %three = arith.constant 3 : i32
  %q = arith.divsi %a, %three : i32
  return %q : i32
}
