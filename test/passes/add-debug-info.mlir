// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --add-debug-info --mlir-print-debuginfo %s | FileCheck %s

// A node is a function that is inlined where its operations stand; a fused
// location goes to its first node; what came from no node stays with the kernel.
// CHECK: llvm.fadd {{.*}} loc(#[[ADD:loc[0-9]*]])
// CHECK: llvm.fmul {{.*}} loc(#[[MUL:loc[0-9]*]])
// CHECK: llvm.return {{.*}} loc(#[[KERNEL:loc[0-9]*]])
// CHECK-DAG: #[[UNIT:[a-z_0-9]+]] = #llvm.di_compile_unit<{{.*}}producer = "niello"{{.*}}emissionKind = LineTablesOnly
// CHECK-DAG: #[[ADDSUB:[a-z_0-9]+]] = #llvm.di_subprogram<{{.*}}name = "enc/Add", file = #{{[a-z_0-9]+}}, line = 1
// CHECK-DAG: #[[MULSUB:[a-z_0-9]+]] = #llvm.di_subprogram<{{.*}}name = "enc/Mul", file = #{{[a-z_0-9]+}}, line = 1
// CHECK-DAG: #[[OWN:[a-z_0-9]+]] = #llvm.di_subprogram<{{.*}}name = "kernel_0_enc_Add", file = #{{[a-z_0-9]+}}, line = 1
// CHECK-DAG: #[[KERNEL]] = loc(fused<#[[OWN]]>[
// CHECK-DAG: #[[INADD:loc[0-9]*]] = loc(fused<#[[ADDSUB]]>[
// CHECK-DAG: #[[INMUL:loc[0-9]*]] = loc(fused<#[[MULSUB]]>[
// CHECK-DAG: #[[ADD]] = loc(callsite(#[[INADD]] at #[[KERNEL]]))
// CHECK-DAG: #[[MUL]] = loc(callsite(#[[INMUL]] at #[[KERNEL]]))
module attributes {model.source = "m.onnx"} {
  llvm.func @kernel_0_enc_Add(%a: f32, %b: f32) -> f32 {
    %0 = llvm.fadd %a, %b : f32 loc("enc/Add@m.onnx")
    %1 = llvm.fmul %0, %b : f32 loc(fused["enc/Mul@m.onnx", "enc/Erf@m.onnx"])
    llvm.return %1 : f32 loc("graph")
  }
}
