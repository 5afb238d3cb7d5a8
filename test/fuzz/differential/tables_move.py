# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that move elements and compute shapes."""

import numpy as np

from draw import np_type, onnx_type
from tables import operator
from tables_reduce import some_axes


@operator("Transpose")
def _transpose(draw, dtype):
    operand = draw.any(dtype)
    perm = draw.rng.permutation(len(operand.shape)).tolist()
    draw.emit("Transpose", [operand], exact=operand.exact,
              perm=perm or None)


@operator("Reshape")
def _reshape(draw, dtype):
    operand = draw.any(dtype, empty=False)
    shape = list(operand.shape)
    for _ in range(2):
        if len(shape) > 1 and draw.chance(0.6):
            at = int(draw.rng.integers(len(shape) - 1))
            shape[at:at + 2] = [shape[at] * shape[at + 1]]
        elif shape and draw.chance(0.5):
            at = int(draw.rng.integers(len(shape)))
            for factor in (2, 3, 1):
                if shape[at] % factor == 0:
                    shape[at:at + 1] = [factor, shape[at] // factor]
                    break
    shape = np.array(shape, "int64")
    for at, size in enumerate(shape):
        same = at < len(operand.shape) and operand.shape[at] == size
        if same and draw.chance(0.3):
            shape[at] = 0
    if len(shape) and draw.chance(0.4):
        shape[int(draw.rng.integers(len(shape)))] = -1
    target = (draw.constant(shape) if draw.chance(0.7) else
              draw.fresh("int64", shape.shape, constant=False, fixed=True,
                         fill=lambda rng, _: shape))
    draw.emit("Reshape", [operand, target], exact=operand.exact,
              rank=len(shape))


@operator("Flatten")
def _flatten(draw, dtype):
    operand = draw.any(dtype, low=1)
    rank = len(operand.shape)
    draw.emit("Flatten", [operand], exact=operand.exact,
              axis=int(draw.rng.integers(-rank, rank + 1)))


@operator("Unsqueeze")
def _unsqueeze(draw, dtype):
    operand = draw.any(dtype, high=3)
    rank = len(operand.shape)
    axes = some_axes(draw, rank + 1)[:1]
    draw.emit("Unsqueeze", [operand, draw.constant(axes)],
              exact=operand.exact)


@operator("Squeeze")
def _squeeze(draw, dtype):
    operand = draw.any(dtype, low=1, where=lambda v: 1 in v.shape)
    ones = [i for i, size in enumerate(operand.shape) if size == 1]
    if not ones or draw.chance(0.2):
        # Without axes the result's rank hangs on the sizes, which must then
        # be known when it is compiled.
        operand = draw.fresh(dtype, draw.shape(low=1), fixed=True)
        draw.emit("Squeeze", [operand], exact=operand.exact)
        return
    axes = draw.constant([draw.one(ones)], "int64")
    draw.emit("Squeeze", [operand, axes],
              exact=operand.exact)


@operator("Concat")
def _concat(draw, dtype):
    first = draw.any(dtype, low=1)
    axis = draw.axis(len(first.shape))
    operands = [first]
    for _ in range(int(draw.rng.integers(0, 3))):
        shape = list(first.shape)
        shape[axis] = draw.size()
        operands.append(draw.fresh(dtype, shape))
    draw.emit("Concat", operands, axis=axis,
              exact=all(v.exact for v in operands))


@operator("Split")
def _split(draw, dtype):
    operand = draw.any(dtype, low=1, empty=False)
    axis = draw.axis(len(operand.shape))
    size = operand.shape[axis]
    if draw.chance(0.3):
        parts = int(draw.rng.integers(1, min(size, 3) + 1))
        if (parts - 1) * -(-size // parts) >= size:
            parts = 1
        draw.emit("Split", [operand], parts, exact=operand.exact, axis=axis,
                  num_outputs=parts)
        return
    at = int(draw.rng.integers(0, size + 1))
    sizes = draw.constant([at, size - at], "int64")
    draw.emit("Split", [operand, sizes], 2, exact=operand.exact, axis=axis)


@operator("Slice")
def _slice(draw, dtype):
    operand = draw.any(dtype, low=1)
    rank = len(operand.shape)
    axes = [int(a) for a in some_axes(draw, rank)] or [0]
    starts, ends, steps = [], [], []
    for axis in axes:
        size = operand.shape[axis]
        steps.append(draw.one((1, 1, 2, 3, -1, -2)))
        starts.append(int(draw.rng.integers(-size - 1, size + 2)))
        ends.append(draw.one((int(draw.rng.integers(-size - 1, size + 2)),
                              2**63 - 1, -(2**63) + 1)))
    rows = [np.array(r, "int64") for r in (starts, ends, axes, steps)]
    operands = [
        draw.constant(row) if draw.chance(0.8) else
        draw.fresh("int64", row.shape, constant=False, fixed=True,
                   fill=lambda rng, _, row=row: row)
        for row in rows]
    draw.emit("Slice", [operand, *operands], exact=operand.exact)


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
    draw.emit("ScatterND",
              [operand, draw.constant(indices.astype("int64")), updates],
              reduction=draw.one(REDUCTIONS))


@operator("Expand")
def _expand(draw, dtype):
    target = np.array(draw.shape(0, 4), "int64")
    shape = [1 if draw.chance(0.5) else s for s in target]
    shape = shape[int(draw.rng.integers(0, len(shape) + 1)):]
    operand = draw.fresh(dtype, shape)
    draw.emit("Expand", [operand, draw.constant(target)], exact=True)


@operator("Tile")
def _tile(draw, dtype):
    operand = draw.any(dtype, low=1, high=3)
    repeats = draw.rng.integers(0, 4, len(operand.shape))
    draw.emit("Tile", [operand, draw.constant(repeats, "int64")],
              exact=operand.exact)


@operator("Pad")
def _pad(draw, dtype):
    operand = draw.any(dtype, low=1, high=4, empty=False)
    mode = draw.one(("constant", "constant", "reflect", "edge", "wrap"))
    room = [s - 1 if mode == "reflect" else s if mode == "wrap" else 3
            for s in operand.shape]
    pads = np.array([int(draw.rng.integers(0, min(3, r) + 1))
                     for r in room * 2], "int64")
    if mode == "constant" and draw.chance(0.3):
        pads -= draw.rng.integers(0, 2, len(pads)) * (
            np.array(operand.shape * 2) > 3)
    inputs = [operand, draw.constant(pads)]
    if mode == "constant" and draw.chance(0.7):
        inputs.append(draw.constant(2, dtype))
    draw.emit("Pad", inputs, mode=mode, exact=operand.exact)


@operator("Trilu")
def _trilu(draw, dtype):
    operand = draw.any(dtype, low=2)
    k = draw.constant(int(draw.rng.integers(-3, 4)), "int64")
    draw.emit("Trilu", [operand, k], upper=int(draw.rng.integers(2)),
              exact=operand.exact)


def _depth_space(name):
    def make(draw, dtype):
        block = draw.one((1, 2, 3))
        n, c, h, w = (draw.one((1, 2)), draw.one((1, 2)), draw.one((1, 2, 3)),
                      draw.one((1, 2, 3)))
        if name == "DepthToSpace":
            operand = draw.fresh(dtype, (n, c * block**2, h, w))
            mode = draw.one(("DCR", "CRD"))
        else:
            operand = draw.fresh(dtype, (n, c, h * block, w * block))
            mode = None
        draw.emit(name, [operand], exact=True, blocksize=block, mode=mode)

    return make


for _name in ("DepthToSpace", "SpaceToDepth"):
    operator(_name)(_depth_space(_name))


def _facts(name):
    def make(draw, dtype):
        draw.emit(name, [draw.any(dtype)], exact=True)

    return make


for _name in ("Shape", "Size"):
    operator(_name)(_facts(_name))


@operator("Range")
def _range(draw, dtype):
    numbers = [draw.constant(n, dtype) for n in draw.one(
        ((0, 5, 1), (3, 3, 1), (10, -2, -3), (2, 30, 7)))]
    draw.emit("Range", numbers, exact=True)


@operator("ConstantOfShape")
def _constant_of_shape(draw, dtype):
    from onnx import numpy_helper

    shape = np.array(draw.shape(1, 3), "int64")
    value = numpy_helper.from_array(
        np.array([3], draw.one(("float32", "int64", "uint8"))))
    draw.emit("ConstantOfShape", [draw.constant(shape)], exact=True,
              value=value)


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


@operator("EyeLike")
def _eye_like(draw, dtype):
    operand = draw.any(dtype, 2, 2)
    draw.emit("EyeLike", [operand], exact=True,
              k=int(draw.rng.integers(-2, 3)))


@operator("Compress")
def _compress(draw, dtype):
    operand = draw.any(dtype, low=1, empty=False)
    axis = draw.axis(len(operand.shape))
    condition = draw.fresh("bool", (operand.shape[axis],))
    draw.emit("Compress", [operand, condition], axis=axis,
              exact=operand.exact)


@operator("ReverseSequence")
def _reverse_sequence(draw, dtype):
    time_axis = int(draw.rng.integers(2))
    operand = draw.any(dtype, low=2, empty=False)
    size, batch = operand.shape[time_axis], operand.shape[1 - time_axis]
    lengths = draw.fresh("int64", (batch,), 1, size)
    draw.emit("ReverseSequence", [operand, lengths], exact=operand.exact,
              time_axis=time_axis, batch_axis=1 - time_axis)


@operator("Unique")
def _unique(draw, dtype):
    operand = draw.any(dtype, low=1, exact=True, empty=False, special=False)
    axis = draw.axis(len(operand.shape)) if draw.chance(0.5) else None
    rank = 1 if axis is None else len(operand.shape)
    draw.emit("Unique", [operand], draw.one((1, 4)), axis=axis, exact=True,
              sorted=int(draw.rng.integers(2)), rank=rank)


@operator("TensorScatter")
def _tensor_scatter(draw, dtype):
    batch, most, width = draw.one((1, 2)), draw.one((4, 7)), draw.one((1, 3))
    count = int(draw.rng.integers(1, 4))
    at = draw.rng.integers(0, most - count + 1, batch)
    draw.emit("TensorScatter", [
        draw.fresh(dtype, (batch, most, width)),
        draw.fresh(dtype, (batch, count, width)),
        draw.constant(at, "int64")], axis=1,
        mode=draw.one(("linear", "circular")))


BITS = {1: ("int8", "uint8"), 2: ("int16", "uint16", "float16", "bfloat16"),
        4: ("int32", "uint32", "float32"), 8: ("int64", "uint64", "float64")}


@operator("BitCast", opset=26)
def _bit_cast(draw, dtype):
    width = 1 if dtype == "bool" else np_type(dtype).itemsize
    kinds = [kind for kind in BITS[width] if dtype != "bool" or width == 1]
    draw.emit("BitCast", [draw.any(dtype, exact=True, special="all")],
              to=onnx_type(draw.one(kinds)), reuse=False)
