# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""com.microsoft mixtures of experts. T tokens, E experts, H hidden and I inner
width."""

import numpy as np

from contrib_parts import Part

RANDOM = np.random.default_rng(29)
T, E = 5, 4
KINDS = ("relu", "gelu", "silu", "identity", "swiglu")


def normal(*shape, dtype="float32"):
    return RANDOM.normal(size=shape).astype(dtype)


def plain():
    h, i = 8, 6
    # Two sums of 8 and 6 products, squared by swiglu.
    sums = {"terms": 40, "scale": 60}
    for kind in KINDS:
        wide = 2 if kind == "swiglu" else 1
        inputs = [normal(T, h), normal(T, E), normal(E, wide * i, h),
                  normal(E, wide * i), normal(E, h, i), normal(E, h)]
        attrs = {"k": 2, "activation_type": kind,
                 "swiglu_fusion": wide - 1}
        for normalised in (0, 1):
            yield Part("MoE", inputs, {
                **attrs, "normalize_routing_weights": normalised}, **sums)
    yield Part("MoE", inputs, {**attrs, "activation_alpha": 1.702,
                               "activation_beta": 1.0, "swiglu_limit": 0.7},
               **sums)
    yield Part("MoE", [normal(1, T, h), inputs[1], *inputs[2:]], attrs, **sums,
               free={0: (0, 1), 1: (0,)},
               more=[[normal(2, 3, h), normal(6, E), *inputs[2:]]])
    yield Part("MoE", [*inputs[:3], None, inputs[4]], {**attrs, "k": 1},
               **sums)


def packed(bits, block, zeros, kind, bias=False):
    h, i = 32, 64
    wide = 2 if kind == "swiglu" else 1

    def layer(outputs, width):
        """(weights, scales, zero points) of [E, outputs, width]."""
        per = (width // block,) if block else ()
        points = (E, outputs, (width // block * bits + 7) // 8) if block else (
            E, outputs * bits // 8)
        return (RANDOM.integers(0, 256, (E, outputs, width * bits // 8),
                                "uint8"),
                RANDOM.uniform(0.1, 0.2, (E, outputs, *per)).astype(
                    "float32") / 2**bits,
                RANDOM.integers(0, 256, points, "uint8") if zeros else None)

    w1, s1, z1 = layer(wide * i, h)
    w2, s2, z2 = layer(h, i)
    b1, b2 = (normal(E, wide * i), normal(E, h)) if bias else (None, None)
    attrs = {"k": 2, "activation_type": kind, "swiglu_fusion": wide - 1,
             "expert_weight_bits": bits, "normalize_routing_weights": 1}
    if block:
        attrs["block_size"] = block
    return Part("QMoE", [normal(T, h), normal(T, E), w1, s1, b1, w2, s2, b2,
                         None, None, None, z1, z2], attrs,
                weights=(2, 3, 4, 5, 6, 7, 11, 12), terms=100, scale=10)


def quantised():
    for bits in (4, 8):
        for zeros in (False, True):
            for kind in ("relu", "swiglu", "silu"):
                yield packed(bits, 0, zeros, kind)
    # With blocks of 8 bits onnxruntime rounds the tokens too.
    for block in (16, 32):
        for zeros in (False, True):
            yield packed(4, block, zeros, "swiglu", bias=True)
    part = packed(4, 0, False, "relu")
    del part.attrs["normalize_routing_weights"]
    yield part


def groups():
    yield "MoE", list(plain()), 3
    yield "QMoE", list(quantised()), 3
