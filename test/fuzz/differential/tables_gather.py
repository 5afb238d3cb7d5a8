# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that read and write elements by their indices."""

import numpy as np

from tables import operator


def _indices(draw, shape, size, dtype=None):
    dtype = dtype or draw.one(("int32", "int64"))
    return draw.fresh(dtype, shape, -size, size - 1)


@operator("Gather")
def _gather(draw, dtype):
    operand = draw.any(dtype, low=1, empty=False)
    axis = draw.axis(len(operand.shape))
    indices = _indices(draw, draw.shape(0, 2), operand.shape[axis])
    draw.emit("Gather", [operand, indices], axis=axis, exact=operand.exact)


@operator("GatherElements")
def _gather_elements(draw, dtype):
    operand = draw.any(dtype, low=1, empty=False)
    axis = draw.axis(len(operand.shape))
    shape = [int(draw.rng.integers(1, s + 1)) for s in operand.shape]
    shape[axis] = draw.size()
    indices = _indices(draw, shape, operand.shape[axis])
    draw.emit("GatherElements", [operand, indices], axis=axis,
              exact=operand.exact)


@operator("GatherND")
def _gather_nd(draw, dtype):
    operand = draw.any(dtype, low=1, empty=False)
    depth = int(draw.rng.integers(1, len(operand.shape) + 1))
    shape = (*draw.shape(0, 2), depth)
    size = min(operand.shape[:depth])
    indices = _indices(draw, shape, size, "int64")
    draw.emit("GatherND", [operand, indices], exact=operand.exact,
              rank=len(shape) - 1 + len(operand.shape) - depth)


REDUCTIONS = ("none", "add", "mul", "min", "max")


def distinct(draw, shape, size, axis):
    """Indices that do not repeat along the axis: the order is undefined."""
    rows = np.argsort(draw.rng.random(
        [size if i == axis else s for i, s in enumerate(shape)]), axis=axis)
    return np.take(rows, range(shape[axis]), axis=axis).astype("int64")


def _scatter(name):
    def make(draw, dtype):
        _scatter_elements(draw, dtype, name)

    return make


operator("ScatterElements")(_scatter("ScatterElements"))
operator("Scatter", opset=10)(_scatter("Scatter"))


def _scatter_elements(draw, dtype, name):
    operand = draw.any(dtype, low=1, empty=False)
    axis = int(draw.rng.integers(len(operand.shape)))
    shape = [int(draw.rng.integers(1, s + 1)) for s in operand.shape]
    indices = distinct(draw, shape, operand.shape[axis], axis)
    if draw.chance(0.5):
        indices -= operand.shape[axis] * (draw.rng.random(shape) < 0.3)
    # As many as the indices, which are constant.
    updates = draw.fresh(dtype, shape, fixed=True)
    known = name == "Scatter" or dtype == "bool"
    draw.emit(name, [operand, draw.constant(indices), updates], axis=axis,
              reduction=None if known else draw.one(REDUCTIONS))


@operator("ScatterND")
def _scatter_nd(draw, dtype):
    operand = draw.any(dtype, low=1, empty=False)
    size = operand.shape[0]
    count = int(draw.rng.integers(1, size + 1))
    indices = draw.rng.permutation(size)[:count].reshape(-1, 1)
    updates = draw.fresh(dtype, (count, *operand.shape[1:]), fixed=(0,))
    # What a sum of two bools is, is nowhere said.
    draw.emit("ScatterND",
              [operand, draw.constant(indices.astype("int64")), updates],
              reduction=None if dtype == "bool" else draw.one(REDUCTIONS))


@operator("OneHot")
def _one_hot(draw, dtype):
    depth = draw.one((1, 3, 8))
    indices = draw.fresh(
        dtype, draw.shape(1, 3), fill=lambda rng, shape: rng.integers(
            -depth, depth, shape).astype(dtype))
    values = draw.constant([0, 1], draw.one(("float32", "int64")))
    rank = len(indices.shape)
    draw.emit("OneHot", [indices, draw.constant(depth, "int64"), values],
              exact=True, axis=int(draw.rng.integers(-rank - 1, rank + 1)))


@operator("Compress")
def _compress(draw, dtype):
    operand = draw.any(dtype, low=1, empty=False)
    axis = draw.axis(len(operand.shape))
    condition = draw.fresh("bool", (operand.shape[axis],))
    draw.emit("Compress", [operand, condition], axis=axis,
              exact=operand.exact)


@operator("TensorScatter")
def _tensor_scatter(draw, dtype):
    batch, most, width = draw.one((1, 2)), draw.one((4, 7)), draw.one((1, 3))
    count = int(draw.rng.integers(1, 4))
    at = draw.rng.integers(0, most - count + 1, batch)
    draw.emit("TensorScatter", [
        # As many entries as there are indices, which are constant.
        draw.fresh(dtype, (batch, most, width), fixed=(0,)),
        draw.fresh(dtype, (batch, count, width), fixed=(0,)),
        draw.constant(at, "int64")], axis=1,
        mode=draw.one(("linear", "circular")))
