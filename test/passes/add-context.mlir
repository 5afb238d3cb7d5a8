// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --add-context %s | FileCheck %s

// The runtime's functions take the context, the library's do not.
// CHECK: func.func private @niello_rt_free(!llvm.ptr, !llvm.ptr)
func.func private @niello_rt_free(!llvm.ptr)
// CHECK: func.func private @tanhf(f32) -> f32
func.func private @tanhf(f32) -> f32

// CHECK-LABEL: func.func @caller
// CHECK-SAME: (%[[CTX:[a-z0-9]+]]: !llvm.ptr, %[[P:[a-z0-9]+]]: !llvm.ptr, %[[X:[a-z0-9]+]]: f32)
func.func @caller(%p: !llvm.ptr, %x: f32) -> f32 {
  // CHECK: call @niello_rt_free(%[[CTX]], %[[P]])
  call @niello_rt_free(%p) : (!llvm.ptr) -> ()
  // CHECK: call @tanhf(%[[X]])
  %r = call @tanhf(%x) : (f32) -> f32
  // CHECK: call @body(%[[CTX]])
  call @body() : () -> ()
  // CHECK: constant @body : (!llvm.ptr) -> ()
  %f = constant @body : () -> ()
  return %r : f32
}

// CHECK: func.func private @body(%{{[a-z0-9]+}}: !llvm.ptr)
func.func private @body() {
  return
}
