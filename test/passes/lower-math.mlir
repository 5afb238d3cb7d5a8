// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --lower-math %s | FileCheck %s
// RUN: niello-opt --lower-math=polynomials %s | FileCheck %s --check-prefix=FAST

// Without an intrinsic of LLVM's: the library, or a polynomial.
// CHECK-LABEL: @use_erf
// FAST-LABEL: @use_erf
func.func @use_erf(%x: f32) -> f32 {
  // CHECK: call @erff
  // FAST-NOT: call
  // FAST: math.fma
  %r = math.erf %x : f32
  return %r : f32
}

// With one: left to LLVM, or a polynomial.
// CHECK-LABEL: @use_exp
// FAST-LABEL: @use_exp
func.func @use_exp(%x: f32) -> f32 {
  // CHECK: math.exp
  // FAST-NOT: math.exp
  %r = math.exp %x : f32
  return %r : f32
}

// No polynomial is good enough.
// CHECK-LABEL: @use_expm1
// FAST-LABEL: @use_expm1
func.func @use_expm1(%x: f32, %y: f64) -> (f32, f64) {
  // CHECK: call @expm1f
  // FAST: call @expm1f
  %r = math.expm1 %x : f32
  // FAST: call @expm1(
  %s = math.expm1 %y : f64
  return %r, %s : f32, f64
}

// An instruction.
// CHECK-LABEL: @use_sqrt
func.func @use_sqrt(%x: f32) -> f32 {
  // CHECK: math.sqrt
  %r = math.sqrt %x : f32
  return %r : f32
}
