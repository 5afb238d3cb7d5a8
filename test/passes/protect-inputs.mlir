// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --protect-inputs %s | FileCheck %s
// RUN: niello-opt --protect-inputs \
// RUN:   --one-shot-bufferize="bufferize-function-boundaries" %s \
// RUN:   | FileCheck %s --check-prefix=BUFFERS

// An entry's argument is read only, so that a result gets a buffer of its own.
// CHECK-LABEL: @main
// CHECK-SAME: {bufferization.writable = false}
// BUFFERS-LABEL: @main
// BUFFERS: memref.alloc
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> attributes {model.entry} {
  %zero = arith.constant 0.0 : f32
  %r = linalg.fill ins(%zero : f32) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// Another function's argument is its callers' affair.
// CHECK-LABEL: @other
// CHECK-NOT: writable
// BUFFERS-LABEL: @other
// BUFFERS-NOT: memref.alloc
func.func private @other(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = arith.constant 0.0 : f32
  %r = linalg.fill ins(%zero : f32) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
