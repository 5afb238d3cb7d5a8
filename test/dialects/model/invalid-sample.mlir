// RUN: niello-opt --split-input-file --verify-diagnostics %s

// C1
func.func @resize(%x: tensor<1x4xf32>, %s: f32) {
  // expected-error @+1 {{'model.resize' op needs different axes in [0, 2), but got 1}}
  %y = model.resize linear %x axes [1, 1] scales(%s, %s) half_pixel : tensor<1x4xf32> -> tensor<1x8xf32>
  return
}

// -----
// C2
func.func @resize(%x: tensor<1x4xf32>, %s: f32) {
  // expected-error @+1 {{'model.resize' op needs a result of the input's sizes off the axes, 'tensor<1x4xf32>', but got 'tensor<2x8xf32>'}}
  %y = model.resize linear %x axes [1] scales(%s) half_pixel : tensor<1x4xf32> -> tensor<2x8xf32>
  return
}

// -----
// C3
func.func @resize(%x: tensor<1x4xf32>, %s: f32) {
  // expected-error @+1 {{'model.resize' op needs a scale an axis, and a start and an end for tf_crop_and_resize only, but got 1 scales and 0 bounds for 1 axes}}
  %y = model.resize linear %x axes [1] scales(%s) tf_crop_and_resize : tensor<1x4xf32> -> tensor<1x8xf32>
  return
}

// -----
// C4
func.func @resize(%x: tensor<1x4xf32>, %s: f32) {
  // expected-error @+1 {{'model.resize' op needs a size for each of 1 dynamic dimensions, but got 0}}
  %y = model.resize linear %x axes [1] scales(%s) half_pixel : tensor<1x4xf32> -> tensor<1x?xf32>
  return
}

// -----
// C1
func.func @grid_sample(%x: tensor<1x2x4x4xf32>, %g: tensor<1x3x5x3xf32>) {
  // expected-error @+1 {{'model.grid_sample' op needs an input of rank n + 2 and a grid of that rank and n columns, but got 'tensor<1x2x4x4xf32>' and 'tensor<1x3x5x3xf32>'}}
  %y = model.grid_sample linear %x, %g outside zeros : (tensor<1x2x4x4xf32>, tensor<1x3x5x3xf32>) -> tensor<1x2x3x5xf32>
  return
}

// -----
// C2
func.func @grid_sample(%x: tensor<1x2x4x4xf32>, %g: tensor<2x3x5x2xf32>) {
  // expected-error @+1 {{'model.grid_sample' op needs floats and one batch size, but got 'tensor<1x2x4x4xf32>' and 'tensor<2x3x5x2xf32>'}}
  %y = model.grid_sample linear %x, %g outside zeros : (tensor<1x2x4x4xf32>, tensor<2x3x5x2xf32>) -> tensor<1x2x3x5xf32>
  return
}

// -----
// C1
func.func @roi_align(%x: tensor<1x3x8xf32>, %r: tensor<5x4xf32>, %b: tensor<5xi64>) {
  // expected-error @+1 {{'model.roi_align' op needs [B,C,H,W], [R,4] and [R], but got 'tensor<1x3x8xf32>', 'tensor<5x4xf32>' and 'tensor<5xi64>'}}
  %y = model.roi_align max %x, %r, %b {height = 2 : i64, width = 2 : i64} : (tensor<1x3x8xf32>, tensor<5x4xf32>, tensor<5xi64>) -> tensor<5x3x2x2xf32>
  return
}

// -----
// C2
func.func @roi_align(%x: tensor<1x3x8x8xf32>, %r: tensor<5x4xf32>, %b: tensor<5xi64>) {
  // expected-error @+1 {{'model.roi_align' op needs at least one bin each way, but got 0 by 2 of 0 samples}}
  %y = model.roi_align max %x, %r, %b {height = 0 : i64, width = 2 : i64} : (tensor<1x3x8x8xf32>, tensor<5x4xf32>, tensor<5xi64>) -> tensor<5x3x0x2xf32>
  return
}

// -----
// C3
func.func @roi_align(%x: tensor<1x3x8x8xf32>, %r: tensor<5x4xf16>, %b: tensor<5xi64>) {
  // expected-error @+1 {{'model.roi_align' op needs floats of one type, but got 'f32' and 'f16'}}
  %y = model.roi_align max %x, %r, %b {height = 2 : i64, width = 2 : i64} : (tensor<1x3x8x8xf32>, tensor<5x4xf16>, tensor<5xi64>) -> tensor<5x3x2x2xf32>
  return
}

// -----
// C1
func.func @nms(%boxes: tensor<1x6x5xf32>, %scores: tensor<1x2x6xf32>, %n: index, %o: f32) {
  // expected-error @+1 {{'model.nms' op needs boxes [B,S,4] and scores [B,C,S], but got 'tensor<1x6x5xf32>' and 'tensor<1x2x6xf32>'}}
  %k = model.nms %boxes, %scores most %n overlap %o score %o : (tensor<1x6x5xf32>, tensor<1x2x6xf32>, index, f32, f32) -> tensor<?x3xi64>
  return
}

// -----
// C2
func.func @nms(%boxes: tensor<1x6x4xf32>, %scores: tensor<1x2x6xf16>, %n: index, %o: f32) {
  // expected-error @+1 {{'model.nms' op needs floats of one type, but got 'f32' and 'f16'}}
  %k = model.nms %boxes, %scores most %n overlap %o score %o : (tensor<1x6x4xf32>, tensor<1x2x6xf16>, index, f32, f32) -> tensor<?x3xi64>
  return
}
