// RUN: niello-opt %s | niello-opt | FileCheck %s

// CHECK-LABEL: @resize
func.func @resize(%x: tensor<1x3x4x4xf32>, %a: f32, %b: f32, %h: index, %w: index) -> (tensor<1x3x?x?xf32>, tensor<1x3x8x4xf32>) {
  // CHECK: model.resize linear %{{.+}} axes [2, 3] scales(%{{.+}}, %{{.+}}) sizes(%{{.+}}, %{{.+}}) half_pixel : tensor<1x3x4x4xf32> -> tensor<1x3x?x?xf32>
  %y = model.resize linear %x axes [2, 3] scales(%a, %b) sizes(%h, %w) half_pixel : tensor<1x3x4x4xf32> -> tensor<1x3x?x?xf32>
  // CHECK: model.resize nearest %{{.+}} axes [2] scales(%{{.+}}) roi(%{{.+}}, %{{.+}}) tf_crop_and_resize rounding ceil : tensor<1x3x4x4xf32> -> tensor<1x3x8x4xf32>
  %z = model.resize nearest %x axes [2] scales(%a) roi(%a, %b) tf_crop_and_resize rounding ceil : tensor<1x3x4x4xf32> -> tensor<1x3x8x4xf32>
  return %y, %z : tensor<1x3x?x?xf32>, tensor<1x3x8x4xf32>
}

// CHECK-LABEL: @grid_sample
func.func @grid_sample(%x: tensor<1x2x4x4xf32>, %g: tensor<1x3x5x2xf32>) -> tensor<1x2x3x5xf32> {
  // CHECK: model.grid_sample linear %{{.+}}, %{{.+}} outside border {align_corners} : (tensor<1x2x4x4xf32>, tensor<1x3x5x2xf32>) -> tensor<1x2x3x5xf32>
  %y = model.grid_sample linear %x, %g outside border {align_corners} : (tensor<1x2x4x4xf32>, tensor<1x3x5x2xf32>) -> tensor<1x2x3x5xf32>
  return %y : tensor<1x2x3x5xf32>
}

// CHECK-LABEL: @roi_align
func.func @roi_align(%x: tensor<1x3x8x8xf32>, %r: tensor<5x4xf32>, %b: tensor<5xi64>) -> tensor<5x3x2x2xf32> {
  // CHECK: model.roi_align average %{{.+}}, %{{.+}}, %{{.+}} {half_pixel, height = 2 : i64, width = 2 : i64} : (tensor<1x3x8x8xf32>, tensor<5x4xf32>, tensor<5xi64>) -> tensor<5x3x2x2xf32>
  %y = model.roi_align average %x, %r, %b {height = 2 : i64, width = 2 : i64, half_pixel} : (tensor<1x3x8x8xf32>, tensor<5x4xf32>, tensor<5xi64>) -> tensor<5x3x2x2xf32>
  return %y : tensor<5x3x2x2xf32>
}

// CHECK-LABEL: @nms
func.func @nms(%boxes: tensor<1x6x4xf32>, %scores: tensor<1x2x6xf32>, %n: index, %o: f32, %s: f32) -> tensor<?x3xi64> {
  // CHECK: model.nms %{{.+}}, %{{.+}} most %{{.+}} overlap %{{.+}} score %{{.+}} : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, index, f32, f32) -> tensor<?x3xi64>
  %k = model.nms %boxes, %scores most %n overlap %o score %s : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, index, f32, f32) -> tensor<?x3xi64>
  return %k : tensor<?x3xi64>
}
