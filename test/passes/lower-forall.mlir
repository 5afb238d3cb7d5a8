// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --lower-forall --split-input-file --verify-diagnostics %s \
// RUN:   | FileCheck %s

// The body becomes a function of a range; what it reads travels in a struct.
// CHECK-LABEL: func.func @scale
// CHECK-SAME: (%[[X:[a-z0-9]+]]: memref<?x8xf32>, %[[N:[a-z0-9]+]]: index)
// CHECK: %[[ENV:[0-9]+]] = llvm.alloca
// CHECK: %[[COUNT:[0-9]+]] = arith.index_cast
// CHECK: call @niello_rt_parallel(%[[COUNT]], %{{[0-9]+}}, %[[ENV]])
func.func @scale(%x: memref<?x8xf32>, %n: index) {
  %two = arith.constant 2.0 : f32
  scf.forall (%i, %j) in (%n, 8) {
    %v = memref.load %x[%i, %j] : memref<?x8xf32>
    %w = arith.mulf %v, %two : f32
    memref.store %w, %x[%i, %j] : memref<?x8xf32>
  }
  return
}
// CHECK-LABEL: func.func private @scale_tile
// CHECK-SAME: (%[[ENV:[a-z0-9]+]]: !llvm.ptr, %[[BEGIN:[a-z0-9]+]]: i64, %[[END:[a-z0-9]+]]: i64)
// CHECK: %[[X:[0-9]+]] = builtin.unrealized_conversion_cast %{{[0-9]+}} : !llvm.struct<{{.*}}> to memref<?x8xf32>
// CHECK: scf.for %[[T:[a-z0-9]+]] =
// CHECK: arith.remui %[[T]]
// CHECK: arith.divui %[[T]]
// CHECK: memref.store %{{[0-9]+}}, %[[X]]

// -----

// Results have no place yet.
func.func @tensors(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @below {{needs buffers by now, but returns tensors}}
  %r = scf.forall (%i) in (8) shared_outs(%o = %x) -> tensor<8xf32> {
    scf.forall.in_parallel {
    }
  }
  return %r : tensor<8xf32>
}
