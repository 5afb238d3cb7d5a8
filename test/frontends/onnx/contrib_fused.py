# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""com.microsoft operators that are several standard ones in a row."""

import numpy as np

from contrib_parts import Part, oracle

RANDOM = np.random.default_rng(19)


def normal(*shape, dtype="float32"):
    return RANDOM.normal(size=shape).astype(dtype)


def last(x):
    return np.ascontiguousarray(np.moveaxis(x, 1, -1))


def first(x):
    return np.ascontiguousarray(np.moveaxis(x, -1, 1))


def convolutions():
    op = "FusedConv"
    x, w, b, z = normal(2, 3, 7, 6), normal(4, 3, 3, 3), normal(4), normal(
        2, 4, 7, 6)
    same = {"pads": [1, 1, 1, 1]}
    # Sums over 27 products.
    sums = {"terms": 30, "scale": 10}
    for kind, params in (("Relu", None), ("Sigmoid", None), ("Tanh", None),
                         ("LeakyRelu", [0.1]), ("Clip", [-0.5, 2.0]),
                         ("HardSigmoid", [0.2, 0.4])):
        attrs = {**same, "activation": kind}
        if params:
            attrs["activation_params"] = params
        yield op, Part(op, [x, w, b], attrs, **sums)
    yield op, Part(op, [x, w, b, z], {**same, "activation": "Relu"}, **sums)
    yield op, Part(op, [x, w, None, z], {**same, "activation": "Relu"},
                   **sums)
    yield op, Part(op, [x, w, b], {"strides": [2, 1], "activation": "Relu"},
                   free={0: (0, 2)}, more=[[normal(1, 3, 9, 6), w, b]],
                   **sums)
    # onnxruntime's channels-last ones are not on every CPU: by channels first.
    for op in ("NhwcFusedConv", "NhwcConv"):
        attrs = dict(same)
        if op == "NhwcFusedConv":
            attrs["activation"] = "Relu"
        plain = {**attrs, "activation": attrs.get("activation", "Clip")}
        if op == "NhwcConv":
            plain["activation_params"] = [-1e9, 1e9]

        def expect(x, w, b, p=plain):
            return last(oracle(Part("FusedConv", [first(x), w, b], p),
                               0, 3)[0])

        yield op, Part(op, [last(x), w, b], attrs, expect=expect, **sums)


def gemms():
    op, a, b, c = "FusedGemm", normal(3, 5), normal(5, 4), normal(4)
    sums = {"terms": 5, "scale": 5}
    for kind, attrs in (("Relu", {}), ("Sigmoid", {}), ("Tanh", {}),
                        ("LeakyRelu", {"activation_alpha": 0.2}),
                        ("HardSigmoid", {"activation_alpha": 0.2,
                                         "activation_beta": 0.4})):
        yield op, Part(op, [a, b, c], {"activation": kind, **attrs}, **sums)
    yield op, Part(op, [a, b.T.copy()], {
        "activation": "Relu", "transB": 1, "alpha": 0.5}, **sums)
    yield op, Part(op, [a.T.copy(), b, c], {
        "activation": "Relu", "transA": 1, "beta": 0.25}, **sums)


def pools():
    op = "NhwcMaxPool"
    for dtype in ("uint8", "int8"):
        info = np.iinfo(dtype)
        x = RANDOM.integers(info.min, info.max, (2, 7, 6, 3)).astype(dtype)
        for attrs in ({"kernel_shape": [3, 3], "pads": [1, 1, 1, 1],
                       "strides": [2, 2]},
                      {"kernel_shape": [2, 3], "ceil_mode": 1,
                       "strides": [2, 2]},
                      {"kernel_shape": [2, 2], "dilations": [2, 1]}):
            yield op, Part(op, [x], attrs)


def group(x, gamma, beta, groups, epsilon, silu):
    """GroupNorm of [N, H, W, C] in double."""
    n, h, w, c = x.shape
    y = x.astype("float64").reshape(n, h * w, groups, c // groups)
    y = (y - y.mean((1, 3), keepdims=True)) / np.sqrt(
        y.var((1, 3), keepdims=True) + epsilon)
    y = y.reshape(x.shape) * gamma + beta
    return (y / (1 + np.exp(-y)) if silu else y).astype(x.dtype)


def norms():
    """onnxruntime has these for GPUs alone: by NumPy in double."""
    x, gamma, beta = normal(2, 3, 5, 8), normal(8), normal(8)
    sums = {"terms": 30}
    for silu in (0, 1):
        attrs = {"groups": 4, "activation": silu, "epsilon": 1e-4}

        def norm(x, gamma, beta, s=silu):
            return group(x, gamma, beta, 4, 1e-4, s)

        yield "GroupNorm", Part("GroupNorm", [x, gamma, beta], attrs,
                                expect=norm, **sums)
        yield "GroupNorm", Part(
            "GroupNorm", [first(x), gamma, beta],
            {**attrs, "channels_last": 0}, **sums,
            expect=lambda x, g, b, f=norm: first(f(last(x), g, b)))

        def skipped(x, gamma, beta, skip, bias=None, f=norm):
            if skip.ndim == 2:
                skip = skip[:, None, None]
            s = x + skip + (0 if bias is None else bias)
            return f(s, gamma, beta), s

        for skip in (normal(2, 3, 5, 8), normal(2, 8), normal(2, 1, 1, 8)):
            for bias in ([], [normal(8)]):
                yield "SkipGroupNorm", Part(
                    "SkipGroupNorm", [x, gamma, beta, skip, *bias], attrs,
                    outputs=2, expect=skipped, **sums)
    bias = normal(8)
    yield "SkipGroupNorm", Part(
        "SkipGroupNorm", [first(x), gamma, beta, normal(2, 8), bias],
        {**attrs, "channels_last": 0}, outputs=2, **sums,
        expect=lambda x, g, b, k, c: [
            first(y) for y in skipped(last(x), g, b, k, c)])


def sums():
    """For GPUs too."""
    x, bias, skip = normal(2, 5, 8), normal(8), normal(2, 5, 8)
    yield "BiasAdd", Part("BiasAdd", [x, bias, skip],
                          expect=lambda x, b, s: x + b + s)
    def split(x, b):
        left, right = np.split(x + b, 2, -1)
        return left * oracle(Part("Gelu", [right]), 0, 3)[0]
    yield "BiasSplitGelu", Part("BiasSplitGelu", [x, bias], expect=split)


def groups():
    by_op = {}
    for make in (convolutions, gemms, pools, norms, sums):
        for op, part in make():
            by_op.setdefault(op, []).append(part)
    for op, parts in by_op.items():
        yield op, parts, 3
