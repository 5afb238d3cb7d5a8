// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --lower-kernel-gemm="dots-bytes=true" --canonicalize %s | FileCheck %s --check-prefixes=CHECK,DOT
// RUN: niello-opt --split-input-file --lower-kernel-gemm --canonicalize %s | FileCheck %s --check-prefixes=CHECK,PAIR
// RUN: niello-opt --split-input-file --lower-kernel-gemm="vector-bits=256 registers=16" --canonicalize %s | FileCheck %s --check-prefix=AVX2
// RUN: niello-opt --split-input-file --lower-kernel-gemm="vector-bits=256 registers=16 dots-bytes=true" --canonicalize %s | FileCheck %s --check-prefix=AVXVNNI
// RUN: niello-opt --split-input-file --lower-kernel-gemm="vector-bits=128 registers=16" --canonicalize %s | FileCheck %s --check-prefix=SSE

#a = affine_map<(m, n, k) -> (m, k)>
#packed = affine_map<(m, n, k) -> (n floordiv 16, k floordiv 4, n mod 16, k mod 4)>
#c = affine_map<(m, n, k) -> (m, n)>

// Weights in panels of words: read as they lie, 64 bytes a vector. Four products
// are one instruction with vpdpbusd, else two of pairs.
// CHECK-LABEL: @weights
// CHECK-SAME:    %[[A:[a-z0-9]+]]: memref<48x32xi8>, %[[B:[a-z0-9]+]]: memref<6x8x16x4xi8>
// CHECK:         %[[FLAT:[a-z0-9_]+]] = memref.reinterpret_cast %[[B]]
// CHECK:         scf.for {{.*}} iter_args
// CHECK:           vector.load %[[FLAT]]{{.*}} : memref<3072xi8>, vector<64xi8>
// DOT-COUNT-24:    llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"({{.*}}) : (vector<16xi32>, vector<64xi8>, vector<64xi8>) -> vector<16xi32>
// DOT-NOT:         llvm.call_intrinsic
// PAIR-COUNT-36:   llvm.call_intrinsic "llvm.x86.avx512.pmaddw.d.512"({{.*}}) : (vector<32xi16>, vector<32xi16>) -> vector<16xi32>
// PAIR-NOT:        llvm.call_intrinsic
// AVX2-LABEL: @weights
// AVX2-COUNT-16:   llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"({{.*}}) : (vector<16xi16>, vector<16xi16>) -> vector<8xi32>
// AVX2-NOT:        llvm.call_intrinsic
// AVXVNNI-LABEL: @weights
// AVXVNNI-COUNT-12: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.256"
// AVXVNNI-NOT:     llvm.call_intrinsic
// SSE-LABEL: @weights
// SSE-COUNT-16:    llvm.call_intrinsic "llvm.x86.sse2.pmadd.wd"({{.*}}) : (vector<8xi16>, vector<8xi16>) -> vector<4xi32>
// SSE-NOT:         llvm.call_intrinsic
func.func @weights(%a: memref<48x32xi8>, %b: memref<6x8x16x4xi8>,
                   %y: memref<48x96xi32>) {
  %zero = arith.constant 0 : i32
  linalg.fill ins(%zero : i32) outs(%y : memref<48x96xi32>)
  linalg.generic {indexing_maps = [#a, #packed, #c],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<48x32xi8>, memref<6x8x16x4xi8>)
      outs(%y : memref<48x96xi32>) {
  ^bb0(%x: i8, %w: i8, %sum: i32):
    %xx = arith.extui %x : i8 to i32
    %ww = arith.extsi %w : i8 to i32
    %p = arith.muli %xx, %ww : i32
    %s = arith.addi %sum, %p : i32
    linalg.yield %s : i32
  }
  return
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>

// The same sign on both sides: pairs, whatever the target has. The right factor
// is made words of as it is read, one byte of four rows each; k ends inside a
// word, where zeros are.
// CHECK-LABEL: @signs
// CHECK:         arith.extui %{{.+}} : vector<16xi8> to vector<16xi32>
// CHECK:         arith.cmpi ult
// CHECK:         arith.select
// CHECK:         arith.shli
// CHECK:         arith.ori
// CHECK-NOT:     vpdpbusd
// CHECK:         pmaddw.d.512
// CHECK-NOT:     vpdpbusd
// AVX2-LABEL: @signs
// AVXVNNI-LABEL: @signs
// AVXVNNI-NOT:   vpdpbusd
// SSE-LABEL: @signs
func.func @signs(%a: memref<48x33xi8>, %b: memref<33x96xi8>,
                 %y: memref<48x96xi32>) {
  %zero = arith.constant 0 : i32
  linalg.fill ins(%zero : i32) outs(%y : memref<48x96xi32>)
  linalg.generic {indexing_maps = [#a, #b, #c],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<48x33xi8>, memref<33x96xi8>)
      outs(%y : memref<48x96xi32>) {
  ^bb0(%x: i8, %w: i8, %sum: i32):
    %xx = arith.extsi %x : i8 to i32
    %ww = arith.extsi %w : i8 to i32
    %p = arith.muli %xx, %ww : i32
    %s = arith.addi %sum, %p : i32
    linalg.yield %s : i32
  }
  return
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>

// Near miss: bytes by 32 bits are no words; they are widened while they are
// packed and multiplied in 32 bits.
// CHECK-LABEL: @wide
// CHECK-NOT:     llvm.call_intrinsic
// CHECK:         arith.muli %{{.+}} : vector<16xi32>
// AVX2-LABEL: @wide
// AVXVNNI-LABEL: @wide
// SSE-LABEL: @wide
func.func @wide(%a: memref<48x32xi8>, %b: memref<32x96xi32>,
                %y: memref<48x96xi32>) {
  %zero = arith.constant 0 : i32
  linalg.fill ins(%zero : i32) outs(%y : memref<48x96xi32>)
  linalg.generic {indexing_maps = [#a, #b, #c],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<48x32xi8>, memref<32x96xi32>)
      outs(%y : memref<48x96xi32>) {
  ^bb0(%x: i8, %w: i32, %sum: i32):
    %xx = arith.extui %x : i8 to i32
    %p = arith.muli %xx, %w : i32
    %s = arith.addi %sum, %p : i32
    linalg.yield %s : i32
  }
  return
}

// -----

#a = affine_map<(m, n, c, w) -> (m, c, w)>
#b = affine_map<(m, n, c, w) -> (n + w, c)>
#c = affine_map<(m, n, c, w) -> (m, n)>

// Near miss: bytes of a window do not lie together; they are widened as well.
// CHECK-LABEL: @window
// CHECK-NOT:     llvm.call_intrinsic
// CHECK:         arith.muli %{{.+}} : vector<16xi32>
// AVX2-LABEL: @window
// AVXVNNI-LABEL: @window
// SSE-LABEL: @window
func.func @window(%a: memref<64x32x3xi8>, %b: memref<66x32xi8>,
                  %y: memref<64x64xi32>) {
  %zero = arith.constant 0 : i32
  linalg.fill ins(%zero : i32) outs(%y : memref<64x64xi32>)
  linalg.generic {indexing_maps = [#a, #b, #c],
                  iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%a, %b : memref<64x32x3xi8>, memref<66x32xi8>)
      outs(%y : memref<64x64xi32>) {
  ^bb0(%x: i8, %w: i8, %sum: i32):
    %xx = arith.extsi %x : i8 to i32
    %ww = arith.extui %w : i8 to i32
    %p = arith.muli %xx, %ww : i32
    %s = arith.addi %sum, %p : i32
    linalg.yield %s : i32
  }
  return
}
