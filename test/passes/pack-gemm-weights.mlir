// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --split-input-file --pack-gemm-weights %s | FileCheck %s
// RUN: niello-opt --split-input-file --pack-gemm-weights --explain=pack-gemm-weights %s 2>&1 >/dev/null | FileCheck %s --check-prefix=WHY

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#bt = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
model.weight @w file("m.onnx") offset 0 length 10240 encoding "raw" : tensor<64x40xf32>

// Columns lie in panels of 16, the last one padded. The file's form is read by
// the program alone.
// CHECK-DAG:   #[[$PANELS:[a-z0-9]+]] = affine_map<(d0, d1, d2) -> (d1 floordiv 16, d2, d1 mod 16)>
// CHECK:       module {
// CHECK-NEXT:    model.weight @packed_0 program(@pack_64x40xf32_d1_w16) of [@w] : tensor<3x64x16xf32>
// CHECK-LABEL: func.func @columns
// CHECK:         %[[W:[a-z0-9]+]] = model.load_weight @packed_0
// CHECK:         kernel.gemm "fc" ins(%{{[a-z0-9]+}} = %{{[a-z0-9]+}} : tensor<?x64xf32>, %[[ARG:[a-z0-9]+]] = %[[W]] : tensor<3x64x16xf32>
// CHECK:           linalg.generic {indexing_maps = [#{{[a-z0-9]+}}, #[[$PANELS]], #{{[a-z0-9]+}}]
// CHECK-LABEL: func.func @pack_64x40xf32_d1_w16
// CHECK:         tensor.pad %{{[a-z0-9]+}} low[0, 0] high[0, 8]
// CHECK:         tensor.expand_shape %{{[a-z0-9]+}} {{\[\[}}0], [1, 2]] output_shape [64, 3, 16]
// CHECK:         linalg.transpose {{.*}} permutation = [1, 0, 2]
func.func @columns(%x: tensor<?x64xf32>, %m: index) -> tensor<?x40xf32> {
  %w = model.load_weight @w : tensor<64x40xf32>
  %e = tensor.empty(%m) : tensor<?x40xf32>
  %y = kernel.gemm "fc" ins(%xx = %x : tensor<?x64xf32>, %ww = %w : tensor<64x40xf32>, %mm = %m : index) outs(%o = %e : tensor<?x40xf32>) tiles [6, 16] {
    %zero = arith.constant 0.0 : f32
    %start = linalg.fill ins(%zero : f32) outs(%o : tensor<?x40xf32>) -> tensor<?x40xf32>
    %s = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%xx, %ww : tensor<?x64xf32>, tensor<64x40xf32>) outs(%start : tensor<?x40xf32>) {
    ^bb0(%p: f32, %q: f32, %r: f32):
      %f = arith.mulf %p, %q : f32
      %g = arith.addf %r, %f : f32
      linalg.yield %g : f32
    } -> tensor<?x40xf32>
    kernel.yield %s : tensor<?x40xf32>
  }
  return %y : tensor<?x40xf32>
}

// -----
#x = affine_map<(b, o, i, c, t) -> (b, c, i + t)>
#w = affine_map<(b, o, i, c, t) -> (o, c, t)>
#y = affine_map<(b, o, i, c, t) -> (b, o, i)>
model.weight @w file("m.onnx") offset 0 length 7680 encoding "raw" : tensor<30x16x4xf32>

// The filters of a convolution are rows: panels as high as the tile.
// CHECK-DAG:   #[[$PANELS:[a-z0-9]+]] = affine_map<(d0, d1, d2, d3, d4) -> (d1 floordiv 6, d3, d4, d1 mod 6)>
// CHECK:       model.weight @packed_0 program(@pack_30x16x4xf32_d0_w6) of [@w] : tensor<5x16x4x6xf32>
// CHECK-LABEL: func.func @rows
// CHECK:         linalg.generic {indexing_maps = [#{{[a-z0-9]+}}, #[[$PANELS]], #{{[a-z0-9]+}}]
// CHECK-LABEL: func.func @pack_30x16x4xf32_d0_w6
// CHECK-NOT:     tensor.pad
// CHECK:         linalg.transpose {{.*}} permutation = [0, 2, 3, 1]
func.func @rows(%x: tensor<1x16x99xf32>) -> tensor<1x30x96xf32> {
  %w = model.load_weight @w : tensor<30x16x4xf32>
  %e = tensor.empty() : tensor<1x30x96xf32>
  %y = kernel.conv "conv" ins(%xx = %x : tensor<1x16x99xf32>, %ww = %w : tensor<30x16x4xf32>) outs(%o = %e : tensor<1x30x96xf32>) tiles [6, 16] {
    %zero = arith.constant 0.0 : f32
    %start = linalg.fill ins(%zero : f32) outs(%o : tensor<1x30x96xf32>) -> tensor<1x30x96xf32>
    %s = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%xx, %ww : tensor<1x16x99xf32>, tensor<30x16x4xf32>) outs(%start : tensor<1x30x96xf32>) {
    ^bb0(%p: f32, %q: f32, %r: f32):
      %f = arith.mulf %p, %q : f32
      %g = arith.addf %r, %f : f32
      linalg.yield %g : f32
    } -> tensor<1x30x96xf32>
    kernel.yield %s : tensor<1x30x96xf32>
  }
  return %y : tensor<1x30x96xf32>
}

// -----
#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
model.weight @both file("m.onnx") offset 0 length 16384 encoding "raw" : tensor<64x64xf32>
model.weight @small file("m.onnx") offset 0 length 2048 encoding "raw" : tensor<64x8xf32>

// What is read in another form too stays as it is, and what has fewer columns
// than a panel.
// WHY: {{^}}pack-gemm-weights
// WHY-NEXT: {{.*}}: @both is not packed: this reads it too, and not as a product
// WHY-NEXT: {{.*}}: @small is not packed: more than a fifth of its panels would be padding
// CHECK-LABEL: func.func @left
// CHECK:         model.load_weight @both
// CHECK:         model.load_weight @small
// CHECK-NOT:   @weight_programs
func.func @left(%x: tensor<?x64xf32>, %m: index) -> (tensor<?x64xf32>, tensor<?x8xf32>, tensor<64x64xf32>) {
  %w = model.load_weight @both : tensor<64x64xf32>
  %v = model.load_weight @small : tensor<64x8xf32>
  %e = tensor.empty(%m) : tensor<?x64xf32>
  %y = kernel.gemm "fc" ins(%xx = %x : tensor<?x64xf32>, %ww = %w : tensor<64x64xf32>) outs(%o = %e : tensor<?x64xf32>) tiles [6, 16] {
    %zero = arith.constant 0.0 : f32
    %start = linalg.fill ins(%zero : f32) outs(%o : tensor<?x64xf32>) -> tensor<?x64xf32>
    %s = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%xx, %ww : tensor<?x64xf32>, tensor<64x64xf32>) outs(%start : tensor<?x64xf32>) {
    ^bb0(%p: f32, %q: f32, %r: f32):
      %f = arith.mulf %p, %q : f32
      %g = arith.addf %r, %f : f32
      linalg.yield %g : f32
    } -> tensor<?x64xf32>
    kernel.yield %s : tensor<?x64xf32>
  }
  %d = tensor.empty(%m) : tensor<?x8xf32>
  %z = kernel.gemm "fc2" ins(%xx = %x : tensor<?x64xf32>, %ww = %v : tensor<64x8xf32>) outs(%o = %d : tensor<?x8xf32>) tiles [6, 16] {
    %zero = arith.constant 0.0 : f32
    %start = linalg.fill ins(%zero : f32) outs(%o : tensor<?x8xf32>) -> tensor<?x8xf32>
    %s = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%xx, %ww : tensor<?x64xf32>, tensor<64x8xf32>) outs(%start : tensor<?x8xf32>) {
    ^bb0(%p: f32, %q: f32, %r: f32):
      %f = arith.mulf %p, %q : f32
      %g = arith.addf %r, %f : f32
      linalg.yield %g : f32
    } -> tensor<?x8xf32>
    kernel.yield %s : tensor<?x8xf32>
  }
  return %y, %z, %w : tensor<?x64xf32>, tensor<?x8xf32>, tensor<64x64xf32>
}

// -----
#a = affine_map<(m, n, k) -> (m, k)>
#bt = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
model.weight @w file("m.onnx") offset 0 length 2640 encoding "raw" : tensor<40x66xi8>

// Bytes: four of the depth make a word, the last one filled with zeros.
// CHECK-DAG:   #[[$WORDS:[a-z0-9]+]] = affine_map<(d0, d1, d2) -> (d1 floordiv 16, d2 floordiv 4, d1 mod 16, d2 mod 4)>
// CHECK:       model.weight @packed_0 program(@pack_40x66xi8_d0_w16) of [@w] : tensor<3x17x16x4xi8>
// CHECK-LABEL: func.func @bytes
// CHECK:         linalg.generic {indexing_maps = [#{{[a-z0-9]+}}, #[[$WORDS]], #{{[a-z0-9]+}}]
// CHECK-LABEL: func.func @pack_40x66xi8_d0_w16
// CHECK:         tensor.pad %{{[a-z0-9]+}} low[0, 0] high[8, 2]
// CHECK:         tensor.expand_shape %{{[a-z0-9]+}} {{\[\[}}0, 1], [2, 3]] output_shape [3, 16, 17, 4]
// CHECK:         linalg.transpose {{.*}} permutation = [0, 2, 1, 3]
func.func @bytes(%x: tensor<8x66xi8>) -> tensor<8x40xi32> {
  %w = model.load_weight @w : tensor<40x66xi8>
  %e = tensor.empty() : tensor<8x40xi32>
  %y = kernel.gemm "fc" ins(%xx = %x : tensor<8x66xi8>, %ww = %w : tensor<40x66xi8>) outs(%o = %e : tensor<8x40xi32>) tiles [8, 48] {
    %zero = arith.constant 0 : i32
    %start = linalg.fill ins(%zero : i32) outs(%o : tensor<8x40xi32>) -> tensor<8x40xi32>
    %s = linalg.generic {indexing_maps = [#a, #bt, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%xx, %ww : tensor<8x66xi8>, tensor<40x66xi8>) outs(%start : tensor<8x40xi32>) {
    ^bb0(%p: i8, %q: i8, %r: i32):
      %pp = arith.extui %p : i8 to i32
      %qq = arith.extsi %q : i8 to i32
      %f = arith.muli %pp, %qq : i32
      %g = arith.addi %r, %f : i32
      linalg.yield %g : i32
    } -> tensor<8x40xi32>
    kernel.yield %s : tensor<8x40xi32>
  }
  return %y : tensor<8x40xi32>
}
