# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators of images and their regions."""

import numpy as np

from kinds import is_float
from tables import operator


@operator("Resize")
def _resize(draw, dtype):
    shape = (1, draw.one((1, 2)), draw.one((2, 3, 5)), draw.one((2, 4)))
    # How an integer between two elements is rounded, is nowhere said.
    mode = draw.one(("nearest", "linear", "cubic")
                    if is_float(dtype) else ("nearest",))
    # `pytorch_half_pixel` and a factor of 1 and up: elsewhere the nearest
    # index may fall on a tie that one rounding decides.
    transform = draw.one(("half_pixel", "asymmetric", "align_corners",
                          "pytorch_half_pixel"))
    operand = draw.fresh(dtype, shape, special=False)
    scales = draw.constant([1, 1, draw.one((1, 2)), draw.one((2, 3))],
                           "float32")
    draw.emit("Resize", [operand, None, scales], mode=mode,
              coordinate_transformation_mode=transform,
              nearest_mode=draw.one(("round_prefer_floor", "floor"))
              if mode == "nearest" else None)


@operator("GridSample")
def _grid_sample(draw, dtype):
    n, h, w = draw.one((1, 2)), draw.one((2, 5)), draw.one((3, 4))
    operand = draw.fresh(dtype, (n, draw.one((1, 3)), h, w), special=False)
    grid = draw.fresh(dtype, (n, draw.one((1, 3)), 4, 2), -1.3, 1.3)
    draw.emit("GridSample", [operand, grid],
              mode=draw.one(("linear", "cubic")),
              padding_mode=draw.one(("zeros", "border", "reflection")),
              align_corners=int(draw.rng.integers(2)))


@operator("RoiAlign")
def _roi_align(draw, dtype):
    n, h, w = draw.one((1, 2)), draw.one((4, 7)), draw.one((5, 8))
    count = draw.one((1, 3))
    corners = draw.rng.uniform(0, 2, (count, 2))
    rois = np.concatenate(
        [corners, corners + draw.rng.uniform(1, 3, (count, 2))], 1)
    draw.emit("RoiAlign", [
        draw.fresh(dtype, (n, draw.one((1, 2)), h, w), special=False),
        draw.constant(rois, dtype),
        draw.constant(draw.rng.integers(0, n, count), "int64")],
        mode=draw.one(("avg", "max")), output_height=draw.one((1, 3)),
        output_width=2, sampling_ratio=draw.one((1, 2)),
        spatial_scale=draw.one((1.0, 0.5)),
        coordinate_transformation_mode=draw.one(
            ("half_pixel", "output_half_pixel")))


@operator("NonMaxSuppression")
def _non_max_suppression(draw, dtype):
    batch, classes, count = draw.one((1, 2)), draw.one((1, 2)), draw.one(
        (1, 5, 16))
    # Whole coordinates and scores that differ: nothing hangs on a rounding.
    corners = draw.rng.integers(0, 6, (batch, count, 2))
    boxes = np.concatenate(
        [corners, corners + draw.rng.integers(1, 5, (batch, count, 2))], 2)
    scores = draw.rng.permutation(batch * classes * count).reshape(
        batch, classes, count) / 64
    draw.emit("NonMaxSuppression", [
        draw.constant(boxes, dtype), draw.constant(scores, dtype),
        draw.constant([draw.one((1, 3, 20))], "int64"),
        draw.constant([draw.one((0.3, 0.6))], "float32"),
        draw.constant([draw.one((0, 0.1))], "float32")],
        center_point_box=int(draw.rng.integers(2)))


@operator("MaxUnpool")
def _max_unpool(draw, dtype):
    n, c, h, w = (int(draw.rng.integers(1, 4)) for _ in range(4))
    # Each element came from somewhere in its own 2 x 2 window.
    plane, row, column = np.meshgrid(
        np.arange(n * c), np.arange(h), np.arange(w), indexing="ij")
    down, right = draw.rng.integers(0, 2, (2, n * c, h, w))
    places = (plane * 2 * h + 2 * row + down) * 2 * w + 2 * column + right
    draw.emit("MaxUnpool", [
        draw.fresh(dtype, (n, c, h, w), special=False, fixed=True),
        draw.constant(places.reshape(n, c, h, w), "int64")],
        kernel_shape=[2, 2], strides=[2, 2])


@operator("Col2Im")
def _col2im(draw, dtype):
    image = [draw.one((4, 5)), draw.one((4, 6))]
    block = [draw.one((1, 2)), draw.one((2, 3))]
    count = int(np.prod([i - b + 1 for i, b in zip(image, block)]))
    shape = (draw.one((1, 2)), draw.one((1, 3)) * int(np.prod(block)), count)
    draw.emit("Col2Im", [
        draw.fresh(dtype, shape, special=False),
        draw.constant(image, "int64"), draw.constant(block, "int64")])


@operator("AffineGrid")
def _affine_grid(draw, dtype):
    n = draw.one((1, 2))
    size = draw.constant([n, 1, draw.one((2, 5)), draw.one((3, 4))], "int64")
    draw.emit("AffineGrid", [draw.fresh(dtype, (n, 2, 3), -1, 1), size],
              align_corners=int(draw.rng.integers(2)))


@operator("CenterCropPad")
def _center_crop_pad(draw, dtype):
    operand = draw.any(dtype, low=1, high=3, empty=False)
    axes = draw.rng.permutation(len(operand.shape))[
        :draw.one((1, 2))].tolist()
    target = [draw.size(empty=False) for _ in axes]
    draw.emit("CenterCropPad", [operand, draw.constant(target, "int64")],
              exact=operand.exact, axes=axes, rank=len(operand.shape))


@operator("Upsample", opset=9)
def _upsample(draw, dtype):
    shape = (1, draw.one((1, 2)), draw.one((2, 3)), draw.one((2, 4)))
    scales = draw.constant([1, 1, draw.one((1, 2)), draw.one((2, 3))],
                           "float32")
    draw.emit("Upsample", [draw.fresh(dtype, shape, special=False), scales],
              mode="nearest")


@operator("DeformConv")
def _deform_conv(draw, dtype):
    n, c, h, w = draw.one((1, 2)), draw.one((1, 2)), 4, draw.one((4, 5))
    kernel, filters = draw.one(((1, 1), (2, 2), (2, 3))), draw.one((1, 3))
    out = [h - kernel[0] + 1, w - kernel[1] + 1]
    taps = kernel[0] * kernel[1]
    inputs = [draw.fresh(dtype, (n, c, h, w), special=False, fixed=True),
              draw.fresh(dtype, (filters, c, *kernel), special=False,
                         fixed=True),
              draw.fresh(dtype, (n, 2 * taps, *out), -1, 1, fixed=True)]
    if draw.chance(0.5):
        inputs += [draw.fresh(dtype, (filters,), special=False, fixed=True),
                   draw.fresh(dtype, (n, taps, *out), 0, 1, fixed=True)]
    draw.emit("DeformConv", inputs, kernel_shape=list(kernel),
              pads=[0, 0, 0, 0])


@operator("MaxRoiPool")
def _max_roi_pool(draw, dtype):
    n, count = draw.one((1, 2)), draw.one((1, 3))
    corners = draw.rng.integers(0, 3, (count, 2))
    rois = np.concatenate(
        [draw.rng.integers(0, n, (count, 1)), corners,
         corners + draw.rng.integers(1, 4, (count, 2))], 1)
    draw.emit("MaxRoiPool", [
        draw.fresh(dtype, (n, draw.one((1, 3)), 6, 7), special=False),
        draw.constant(rois, dtype)], pooled_shape=[draw.one((1, 2)), 2])
