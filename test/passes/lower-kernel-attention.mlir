// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --split-attention --fuse-elementwise --fuse-kernels --plan-kernels --outline-kernels --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" --drop-equivalent-buffer-results --lower-kernel-attention --canonicalize %s | FileCheck %s
// RUN: niello-opt --split-input-file --split-attention --fuse-elementwise --fuse-kernels --plan-kernels="vector-bits=256 registers=16" --outline-kernels --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" --drop-equivalent-buffer-results --lower-kernel-attention="vector-bits=256 registers=16 fma=false" --canonicalize %s | FileCheck %s --check-prefix=AVX2

// The loop nest of Attention.h: queries become lanes, keys are read where they
// lie, and of a causal mask's keys those from the block's last query on are not
// read at all. No score leaves the scratch of 64 keys by 32 queries.
// CHECK-LABEL: func.func private @kernel_0_attention
// CHECK-SAME: (%[[Q:[a-z0-9]+]]: memref<2x64x4x32xf32>, %[[K:[a-z0-9]+]]: memref<2x4x96x32xf32>, %[[V:[a-z0-9]+]]: memref<2x4x96x24xf32>, %[[Y:[a-z0-9]+]]: memref<2x4x64x24xf32>)
// CHECK-NOT: linalg.generic
// CHECK: scf.forall (%{{.+}}, %{{.+}}, %{{.+}}) in (2, 4, 2)
// CHECK: %[[QT:[a-z0-9_]+]] = memref.alloc() {{.*}} : memref<1024xf32>
// CHECK: %[[P:[a-z0-9_]+]] = memref.alloc() {{.*}} : memref<2048xf32>
// CHECK: %[[O:[a-z0-9_]+]] = memref.alloc() {{.*}} : memref<1024xf32>
// CHECK-COUNT-16: vector.load %[[Q]]
// CHECK: vector.shuffle
// CHECK: vector.store %{{.+}}, %[[QT]]
// CHECK: %[[END:[a-z0-9]+]] = arith.minsi %{{.+}}, %c96
// CHECK: scf.for %{{.+}} = %c0 to %[[END]] step %c64 iter_args
//
// The inner loop: a step of d, 8 keys by 2 vectors of 16 queries.
// CHECK: scf.for %[[D:[a-z0-9]+]] = %c0 to %c32 step %c1 iter_args
// CHECK: %[[Q0:[0-9]+]] = vector.load %[[QT]]
// CHECK: %[[Q1:[0-9]+]] = vector.load %[[QT]]
// CHECK: %[[X:[0-9]+]] = memref.load %[[K]][{{.*}}, %[[D]]]
// CHECK-NEXT: %[[W:[0-9]+]] = vector.broadcast %[[X]]
// CHECK-NEXT: vector.fma %[[W]], %[[Q0]], %{{.+}}
// CHECK-NEXT: vector.fma %[[W]], %[[Q1]], %{{.+}}
// CHECK-NEXT: memref.load %[[K]]
// CHECK-COUNT-14: vector.fma
// CHECK-NEXT: scf.yield
// CHECK: vector.store %{{.+}}, %[[P]]
//
// A block that all queries see has no comparisons; the greatest score, e to the
// power of the difference, and the second product.
// CHECK: scf.if
// CHECK-NOT: arith.cmpi
// CHECK: arith.cmpf ogt
// CHECK: } else {
// CHECK: arith.cmpi sle, %{{.+}} : vector<16xindex>
// CHECK: arith.shli
// CHECK: scf.for %[[E:[a-z0-9]+]] = %c0 to %c24 step %c8
// CHECK: vector.load %[[O]]
// CHECK: vector.load %[[P]]
// CHECK: memref.load %[[V]]
// CHECK: vector.store %{{.+}}, %[[O]]
// CHECK: arith.divf
// CHECK: vector.store %{{.+}}, %[[Y]]
// CHECK-NOT: linalg.generic
//
// 4 keys by 2 vectors of 8 queries; two operations for a multiply-add.
// AVX2-LABEL: func.func private @kernel_0_attention
// AVX2-NOT: linalg.generic
// AVX2-NOT: vector.fma
// AVX2: scf.forall (%{{.+}}, %{{.+}}, %{{.+}}) in (2, 4, 4)
// AVX2: iter_args({{.*}}) -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>)
func.func @causal(%q: tensor<2x64x4x32xf32>, %k: tensor<2x4x96x32xf32>, %v: tensor<2x4x96x24xf32>) -> tensor<2x4x64x24xf32> attributes {model.entry} {
  %e = tensor.empty() : tensor<2x4x64x32xf32>
  %t = linalg.transpose ins(%q : tensor<2x64x4x32xf32>) outs(%e : tensor<2x4x64x32xf32>) permutation = [0, 2, 1, 3]
  %o = model.attention %t, %k, %v scale 0.125 {causal} : (tensor<2x4x64x32xf32>, tensor<2x4x96x32xf32>, tensor<2x4x96x24xf32>) -> tensor<2x4x64x24xf32>
  return %o : tensor<2x4x64x24xf32>
}

// -----

// Heads of a group are rows beside each other: 4 x 5 queries of a key head are
// two vectors. Keys of 16 bits become f32 a block at a time, a mask of
// positions is read as it lies for each key, and one of queries is transposed.
// CHECK-LABEL: func.func private @kernel_0_attention
// CHECK-SAME: %[[K:[a-z0-9]+]]: memref<1x2x7x16xf16>
// CHECK-SAME: %[[M:[a-z0-9]+]]: memref<7xf16>
// CHECK-NOT: linalg.generic
// CHECK-NOT: scf.forall
// CHECK: vector.load %[[K]]
// CHECK: arith.extf %{{.+}} : vector<16xf16> to vector<16xf32>
// CHECK: memref.load %[[M]]
// CHECK: arith.truncf %{{.+}} : vector<16xf32> to vector<16xf16>
// CHECK-NOT: linalg.generic
func.func @grouped(%q: tensor<1x8x5x16xf16>, %k: tensor<1x2x7x16xf16>, %v: tensor<1x2x7x16xf16>, %m: tensor<7xf16>) -> tensor<1x8x5x16xf16> attributes {model.entry} {
  %o = model.attention %q, %k, %v mask %m scale 0.25 : (tensor<1x8x5x16xf16>, tensor<1x2x7x16xf16>, tensor<1x2x7x16xf16>, tensor<7xf16>) -> tensor<1x8x5x16xf16>
  return %o : tensor<1x8x5x16xf16>
}

// -----

// Of unknown length: two vectors of queries, or one where they are few.
// CHECK-LABEL: func.func private @kernel_0_attention
// CHECK: %[[FEW:[0-9]+]] = arith.cmpi sle, %{{.+}}, %c16
// CHECK: scf.if %[[FEW]] {
// CHECK: memref.alloc() {{.*}} : memref<128xf32>
// CHECK: iter_args({{.*}}) -> (vector<16xf32>, vector<16xf32>) {
// CHECK: } else {
// CHECK: memref.alloc() {{.*}} : memref<256xf32>
// CHECK: iter_args({{.*}}) -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>) {
func.func @unknown(%q: tensor<1x2x?x8xf32>, %k: tensor<1x2x?x8xf32>) -> tensor<1x2x?x8xf32> attributes {model.entry} {
  %o = model.attention %q, %k, %k scale 0.25 : (tensor<1x2x?x8xf32>, tensor<1x2x?x8xf32>, tensor<1x2x?x8xf32>) -> tensor<1x2x?x8xf32>
  return %o : tensor<1x2x?x8xf32>
}
