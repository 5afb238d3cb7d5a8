# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The dtypes that are drawn, under the names that `niello ops` gives them, and
the data that breaks arithmetic in them."""

import ml_dtypes
import numpy as np
from onnx import TensorProto, helper

FLOATS = ("float32", "float64", "float16", "bfloat16")
SIGNED = ("int8", "int16", "int32", "int64")
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
# Those that operators compute with, and those that they only move and cast.
ARITHMETIC = (*FLOATS, *SIGNED, *UNSIGNED, "bool")
STORED = ("float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz",
          "float4e2m1", "float8e8m0", "int4", "uint4", "int2", "uint2")
ALL = (*ARITHMETIC, *STORED)
# How the enumeration of TensorProto spells them.
SPELLED = {"float32": "FLOAT", "float64": "DOUBLE"}
# As much as each stored float holds, and 1 for those without a sign.
LARGEST = {"float8e8m0": 8.0, "float4e2m1": 6.0}


def onnx_type(dtype):
    return getattr(TensorProto, SPELLED.get(dtype, dtype.upper()))


def np_type(dtype):
    return np.dtype(helper.tensor_dtype_to_np_dtype(onnx_type(dtype)))


NAMES = {onnx_type(dtype): dtype for dtype in ALL}


def name_of(kind):
    """The name of a NumPy dtype, or of a TensorProto's number."""
    if not isinstance(kind, int):
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    return NAMES[kind]


def is_float(dtype):
    return dtype in FLOATS


def is_stored_float(dtype):
    return dtype in STORED and dtype.startswith("float")


def whole_range(dtype, low=-9, high=9):
    """Whole numbers from low to high, as far as the dtype holds them."""
    if dtype == "bool":
        return 0, 1
    if is_stored_float(dtype):
        high = min(high, LARGEST.get(dtype, high))
        return (1 if dtype == "float8e8m0" else max(low, -high)), high
    if is_float(dtype):
        return low, high
    info = ml_dtypes.iinfo(np_type(dtype))
    return max(int(info.min), low), min(int(info.max), high)


def filler(dtype, low=None, high=None, special=True):
    """A function (rng, shape) -> array with what breaks arithmetic."""
    kind = np_type(dtype)

    def whole(rng, shape):
        bottom, top = whole_range(dtype, -9 if low is None else low,
                                  9 if high is None else high)
        return np.asarray(rng.integers(
            bottom, top, shape, endpoint=True)).astype(kind)

    def stored(rng, shape):
        bottom, top = whole_range(dtype, -4 if low is None else low,
                                  4 if high is None else high)
        data = rng.uniform(bottom, top, shape)
        if special == "all" and dtype not in LARGEST and rng.random() < 0.3:
            data = np.where(rng.random(shape) < 0.15, np.nan, data)
        return np.asarray(np.asarray(data).astype(kind))

    def floating(rng, shape):
        data = np.asarray(rng.uniform(
            -4 if low is None else low, 4 if high is None else high,
            shape).astype(kind))
        if special and low is None and rng.random() < 0.3:
            odd = [0.0, -0.0, 1.0, -1.0, 0.5]
            if special == "all":
                tiny = float(ml_dtypes.finfo(kind).smallest_subnormal)
                odd += [np.inf, -np.inf, np.nan, tiny, -tiny]
            hit = rng.random(shape) < 0.15
            picks = rng.choice(np.array(odd), shape).astype(kind)
            data = np.asarray(np.where(hit, picks, data))
        return data

    if dtype == "bool":
        return lambda rng, shape: np.asarray(rng.random(shape) < 0.5)
    return (stored if is_stored_float(dtype) else
            floating if is_float(dtype) else whole)
