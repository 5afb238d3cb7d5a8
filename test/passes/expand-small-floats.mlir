// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --expand-small-floats %s | FileCheck %s
// RUN: niello-opt --expand-small-floats=f16 %s | FileCheck %s --check-prefix=F16

// bfloat16 is the upper half of f32.
// CHECK-LABEL: @from_bf16
func.func @from_bf16(%x: bf16) -> f32 {
  // CHECK: %[[C:[a-z0-9_]+]] = arith.constant 16 : i32
  // CHECK: %[[B:[0-9]+]] = arith.bitcast %{{[a-z0-9]+}} : bf16 to i16
  // CHECK: %[[W:[0-9]+]] = arith.extui %[[B]] : i16 to i32
  // CHECK: %[[S:[0-9]+]] = arith.shli %[[W]], %[[C]]
  // CHECK: arith.bitcast %[[S]] : i32 to f32
  %r = arith.extf %x : bf16 to f32
  return %r : f32
}

// From f64 by way of an f32 that remembers whether it is exact.
// CHECK-LABEL: @bf16_from_f64
func.func @bf16_from_f64(%x: f64) -> bf16 {
  // CHECK: arith.truncf %{{[a-z0-9]+}} : f64 to f32
  // CHECK: arith.cmpf one
  // CHECK: arith.bitcast %{{[0-9]+}} : i16 to bf16
  %r = arith.truncf %x : f64 to bf16
  return %r : bf16
}

// Vectors as scalars.
// CHECK-LABEL: @vector
func.func @vector(%x: vector<4xf8E4M3FN>) -> vector<4xf32> {
  // CHECK-NOT: arith.extf
  // CHECK: arith.bitcast %{{[0-9]+}} : vector<4xi32> to vector<4xf32>
  %r = arith.extf %x : vector<4xf8E4M3FN> to vector<4xf32>
  return %r : vector<4xf32>
}

// CHECK-LABEL: @to_f8
func.func @to_f8(%x: f32) -> f8E5M2 {
  // CHECK-NOT: arith.truncf
  // CHECK: arith.bitcast %{{[0-9]+}} : i8 to f8E5M2
  %r = arith.truncf %x : f32 to f8E5M2
  return %r : f8E5M2
}

// The target converts f16, unless it does not.
// CHECK-LABEL: @f16
// F16-LABEL: @f16
func.func @f16(%x: f16) -> f32 {
  // CHECK: arith.extf
  // F16-NOT: arith.extf
  %r = arith.extf %x : f16 to f32
  return %r : f32
}
