# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""com.microsoft activations and normalisations."""

import numpy as np

from contrib_parts import Part

RANDOM = np.random.default_rng(7)
# Zeros of both signs, infinities, NaN, a denormal, values at which the
# activations saturate.
EDGES = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-40, -1e-40, 88.0,
                  -88.0, 1e4, -1e4, 0.5, -0.5], "float32")


def normal(*shape, dtype="float32"):
    return RANDOM.normal(size=shape).astype(dtype)


def activations():
    finite = EDGES[np.isfinite(EDGES)]
    for op, attrs in (("Gelu", {}), ("QuickGelu", {}),
                      ("QuickGelu", {"alpha": 1.0}),
                      ("QuickGelu", {"alpha": -0.5})):
        yield op, Part(op, [normal(3, 5)], attrs, free={0: (0, 1)},
                       more=[[normal(1, 1)], [normal(0, 5)], [normal(64, 3)]])
        yield op, Part(op, [finite], attrs)
    yield "FastGelu", Part("FastGelu", [normal(3, 5)])
    yield "FastGelu", Part("FastGelu", [normal(3, 5), normal(5)],
                           free={0: (0,)}, more=[[normal(7, 5), normal(5)]])
    yield "FastGelu", Part("FastGelu", [finite])
    yield "BiasGelu", Part("BiasGelu", [normal(2, 3, 5), normal(5)],
                           free={0: (0, 1)},
                           more=[[normal(1, 9, 5), normal(5)]])
    yield "BiasGelu", Part("BiasGelu", [finite, np.zeros_like(finite)])


def skip_norms():
    x, gamma, beta = normal(2, 3, 16), normal(16), normal(16)
    free = {0: (0, 1), 1: (0, 1)}
    more = [[normal(1, 7, 16), normal(1, 7, 16), gamma]]
    op = "SkipLayerNormalization"
    # Statistics are sums over 16 elements.
    for inputs in ([x, normal(2, 3, 16), gamma],
                   [x, normal(2, 3, 16), gamma, beta],
                   [x, normal(2, 3, 16), gamma, beta, normal(16)],
                   [x, normal(2, 3, 16), gamma, None, normal(16)],
                   [x, normal(1, 3, 16), gamma, beta],
                   [x, normal(3, 16), gamma, beta, normal(16)]):
        yield op, Part(op, inputs, {"epsilon": 1e-5}, terms=16,
                       outputs=[True, False, False, True])
    yield op, Part(op, [x, normal(2, 3, 16), gamma], free=free, more=more,
                   terms=16)
    yield op, Part(op, [np.full((1, 2, 16), 3, "float32"),
                        np.zeros((1, 2, 16), "float32"), gamma, beta],
                   terms=16)
    op = "SkipSimplifiedLayerNormalization"
    for inputs in ([x, normal(2, 3, 16), gamma],
                   [x, normal(2, 3, 16), gamma, beta],
                   [x, normal(1, 3, 16), gamma],
                   [x, normal(3, 16), gamma, beta]):
        yield op, Part(op, inputs, {"epsilon": 1e-6}, terms=16,
                       outputs=[True, False, False, True])
    yield op, Part(op, [x, normal(2, 3, 16), gamma], free=free, more=more,
                   terms=16)
    op = "SimplifiedLayerNormalization"
    for attrs, scale in (({}, gamma), ({"axis": 2, "epsilon": 1e-3}, gamma),
                         ({"axis": -2}, normal(3, 16))):
        yield op, Part(op, [x, scale], attrs, domain="", terms=48,
                       outputs=[True, True])
    yield op, Part(op, [x, gamma], domain="", free={0: (0, 1)}, terms=16,
                   more=[[normal(5, 1, 16), gamma]])


def embeddings():
    op = "EmbedLayerNormalization"
    word, place, segment = normal(11, 8), normal(6, 8), normal(2, 8)
    gamma, beta = normal(8), normal(8)
    tables = [word, place, segment, gamma, beta]
    weights = (2, 3, 4, 5, 6)

    def ids(b, s, most=11):
        return RANDOM.integers(0, most, (b, s)).astype("int32")

    mask = np.array([[1, 1, 1, 0], [1, 0, 0, 0]], "int32")
    yield op, Part(op, [ids(2, 4), ids(2, 4, 2), *tables, mask],
                   weights=weights, outputs=[True, True], terms=8,
                   free={0: (0, 1), 1: (0, 1), 7: (0, 1)},
                   more=[[ids(1, 6), ids(1, 6, 2), *tables,
                          np.ones((1, 6), "int32")]])
    yield op, Part(op, [ids(2, 4), None, word, place, None, gamma, beta],
                   weights=weights, outputs=[True, True], terms=8)
    places = np.array([[0, 1, 2, 3], [5, 4, 3, 2]], "int32")
    yield op, Part(op, [ids(2, 4), ids(2, 4, 2), *tables, None, places],
                   {"epsilon": 1e-3}, weights=weights,
                   outputs=[True, True, True], terms=8)
    yield op, Part(op, [ids(2, 4), ids(2, 4, 2), *tables, mask, places[:1]],
                   {"mask_index_type": 0}, weights=weights, terms=8)


def groups():
    by_op = {}
    for make in (activations, skip_norms, embeddings):
        for op, part in make():
            by_op.setdefault(op, []).append(part)
    for op, parts in by_op.items():
        yield op, parts, 3
