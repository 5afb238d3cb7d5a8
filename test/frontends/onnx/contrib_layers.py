# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""com.microsoft layers on quantised tensors and tables."""

import ml_dtypes
import numpy as np

from contrib_parts import Part, oracle
from contrib_quantized import BYTES, RANDOM, real, some, zero


def last(x):
    return np.ascontiguousarray(np.moveaxis(x, 1, -1))


def normal(*shape, dtype="float32"):
    return RANDOM.normal(size=shape).astype(dtype)


def products():
    op = "DynamicQuantizeMatMul"
    a, scales = normal(2, 3, 8), RANDOM.uniform(0.01, 0.1, 5).astype("float32")
    for dtype in BYTES:
        b = some(dtype, 8, 5)
        # Sums of 8 products of up to 255 x 255 times 0.03 x 0.1.
        loose = {"terms": 8, "scale": 8 * 255 * 255 * 0.003}
        for rest in ([real(0.05)], [real(0.05), zero(100, dtype)],
                     [scales, some(dtype, 5), normal(5)],
                     [scales, None, normal(5)]):
            yield op, Part(op, [a, b, *rest], weights=(1, 2, 3, 4), **loose)
    yield op, Part(op, [a, b, real(0.05)], weights=(1, 2), free={0: (0, 1)},
                   more=[[normal(1, 9, 8), b, real(0.05)]], **loose)


def convolutions():
    op = "QLinearConv"
    w = some("int8", 4, 3, 3, 3)
    scales = RANDOM.uniform(0.001, 0.01, 4).astype("float32")
    for ws, wz in ((real(0.004), np.array(0, "int8")),
                   (scales, np.zeros(4, "int8"))):
        x = some("uint8", 2, 7, 6, 3)
        rest = [real(0.02), zero(120, "uint8"), w, ws, wz, real(0.05),
                zero(128, "uint8"), RANDOM.integers(-999, 999, 4).astype(
                    "int32")]
        yield op, Part(op, [x, *rest], {"channels_last": 1,
                                        "pads": [1, 1, 1, 1]},
                       weights=range(1, 9))
        yield op, Part(op, [np.moveaxis(x, -1, 1).copy(), *rest],
                       {"strides": [2, 2]}, weights=range(1, 9))


def pools():
    op = "QLinearAveragePool"
    for dtype in BYTES:
        grid = [real(0.05), zero(77, dtype), real(0.03), zero(128, dtype)]
        x = some(dtype, 2, 3, 7, 6)
        for attrs in ({"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]},
                      {"kernel_shape": [2, 3], "strides": [2, 2],
                       "ceil_mode": 1},
                      {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1],
                       "count_include_pad": 1}):
            yield op, Part(op, [x, *grid], attrs)
            yield op, Part(op, [last(x), *grid],
                           {**attrs, "channels_last": 1})


def rows():
    op = "QLinearSoftmax"
    for dtype in BYTES:
        for opset, axis in ((13, -1), (13, 1), (12, 1), (12, 2)):
            yield op, Part(op, [
                some(dtype, 3, 4, 9), real(0.06), zero(11, dtype),
                real(1 / 256), zero(0, "uint8").astype(dtype) if
                dtype == "uint8" else np.array(-100, dtype)],
                {"opset": opset, "axis": axis})
    op = "QLinearWhere"
    for dtype in BYTES:
        yield op, Part(op, [
            RANDOM.integers(0, 2, (3, 8)).astype(bool), some(dtype, 3, 8),
            real(0.05), zero(7, dtype), some(dtype, 8), real(0.11),
            zero(99, dtype), real(0.08), zero(128, dtype)])
    op = "QLinearReduceMean"
    for dtype in BYTES:
        for axes, keep in (([1], 1), ([0, 2], 0)):
            def mean(x, xs, xz, ys, yz, a=tuple(axes), k=bool(keep)):
                # onnxruntime has no kernel for it
                d = (x.astype("float32") - np.float32(xz)) * xs
                q = np.rint(d.mean(a, keepdims=k, dtype="float64") / ys) + yz
                info = np.iinfo(x.dtype)
                return np.clip(q, info.min, info.max).astype(x.dtype)
            yield op, Part(op, [
                some(dtype, 3, 4, 5), real(0.06), zero(11, dtype), real(0.03),
                zero(99, dtype)], {"axes": axes, "keepdims": keep},
                expect=mean, steps=1)  # a tie may fall to either side


def tables():
    op = "QEmbedLayerNormalization"
    ids = RANDOM.integers(0, 11, (2, 4)).astype("int32")
    parts = RANDOM.integers(0, 2, (2, 4)).astype("int32")
    mask = np.array([[1, 1, 1, 0], [1, 0, 0, 0]], "int32")
    for dtype in BYTES:
        five = [some(dtype, 11, 8), some(dtype, 6, 8), some(dtype, 2, 8),
                some(dtype, 8), some(dtype, 8)]
        grids = [real(0.03), real(0.02), real(0.04), real(0.01), real(0.05)]
        zeros = [zero(int(z), dtype) for z in (100, 128, 90, 77, 140)]
        yield op, Part(op, [ids, parts, *five, mask, *grids, *zeros],
                       {"epsilon": 1e-6}, outputs=2, terms=8,
                       weights=range(2, 7))
        yield op, Part(op, [ids, None, *five[:2], None, *five[3:], None,
                            *grids[:2], None, *grids[3:], *zeros[:2], None,
                            *zeros[3:]], {"epsilon": 1e-6}, outputs=2,
                       terms=8)
    op = "GatherBlockQuantized"
    index = np.array([[3, 0], [-1, 2]], "int64")
    for bits in (4, 8):
        table = RANDOM.integers(0, 256, (5, 64 * bits // 8)).astype("uint8")
        scales = normal(5, 4)
        attrs = {"bits": bits, "block_size": 16, "quantize_axis": 1}
        yield op, Part(op, [table, index, scales], attrs, weights=(0, 2))
        points = RANDOM.integers(0, 256, (5, 4 * bits // 8)).astype("uint8")
        yield op, Part(op, [table, index.astype("int32"), scales, points],
                       attrs, weights=(0, 2, 3), free={1: (0,)},
                       more=[[table, np.array([[1, 1]], "int32"), scales,
                              points]])
    for dtype in (ml_dtypes.int4, ml_dtypes.uint4):
        low = -8 if dtype is ml_dtypes.int4 else 0
        table = RANDOM.integers(low, low + 16, (3, 32, 5)).astype(dtype)
        points = RANDOM.integers(low, low + 16, (3, 2, 5)).astype(dtype)
        for axis in (0, 2):
            yield op, Part(op, [table, np.array([1, 0]), normal(3, 2, 5),
                                points],
                           {"block_size": 16, "quantize_axis": 1,
                            "gather_axis": axis}, weights=(0, 2, 3))
        yield op, Part(op, [table, np.array([1, -3]), normal(3, 2, 5)],
                       {"block_size": 16, "quantize_axis": 1},
                       weights=(0, 2))


def halved(x, w, bias, xs, ws, mask, xz, wz):
    """QAttention in float32, rounded: onnxruntime takes no float16."""
    wide = [a.astype("float32") for a in (bias, xs, ws)]
    return oracle(Part("QAttention", [x, w, *wide, mask, xz, wz],
                       {"num_heads": 2}), 0, 3)[0].astype("float16")


def attention():
    op, b, t, h, d = "QAttention", 2, 3, 2, 4
    x, bias = some("uint8", b, t, 6), normal(24)
    heads = {"num_heads": h}
    sums = {"terms": 60, "scale": 60}
    lengths = np.array([3, 2], "int32")
    for dtype in BYTES:
        w = some(dtype, 6, 24)
        base = [x, w, bias, real(0.02), real(0.01)]
        rest = [zero(128, "uint8"), zero(128, dtype)]
        for mask in (None, lengths):
            for causal in (0, 1):
                yield op, Part(op, [*base, mask, *rest],
                               {**heads, "unidirectional": causal},
                               weights=(1, 2, 3, 4, 6, 7), **sums)
        yield op, Part(op, [x, w, *[a.astype("float16") for a in base[2:]],
                            None, *rest], heads, weights=(1, 2, 3, 4, 6, 7),
                       expect=halved, **sums)
        past = normal(2, b, h, 5, d)
        yield op, Part(op, [*base, None, *rest, past],
                       {**heads, "unidirectional": 1}, outputs=2,
                       weights=(1, 2, 3, 4, 6, 7), **sums)
        scales = RANDOM.uniform(0.005, 0.02, 24).astype("float32")
        yield op, Part(op, [*base[:4], scales, None, zero(100, "uint8"),
                            np.zeros(24, dtype) if dtype == "int8" else
                            np.full(24, 128, dtype)], heads,
                       weights=(1, 2, 3, 4, 6, 7), **sums)


def groups():
    by_op = {}
    for make in (products, convolutions, pools, rows, tables, attention):
        for op, part in make():
            by_op.setdefault(op, []).append(part)
    for op, parts in by_op.items():
        yield op, parts, 3
