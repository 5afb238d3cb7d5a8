# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that move elements."""

import numpy as np

from kinds import STORED, whole_range
from tables import operator
from tables_reduce import some_axes


@operator("Transpose")
def _transpose(draw, dtype):
    operand = draw.any(dtype)
    perm = draw.rng.permutation(len(operand.shape)).tolist()
    draw.emit("Transpose", [operand], exact=operand.exact,
              perm=perm or None)


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
    # The reference evaluator, which alone has the stored ones, cuts nothing.
    if mode == "constant" and dtype not in STORED and draw.chance(0.3):
        pads -= draw.rng.integers(0, 2, len(pads)) * (
            np.array(operand.shape * 2) > 3)
    inputs = [operand, draw.constant(pads)]
    if mode == "constant" and draw.chance(0.7):
        inputs.append(draw.constant(whole_range(dtype, 0, 2)[1], dtype))
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
