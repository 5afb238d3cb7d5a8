// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --approximate-math %s | FileCheck %s
// RUN: niello-opt --approximate-math=fma=false %s | FileCheck %s --check-prefix=SPLIT

// No call is left, and no step that a NaN would turn into undefined behaviour.
// CHECK-LABEL: @exp
// SPLIT-LABEL: @exp
func.func @exp(%x: vector<16xf32>) -> vector<16xf32> {
  // CHECK-NOT: arith.fptosi
  // CHECK-COUNT-6: math.fma
  // CHECK: arith.bitcast
  // CHECK-NOT: math.exp
  // SPLIT-NOT: math.fma
  %y = math.exp %x : vector<16xf32>
  return %y : vector<16xf32>
}

// f16 is computed in f32.
// CHECK-LABEL: @tanh_half
func.func @tanh_half(%x: f16) -> f16 {
  // CHECK: arith.extf %{{.+}} : f16 to f32
  // CHECK-NOT: math.tanh
  // CHECK: arith.truncf %{{.+}} : f32 to f16
  %y = math.tanh %x : f16
  return %y : f16
}

// CHECK-LABEL: @log_erf
func.func @log_erf(%x: f32) -> (f32, f32) {
  // CHECK-NOT: math.log
  // CHECK-NOT: math.erf
  %y = math.log %x : f32
  %z = math.erf %x : f32
  return %y, %z : f32, f32
}

// f64 and sin have no replacement: they become calls later.
// CHECK-LABEL: @left
func.func @left(%x: f64, %y: f32) -> (f64, f32) {
  // CHECK: math.exp
  // CHECK: math.sin
  %e = math.exp %x : f64
  %s = math.sin %y : f32
  return %e, %s : f64, f32
}
