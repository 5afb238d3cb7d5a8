// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_RESIZEOPS
#define NIELLO_DIALECTS_MODEL_RESIZEOPS

include "dialects/model/ModelBase.td"

def Model_ResizeOp : Model_TensorOp<"resize", [AttrSizedOperandSegments]> {
  let summary = "result[o] = sum_i weight(x(o) - i) input[i] along each of some axes";
  let description = [{
    `coordinates` say where o lies in the input, with L the input's size, N the
    result's and s the axis's number among `scales`:
    - `half_pixel`: (o + 0.5) / s - 0.5; `pytorch_half_pixel` the same, but 0 for
      N = 1; `half_pixel_symmetric` the same, plus L / 2 (1 - N / (s L));
    - `align_corners`: o (L - 1) / (s L - 1), 0 for N = 1;
    - `asymmetric`: o / s; `tf_half_pixel_for_nn`: (o + 0.5) / s;
    - `tf_crop_and_resize`: start (L - 1) + o (end - start) (L - 1) / (N - 1), or
      their middle for N = 1; outside [0, L - 1] the result is `extrapolation`.

    `nearest` rounds it by `rounding`. `linear` mixes 2 neighbours, `cubic` 4 by
    Keys' kernel with `cubic_a`; with `antialias` as many more as a reduction
    skips. A neighbour outside is the edge, or with `exclude_outside` left out.
    - C1: `axes` are different dimensions of the input.
    - C2: the result has the input's element type and its sizes off the axes.
    - C3: there is a scale for each axis, and a start and an end in `roi` (all
      starts first) for tf_crop_and_resize and only for it.
    - C4: there is one operand in `sizes` for each dynamic size of the result.
    ```mlir
    %y = model.resize linear %x axes [2, 3] scales(%a, %b) sizes(%h, %w) half_pixel : tensor<1x3x4x4xf32> -> tensor<1x3x?x?xf32>
    ```
  }];
  let arguments = (ins Interpolation:$mode, ModelTensor:$input,
                       DenseI64ArrayAttr:$axes, Variadic<F32>:$scales,
                       Variadic<Index>:$sizes, Variadic<F32>:$roi,
                       Coordinates:$coordinates,
                       DefaultValuedAttr<Rounding, "Rounding::PreferFloor">:$rounding,
                       UnitAttr:$antialias, UnitAttr:$exclude_outside,
                       DefaultValuedAttr<RealAttr, "-0.75">:$cubic_a,
                       DefaultValuedAttr<RealAttr, "0.0">:$extrapolation,
                       DefaultValuedAttr<BoolAttr, "true">:$is_signed);
  let results = (outs ModelTensor:$result);
  let assemblyFormat = [{
    $mode $input `axes` $axes `scales` `(` $scales `)`
    (`sizes` `(` $sizes^ `)`)? (`roi` `(` $roi^ `)`)? $coordinates
    (`rounding` $rounding^)? attr-dict `:` type($input) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "Interpolation":$mode, "::mlir::Value":$input,
      "::llvm::ArrayRef<int64_t>":$axes, "::mlir::ValueRange":$scales,
      "::llvm::ArrayRef<::mlir::OpFoldResult>":$sizes,
      "::mlir::ValueRange":$roi, "Coordinates":$coordinates,
      CArg<"Rounding", "Rounding::PreferFloor">:$rounding)>];
  let hasVerifier = 1; // C1 to C4
}

def Model_GridSampleOp : Model_InferredOp<"grid_sample"> {
  let summary = "result[b,c,o] = input[b,c] between its elements, at grid[b,o]";
  let description = [{
    `input` is [B, C, ...], `grid` [B, ..., n] with n the number of spatial
    dimensions, the last dimension's coordinate first. -1 and 1 are the centres
    of the first and last element with `align_corners`, their outer edges
    without. `nearest` rounds to even. Keys' kernel has a = -0.75.
    - C1: the grid's last size is static and n, both have rank n + 2, n at
      least 1.
    - C2: input and grid are floats and have one batch size.
    ```mlir
    %y = model.grid_sample linear %x, %g outside border {align_corners} : (tensor<1x2x4x4xf32>, tensor<1x3x5x2xf32>) -> tensor<1x2x3x5xf32>
    ```
  }];
  let arguments = (ins Interpolation:$mode, ModelTensor:$input,
                       FloatTensor:$grid, Outside:$outside,
                       UnitAttr:$align_corners);
  let results = (outs ModelTensor:$result);
  let assemblyFormat = [{
    $mode $input `,` $grid `outside` $outside attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // C1, C2
}

#endif // NIELLO_DIALECTS_MODEL_RESIZEOPS
