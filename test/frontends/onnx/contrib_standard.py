# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""com.microsoft operators that have become standard ones."""

import numpy as np

from contrib_parts import Part

RANDOM = np.random.default_rng(23)


def normal(*shape, dtype="float32"):
    return RANDOM.normal(size=shape).astype(dtype)


def moved():
    for attrs in ({}, {"upper": 0}):
        yield Part("Trilu", [normal(2, 3, 4)], attrs)
        yield Part("Trilu", [normal(4, 3, dtype="float64"),
                             np.array(-1, "int64")], attrs)
    x = normal(3, 4, 2)
    for kind in ("int32", "int64"):
        yield Part("GatherND", [x, np.array([[0, 1], [2, 3]], kind)])
    for axis in (0, 2, -1):
        yield Part("ExpandDims", [x, np.array(axis, "int32")], weights=(1,))
    yield Part("Pad", [x, np.array([0, 1, 0, 2, 0, 1], "int64")],
               weights=(1,))
    yield Part("Pad", [x, np.array([0, 1, 0, 2, -1, 1], "int64"),
                       np.array([1.5], "float32")],
               {"mode": "constant"}, weights=(1, 2))
    for mode in ("reflect", "edge"):
        yield Part("Pad", [x, np.array([[0, 1, 1, 2, 0, 1]], "int64")],
                   {"mode": mode}, weights=(1,))
    x = np.array([2, 1, 1, 3, 4, 3, -0.5], "float32")
    yield Part("Unique", [x], outputs=3)


def computed():
    for kind in ("int32", "float32", "int64"):
        ends = [np.array(n, kind) for n in (2, 11, 3)]
        yield Part("Range", ends, weights=(0, 1, 2))
        yield Part("Range", ends[:2], weights=(0, 1))
    yield Part("Range", [np.array([1.5], "float32"),
                         np.array([-2], "float32"),
                         np.array([-0.5], "float32")], weights=(0, 1, 2))
    for metric in ("euclidean", "sqeuclidean"):
        for dtype in ("float32", "float64"):
            # onnxruntime subtracts products from squares, which cancel.
            yield Part("CDist", [normal(5, 3, dtype=dtype),
                                 normal(4, 3, dtype=dtype)],
                       {"metric": metric}, terms=40, scale=30)
    for shape in ((3, 3), (2, 4, 4), (1, 1), (2, 1, 5, 5)):
        for dtype in ("float32", "float64"):
            # Far from singular: a few times n roundings of numbers up to 2.
            x = normal(*shape, dtype=dtype) + 4 * np.eye(shape[-1], dtype=dtype)
            yield Part("Inverse", [x], terms=50, scale=2)
    yield Part("Inverse", [np.array([[0, 2], [4, 0]], "float32")],
               free={0: (0, 1)}, more=[[np.eye(3, dtype="float32") * 8]])
    grid = RANDOM.uniform(-1.2, 1.2, (2, 4, 5, 2)).astype("float32")
    for mode in ("bilinear", "nearest", "bicubic"):
        for padding in ("zeros", "border", "reflection"):
            if (mode, padding) == ("bicubic", "border"):
                continue  # onnxruntime differs from the standard's reference
            yield Part("GridSample", [normal(2, 3, 6, 7), grid],
                       {"mode": mode, "padding_mode": padding}, terms=16,
                       scale=8)


def groups():
    by_op = {}
    for make in (moved, computed):
        for part in make():
            by_op.setdefault(part.op, []).append(part)
    for op, parts in by_op.items():
        yield op, parts, 3
