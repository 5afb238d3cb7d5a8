// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --lower-math %s | FileCheck %s

// Without an intrinsic of LLVM's.
// CHECK-LABEL: @use_erf
func.func @use_erf(%x: f32, %y: f64) -> (f32, f64) {
  // CHECK: call @erff
  %r = math.erf %x : f32
  // CHECK: call @erf(
  %s = math.erf %y : f64
  return %r, %s : f32, f64
}

// A vector by elements.
// CHECK-LABEL: @use_expm1
func.func @use_expm1(%x: vector<2xf64>) -> vector<2xf64> {
  // CHECK: call @expm1(
  // CHECK: call @expm1(
  %r = math.expm1 %x : vector<2xf64>
  return %r : vector<2xf64>
}

// LLVM calls the library, or has an instruction.
// CHECK-LABEL: @use_exp
func.func @use_exp(%x: f32) -> f32 {
  // CHECK: math.exp
  %r = math.exp %x : f32
  // CHECK: math.sqrt
  %s = math.sqrt %r : f32
  return %s : f32
}
