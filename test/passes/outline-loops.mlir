// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --outline-loops %s | FileCheck %s

// Two fills of one type become calls of one function, which holds the constant.
// CHECK-LABEL: func.func @fills
// CHECK: call @loops_0_Pad(%{{[a-z0-9]+}}) : (memref<?x3xf32>) -> ()
// CHECK: call @loops_0_Pad(
// CHECK-NOT: linalg.fill
// CHECK: func.func private @loops_0_Pad(%[[A:[a-z0-9]+]]: memref<?x3xf32>)
// CHECK-SAME: kernel.source = "/Pad"
// CHECK: %[[ZERO:[a-z0-9_]+]] = arith.constant 0.0
// CHECK: linalg.fill ins(%[[ZERO]] : f32) outs(%[[A]] : memref<?x3xf32>)
func.func @fills(%a: memref<?x3xf32>, %b: memref<?x3xf32>) attributes {model.entry} {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%a : memref<?x3xf32>) loc("/Pad@model.onnx")
  linalg.fill ins(%zero : f32) outs(%b : memref<?x3xf32>) loc("/Pad_1@model.onnx")
  return
}

// -----

// A copy in a loop, and a value that its neighbour's body reads from outside.
// CHECK-LABEL: func.func @bodies
// CHECK: scf.for
// CHECK: call @loops_0_(%{{.*}}, %{{.*}}) : (memref<?xf32, strided<[?]>>, memref<?xf32>) -> ()
// CHECK: call @loops_1_(%{{.*}}, %{{.*}}) : (memref<?xf32>, f32) -> ()
// CHECK: func.func private @loops_0_
// CHECK: memref.copy
// CHECK: func.func private @loops_1_
// CHECK: linalg.generic
func.func @bodies(%a: memref<?xf32, strided<[?]>>, %b: memref<?xf32>, %c: f32, %n: index) attributes {model.entry} {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  scf.for %i = %zero to %n step %one {
    memref.copy %a, %b : memref<?xf32, strided<[?]>> to memref<?xf32>
    linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%b : memref<?xf32>) {
    ^bb0(%out: f32):
      %sum = arith.addf %out, %c : f32
      linalg.yield %sum : f32
    }
  }
  return
}

// -----

// Few elements stay where they are, and so does what a kernel does.
// CHECK-LABEL: func.func @small
// CHECK: linalg.fill
// CHECK-LABEL: func.func private @kernel
// CHECK: linalg.fill
// CHECK-NOT: @loops
func.func @small(%a: memref<4xf32>) attributes {model.entry} {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%a : memref<4xf32>)
  return
}
func.func private @kernel(%a: memref<?xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%a : memref<?xf32>)
  return
}
