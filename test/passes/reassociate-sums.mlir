// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --reassociate-sums %s | FileCheck %s

// The sum may be split and the product fused into it; no other flag is set.
// CHECK-LABEL: @dot
func.func @dot(%a: memref<?xf32>, %b: memref<?xf32>, %n: index) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%s = %zero) -> f32 {
    %x = memref.load %a[%i] : memref<?xf32>
    %y = memref.load %b[%i] : memref<?xf32>
    // CHECK: arith.mulf %{{[0-9]+}}, %{{[0-9]+}} fastmath<contract> : f32
    %p = arith.mulf %x, %y : f32
    // CHECK: arith.addf %{{[a-z0-9]+}}, %{{[a-z0-9]+}} fastmath<reassoc,contract> : f32
    %t = arith.addf %s, %p : f32
    scf.yield %t : f32
  }
  return %r : f32
}

// A sum whose steps are read too keeps its order.
// CHECK-LABEL: @running
func.func @running(%a: memref<?xf32>, %n: index) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%s = %zero) -> f32 {
    %x = memref.load %a[%i] : memref<?xf32>
    memref.store %s, %a[%i] : memref<?xf32>
    // CHECK-NOT: fastmath
    %t = arith.addf %s, %x : f32
    scf.yield %t : f32
  }
  return %r : f32
}
