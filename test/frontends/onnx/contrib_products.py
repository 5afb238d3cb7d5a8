# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""com.microsoft matrix products on floats and packed weights."""

import numpy as np

from contrib_parts import Part

RANDOM = np.random.default_rng(11)


def normal(*shape, dtype="float32"):
    return RANDOM.normal(size=shape).astype(dtype)


def fused(op):
    a, b = normal(2, 3, 5), normal(2, 5, 4)
    for attrs, inputs in (
            ({}, [a, b]), ({"alpha": 0.25}, [a, b]),
            ({"transA": 1}, [normal(2, 5, 3), b]),
            ({"transB": 1, "alpha": -2.0}, [a, normal(2, 4, 5)]),
            ({"transA": 1, "transB": 1}, [normal(5, 3), normal(4, 5)]),
            ({}, [normal(3, 5), normal(2, 5, 4)]),
            ({}, [normal(1, 2, 3, 5), normal(2, 1, 5, 4)]),
            ({}, [normal(3, 5), normal(5)]),
            ({"transBatchA": 1}, [normal(3, 2, 5), b]),
            ({"transBatchA": 1, "transA": 1}, [normal(5, 2, 3), b]),
            ({"transBatchB": 1}, [a, normal(5, 2, 4)]),
            ({"transBatchB": 1, "transB": 1, "transBatchA": 1},
             [normal(3, 2, 7, 5), normal(4, 2, 7, 5)])):
        if op == "TransposeMatMul" and any("Batch" in key for key in attrs):
            continue
        yield op, Part(op, inputs, attrs, terms=5, scale=5)
    yield op, Part(op, [a, normal(2, 4, 5)], {"transB": 1},
                   free={0: (0, 1), 1: (0,)}, terms=5, scale=5,
                   more=[[normal(3, 7, 5), normal(3, 4, 5)]])


def packed(n, k, block, bits, rows=3, zero=None, bias=False, scale="float32",
           order=False):
    """A MatMulNBits part with random contents."""
    blocks = (k + block - 1) // block
    width = block * bits // 8
    b = RANDOM.integers(0, 256, (n, blocks, width), "uint8")
    inputs = [normal(rows, k), b, normal(n, blocks, dtype=scale)]
    if zero == "packed":
        inputs.append(RANDOM.integers(
            0, 256, (n, (blocks * bits + 7) // 8), "uint8"))
    elif zero == "float":
        inputs.append(RANDOM.uniform(
            0, 2**bits, (n, blocks)).astype(scale))
    if order:
        inputs += [None] * (4 - len(inputs))
        inputs.append((np.arange(k) // block).astype("int32")[
            RANDOM.permutation(k)])
    if bias:
        inputs += [None] * (5 - len(inputs)) + [normal(n)]
    attrs = {"K": k, "N": n, "bits": bits, "block_size": block}
    # Weights are up to 2^bits scales, about 3 sigma each.
    return Part("MatMulNBits", inputs, attrs, weights=(1, 2, 3, 4, 5),
                terms=k, scale=3.0 * 2**bits * np.sqrt(k), free={0: (0,)},
                more=[[normal(1, k), *inputs[1:]]])


def reordered(a, b, scales, zeros, order):
    """A W' for 4 bits, blocks of 32 and two blocks a row."""
    rows = b.reshape(len(b), -1)
    q = np.stack([rows & 15, rows >> 4], -1).reshape(len(b), -1)
    zero = np.stack([zeros & 15, zeros >> 4], -1).reshape(len(b), -1)
    w = (q - zero[:, order].astype("float32")) * scales.reshape(
        len(b), -1)[:, order]
    return (a @ w.T).astype("float32")


def packed_products():
    for part in (packed(8, 32, 16, 4), packed(5, 32, 32, 4, zero="packed"),
                 packed(3, 50, 16, 4, zero="packed"),
                 packed(4, 33, 32, 4, bias=True),
                 packed(4, 64, 32, 4, zero="float"),
                 packed(6, 96, 32, 4, zero="packed", bias=True),
                 packed(4, 32, 16, 8), packed(4, 48, 16, 8, zero="packed"),
                 packed(4, 64, 64, 2, zero="packed"),
                 packed(4, 128, 32, 2),
                 packed(4, 64, 32, 4, order=True)):
        yield "MatMulNBits", part
    # onnxruntime's CPU leaves out the zero points where there is a g_idx,
    # against its documentation and other devices.
    part = packed(4, 64, 32, 4, order=True, zero="packed")
    part.expect = reordered
    yield "MatMulNBits", part


def named_weights():
    op = "MatMulBnb4"
    for kind in (0, 1):
        for n, k, block in ((4, 32, 16), (3, 48, 64)):
            b = RANDOM.integers(0, 256, n * k // 2).astype("uint8")
            scales = RANDOM.uniform(
                0, 2, (n * k + block - 1) // block).astype("float32")
            yield op, Part(op, [normal(3, k), b, scales], {
                "K": k, "N": n, "block_size": block, "quant_type": kind},
                weights=(1, 2), terms=k, scale=k, free={0: (0,)},
                more=[[normal(1, k), b, scales]])


def groups():
    by_op = {}
    for make in (lambda: fused("FusedMatMul"),
                 lambda: fused("TransposeMatMul"), packed_products,
                 named_weights):
        for op, part in make():
            by_op.setdefault(op, []).append(part)
    for op, parts in by_op.items():
        yield op, parts, 3
