// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --plan-arena --canonicalize --cse %s | FileCheck %s

func.func private @use(memref<16xf32>)
func.func private @use_dynamic(memref<?xf32>)
func.func private @use_bytes(memref<8192xi8>)

// Constant sizes share by offset: %c lies where %a was.
// CHECK-LABEL: @static
func.func @static() attributes {model.entry} {
  // CHECK-DAG: %[[TOTAL:[a-z0-9_]+]] = arith.constant 128 : i64
  // CHECK-DAG: %[[C0:[a-z0-9_]+]] = arith.constant 0 : index
  // CHECK-DAG: %[[C64:[a-z0-9_]+]] = arith.constant 64 : index
  // CHECK: call @niello_rt_arena(%[[TOTAL]])
  // CHECK-NOT: memref.alloc
  // CHECK: %[[A:[a-z0-9_]+]] = memref.view %{{[0-9]+}}[%[[C0]]]
  %a = memref.alloc() : memref<16xf32>
  call @use(%a) : (memref<16xf32>) -> ()
  // CHECK: memref.view %{{[0-9]+}}[%[[C64]]]
  %b = memref.alloc() : memref<16xf32>
  memref.copy %a, %b : memref<16xf32> to memref<16xf32>
  %c = memref.alloc() : memref<16xf32>
  // CHECK: memref.copy %{{[a-z0-9_]+}}, %[[A]]
  memref.copy %b, %c : memref<16xf32> to memref<16xf32>
  return
}

// Sizes that follow from the input's: one arena, computed at the top.
// CHECK-LABEL: @dynamic
// CHECK-SAME: (%[[X:[a-z0-9]+]]: memref<?xf32>)
func.func @dynamic(%x: memref<?xf32>) -> memref<?xf32> attributes {model.entry} {
  // CHECK: %[[N:[a-z0-9_]+]] = memref.dim %[[X]]
  // CHECK: arith.mului_extended
  // CHECK: call @niello_rt_arena
  // CHECK: memref.view %{{[0-9]+}}[%{{[a-z0-9_]+}}][%[[N]]]
  // CHECK-NOT: niello_rt_alloc
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  %a = memref.alloc(%n) : memref<?xf32>
  memref.copy %x, %a : memref<?xf32> to memref<?xf32>
  return %a : memref<?xf32>
}

// A size from data comes from the runtime and goes back after its last use.
// CHECK-LABEL: @data_dependent
func.func @data_dependent(%x: memref<index>) attributes {model.entry} {
  %n = memref.load %x[] : memref<index>
  // CHECK: %[[P:[0-9]+]] = call @niello_rt_alloc
  %a = memref.alloc(%n) : memref<?xf32>
  // CHECK: call @use_dynamic
  call @use_dynamic(%a) : (memref<?xf32>) -> ()
  // CHECK: call @niello_rt_free(%[[P]])
  return
}

// What a loop carries on is not planned, and nobody knows when it is dead.
// CHECK-LABEL: @carried
func.func @carried(%x: memref<16xf32>, %n: index) attributes {model.entry} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK: scf.for
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%old = %x) -> memref<16xf32> {
    // CHECK: func.call @niello_rt_alloc
    // CHECK-NOT: niello_rt_free
    %new = memref.alloc() : memref<16xf32>
    memref.copy %old, %new : memref<16xf32> to memref<16xf32>
    scf.yield %new : memref<16xf32>
  }
  return
}

// Inside of one iteration it is.
// CHECK-LABEL: @iteration
func.func @iteration(%n: index) attributes {model.entry} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK: call @niello_rt_arena
  // CHECK: scf.for
  scf.for %i = %c0 to %n step %c1 {
    // CHECK-NOT: niello_rt_alloc
    %a = memref.alloc() : memref<16xf32>
    func.call @use(%a) : (memref<16xf32>) -> ()
  }
  return
}

// A kernel's frame is on the stack while it is small.
// CHECK-LABEL: @small_kernel
func.func private @small_kernel() {
  // CHECK: memref.alloca() {alignment = 64 : i64} : memref<64xi8>
  %a = memref.alloc() : memref<16xf32>
  call @use(%a) : (memref<16xf32>) -> ()
  return
}

// CHECK-LABEL: @large_kernel
func.func private @large_kernel() {
  // CHECK: %[[P:[0-9]+]] = call @niello_rt_alloc
  %a = memref.alloc() : memref<8192xi8>
  call @use_bytes(%a) : (memref<8192xi8>) -> ()
  // CHECK: call @niello_rt_free(%[[P]])
  return
}
