// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --lower-kernel-rows --canonicalize %s | FileCheck %s

#x = affine_map<(i, j) -> (i, j)>
#r = affine_map<(i, j) -> (i)>

// Two passes over a row of 40: vectors of 16, then eight elements. The sum is a
// value, never a buffer.
// CHECK-LABEL: @normalize
// CHECK-SAME:    (%[[X:[a-z0-9]+]]: memref<4x40xf32>, %[[Y:[a-z0-9]+]]: memref<4x40xf32>)
func.func private @normalize(%x: memref<4x40xf32>, %y: memref<4x40xf32>)
    attributes {kernel.kind = "rows", kernel.rows = 1 : i64} {
  %zero = arith.constant 0.0 : f32
  %s = memref.alloc() : memref<4xf32>
  linalg.fill ins(%zero : f32) outs(%s : memref<4xf32>)
  // CHECK: scf.for
  // CHECK: %[[V:.+]] = scf.for {{.*}} iter_args
  // CHECK: vector.load %[[X]]
  // CHECK: %[[S:.+]] = vector.reduction <add>, %[[V]], %{{.+}} : vector<16xf32> into f32
  // CHECK: %[[T:.+]] = scf.for {{.*}} iter_args(%{{.+}} = %[[S]]) -> (f32)
  linalg.generic {indexing_maps = [#x, #r],
                  iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<4x40xf32>) outs(%s : memref<4xf32>) {
  ^bb0(%a: f32, %sum: f32):
    %t = arith.addf %sum, %a : f32
    linalg.yield %t : f32
  }
  // CHECK: vector.broadcast %[[T]]
  // CHECK: vector.store %{{.+}}, %[[Y]]
  // CHECK: memref.store %{{.+}}, %[[Y]]
  linalg.generic {indexing_maps = [#x, #r, #x],
                  iterator_types = ["parallel", "parallel"]}
      ins(%x, %s : memref<4x40xf32>, memref<4xf32>)
      outs(%y : memref<4x40xf32>) {
  ^bb0(%a: f32, %sum: f32, %o: f32):
    %t = arith.divf %a, %sum : f32
    linalg.yield %t : f32
  }
  memref.dealloc %s : memref<4xf32>
  return
}

// -----

#x = affine_map<(i, j) -> (i, j)>

// A map over dense memory is one loop, whatever its rank.
// CHECK-LABEL: @map
func.func private @map(%x: memref<?x3xf32>, %y: memref<?x3xf32>)
    attributes {kernel.kind = "map"} {
  // CHECK: memref.reinterpret_cast {{.*}} to memref<?xf32>
  // CHECK: scf.for
  // CHECK-NOT: scf.for
  // CHECK: vector.store
  // CHECK: scf.for
  // CHECK: memref.store
  linalg.generic {indexing_maps = [#x, #x],
                  iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<?x3xf32>) outs(%y : memref<?x3xf32>) {
  ^bb0(%a: f32, %o: f32):
    %t = math.absf %a : f32
    linalg.yield %t : f32
  }
  return
}

// -----

#x = affine_map<(i, j) -> (i, j)>
#r = affine_map<(i, j) -> (i)>

// What a row hands on is a buffer of one row.
// CHECK-LABEL: @softmax_part
// CHECK: memref.alloc() {{.*}} : memref<64xf32>
// CHECK-NOT: memref<4x64xf32>{{$}}
func.func private @softmax_part(%x: memref<4x64xf32>, %y: memref<4x64xf32>)
    attributes {kernel.kind = "rows", kernel.rows = 1 : i64} {
  %zero = arith.constant 0.0 : f32
  %e = memref.alloc() : memref<4x64xf32>
  %s = memref.alloc() : memref<4xf32>
  linalg.generic {indexing_maps = [#x, #x],
                  iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<4x64xf32>) outs(%e : memref<4x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %t = math.exp %a : f32
    linalg.yield %t : f32
  }
  linalg.fill ins(%zero : f32) outs(%s : memref<4xf32>)
  linalg.generic {indexing_maps = [#x, #r],
                  iterator_types = ["parallel", "reduction"]}
      ins(%e : memref<4x64xf32>) outs(%s : memref<4xf32>) {
  ^bb0(%a: f32, %sum: f32):
    %t = arith.addf %sum, %a : f32
    linalg.yield %t : f32
  }
  linalg.generic {indexing_maps = [#x, #r, #x],
                  iterator_types = ["parallel", "parallel"]}
      ins(%e, %s : memref<4x64xf32>, memref<4xf32>)
      outs(%y : memref<4x64xf32>) {
  ^bb0(%a: f32, %sum: f32, %o: f32):
    %t = arith.divf %a, %sum : f32
    linalg.yield %t : f32
  }
  memref.dealloc %e : memref<4x64xf32>
  memref.dealloc %s : memref<4xf32>
  return
}
