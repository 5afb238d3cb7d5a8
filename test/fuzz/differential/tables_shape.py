# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that change or compute shapes, or reinterpret bits."""

import numpy as np
from onnx import numpy_helper

from kinds import onnx_type
from tables import operator
from tables_reduce import some_axes


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
    shape = np.array(draw.shape(1, 3), "int64")
    value = numpy_helper.from_array(
        np.array([3], draw.one(("float32", "int64", "uint8"))))
    draw.emit("ConstantOfShape", [draw.constant(shape)], exact=True,
              value=value)


@operator("EyeLike")
def _eye_like(draw, dtype):
    operand = draw.any(dtype, 2, 2)
    draw.emit("EyeLike", [operand], exact=True,
              k=int(draw.rng.integers(-2, 3)))


BITS = (("int2", "uint2"), ("int4", "uint4", "float4e2m1"),
        ("int8", "uint8", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2",
         "float8e5m2fnuz", "float8e8m0"),
        ("int16", "uint16", "float16", "bfloat16"),
        ("int32", "uint32", "float32"), ("int64", "uint64", "float64"))


@operator("BitCast", opset=26)
def _bit_cast(draw, dtype):
    kinds = next((row for row in BITS if dtype in row), ("int8", "uint8"))
    # Bits that are no canonical NaN, and bytes that are no bool, end here.
    draw.emit("BitCast", [draw.any(dtype, exact=True, special="all")],
              to=onnx_type(draw.one(kinds)), reuse=False)
