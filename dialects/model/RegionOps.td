// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_REGIONOPS
#define NIELLO_DIALECTS_MODEL_REGIONOPS

include "dialects/model/ModelBase.td"

def Model_RoiAlignOp : Model_InferredOp<"roi_align"> {
  let summary = "result[r,c,i,j] = mean or maximum of samples in bin i, j of roi r";
  let description = [{
    `input` is [B,C,H,W]; `rois` [R,4] has x1, y1, x2, y2, which
    `spatial_scale` takes to the input; `batches` [R] names their batch entries.
    Each roi is cut into `height` by `width` bins of `samples` by `samples`
    bilinear samples, for 0 as many as ceil(bin's size). With `half_pixel`
    coordinates are moved by 0.5, else a roi is at least 1 by 1. `max` takes
    the greatest of the four weighted neighbours of all samples, as ONNX does.
    - C1: the ranks are 4, 2 and 1, and `rois` has 4 columns.
    - C2: `height` and `width` are 1 or more, `samples` 0 or more.
    - C3: input and rois are floats of one type.
    ```mlir
    %y = model.roi_align average %x, %r, %b {height = 2 : i64, width = 2 : i64, half_pixel} : (tensor<1x3x8x8xf32>, tensor<5x4xf32>, tensor<5xi64>) -> tensor<5x3x2x2xf32>
    ```
  }];
  let arguments = (ins RoiKind:$kind, FloatTensor:$input, FloatTensor:$rois,
                       IntegerTensor:$batches, SizeAttr:$height,
                       SizeAttr:$width,
                       DefaultValuedAttr<SizeAttr, "0">:$samples,
                       DefaultValuedAttr<RealAttr, "1.0">:$spatial_scale,
                       UnitAttr:$half_pixel);
  let results = (outs FloatTensor:$result);
  let assemblyFormat = [{
    $kind $input `,` $rois `,` $batches attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // C1 to C3
}

def Model_NmsOp : Model_InferredOp<"nms"> {
  let summary = "the boxes left, best first, once those that overlap a better one are gone";
  let description = [{
    `boxes` is [B,S,4] with two opposite corners y1, x1, y2, x2, or with
    `centers` x, y, width, height; `scores` is [B,C,S]. For each batch entry and
    class, boxes of a score above `score` are taken in order, at most `most`, and
    each takes away those with an intersection over union above `overlap`. The
    result [n,3] of i64 has batch entry, class and box.
    - C1: boxes and scores have rank 3, and boxes 4 columns.
    - C2: boxes and scores are floats of one type.
    ```mlir
    %k = model.nms %boxes, %scores most %n overlap %o score %s : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, index, f32, f32) -> tensor<?x3xi64>
    ```
  }];
  let arguments = (ins FloatTensor:$boxes, FloatTensor:$scores, Index:$most,
                       F32:$overlap, F32:$score, UnitAttr:$centers);
  let results = (outs IntegerTensor:$result);
  let assemblyFormat = [{
    $boxes `,` $scores `most` $most `overlap` $overlap `score` $score attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // C1, C2
}

#endif // NIELLO_DIALECTS_MODEL_REGIONOPS
