# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""com.microsoft attention. B batch, H heads, G key heads, T query length, S
key length, P past length, D head width."""

import numpy as np

from contrib_parts import Part, oracle

RANDOM = np.random.default_rng(13)


def normal(*shape, dtype="float32"):
    return RANDOM.normal(size=shape).astype(dtype)


def ints(*numbers):
    return np.array(numbers, "int32")


def masks(b, t, s):
    """Padding as lengths, [B, S] and [B, T, S] flags; the first key stays."""
    lengths = RANDOM.integers(1, s + 1, b).astype("int32")
    flags = (np.arange(s) < lengths[:, None]).astype("int32")
    each = RANDOM.integers(0, 2, (b, t, s)).astype("int32")
    each[:, :, 0] = 1
    return lengths, flags, each


def attention():
    op, b, t, h, d, width = "Attention", 2, 3, 2, 4, 8
    x, w, c = normal(b, t, 6), normal(6, 3 * width), normal(3 * width)
    # Products over 6 inputs, scores over 4, sums over up to 8 keys.
    sums = {"terms": 40, "scale": 4, "outputs": [True, True],
            "weights": (1, 2)}
    one = {**sums, "outputs": 1}
    lengths, flags, each = masks(b, t, t)
    for mask in (None, lengths, flags, each,
                 np.concatenate([lengths, np.zeros(b, "int32")])):
        for causal in (0, 1):
            yield Part(op, [x, w, c, mask], {
                "num_heads": h, "unidirectional": causal}, **one)
    # onnxruntime crashes without a bias.
    scaled = {"num_heads": h, "scale": 0.3}
    yield Part(op, [x, w], scaled, **one, expect=lambda x, w: oracle(
        Part(op, [x, w, c * 0], scaled), 0, 3))
    yield Part(op, [x, w, c, None, None, normal(b, h, t, t)],
               {"num_heads": h}, **one)
    yield Part(op, [x, w, c, flags, None, normal(1, 1, t, t)],
               {"num_heads": h, "mask_filter_value": -50.0}, **one)
    past = normal(2, b, h, 5, d)
    _, flags, each = masks(b, t, t + 5)
    for mask in (None, flags, each):
        for causal in (0, 1):
            yield Part(op, [x, w, c, mask, past], {
                "num_heads": h, "unidirectional": causal}, **sums)
    yield Part(op, [x, normal(6, 20), normal(20)], {
        "num_heads": h, "qkv_hidden_sizes": [8, 8, 4]}, **one)
    yield Part(op, [x, w, c, flags[:, :t]], {"num_heads": h}, **one,
               free={0: (0, 1), 3: (0, 1)},
               more=[[normal(1, 7, 6), w, c, np.ones((1, 7), "int32")],
                     [normal(3, 1, 6), w, c, np.ones((3, 1), "int32")]])
    yield Part(op, [x, w, c, None, past],
               {"num_heads": h, "unidirectional": 1}, **sums,
               free={0: (0, 1), 4: (1, 3)},
               more=[[normal(1, 1, 6), w, c, None, normal(2, 1, h, 9, d)],
                     [normal(2, 4, 6), w, c, None, normal(2, 2, h, 0, d)]])


def unpacked(x, *first):
    """MultiHeadAttention of the parts of [B, T, H, n, D]."""
    b, t, h, n, d = x.shape
    parts = [x[..., i, :].reshape(b, t, h * d) for i in range(n)]
    return oracle(Part("MultiHeadAttention", [*first, *parts],
                       {"num_heads": h}), 0, 3)


def multi_head():
    op, b, t, s, h, d = "MultiHeadAttention", 2, 3, 5, 2, 4
    q, k, v = normal(b, t, 8), normal(b, s, 8), normal(b, s, 8)
    sums = {"terms": 30, "scale": 4}
    three = {**sums, "outputs": [True, True, True]}
    heads = {"num_heads": h}
    lengths, flags, each = masks(b, t, s)
    yield Part(op, [q, k, v], heads, **sums)
    yield Part(op, [q, k, v, normal(24)], heads, **three)
    yield Part(op, [q, k, normal(b, s, 6)], heads, **sums)
    for mask in (flags, each, lengths):
        yield Part(op, [q, k, v, None, mask], heads, **sums)
    yield Part(op, [q, k, v, None, None, normal(b, h, t, s)],
               {**heads, "scale": 0.25}, **sums)
    yield Part(op, [q, k, v, None, flags, normal(1, 1, t, s)], heads, **sums)
    yield Part(op, [q, k[:, :t], v[:, :t]], {**heads, "unidirectional": 1},
               **sums)
    # onnxruntime's CPU takes no packed inputs.
    yield Part(op, [normal(b, t, h, 3, d)], heads, **sums,
               expect=lambda x: unpacked(x))
    yield Part(op, [q, normal(b, s, h, 2, d)], heads, **sums,
               expect=lambda q, x: unpacked(x, q))
    split = [normal(b, h, s, d), normal(b, h, s, d)]
    yield Part(op, [q, *split], heads, **sums)
    past = [normal(b, h, 4, d), normal(b, h, 4, d)]
    new = [normal(b, t, 8), normal(b, t, 8)]
    _, flags, each = masks(b, t, t + 4)
    for causal in (0, 1):
        yield Part(op, [q, *new, None, None, None, *past],
                   {**heads, "unidirectional": causal}, **three)
    yield Part(op, [q, *new, normal(24), flags, normal(1, h, t, t + 4),
                    *past], heads, **three)
    yield Part(op, [q, k, v], heads, **sums,
               free={0: (0, 1), 1: (0, 1), 2: (0, 1)},
               more=[[normal(1, 1, 8), normal(1, 9, 8), normal(1, 9, 8)]])
    yield Part(op, [q, *new, None, None, None, *past], heads, **three,
               free={0: (0, 1), 1: (0, 1), 2: (0, 1), 6: (0, 2), 7: (0, 2)},
               more=[[normal(1, 1, 8), normal(1, 1, 8), normal(1, 1, 8), None,
                      None, None, normal(1, h, 6, d), normal(1, h, 6, d)]])


def rotary():
    op, b, t, h, d = "RotaryEmbedding", 2, 3, 2, 8
    angles = np.outer(np.arange(20), 10.0 ** -np.arange(4))
    cos, sin = np.cos(angles).astype("float32"), np.sin(angles).astype(
        "float32")
    flat, split = normal(b, t, h * d), normal(b, h, t, d)
    places = RANDOM.integers(0, 20, (b, t))
    for interleaved in (0, 1):
        attrs = {"interleaved": interleaved}
        for x in (flat, split):
            for p in (places, np.array([7])):
                yield Part(op, [x, p, cos, sin], attrs, weights=(2, 3))
        yield Part(op, [flat, places, cos[:, :2], sin[:, :2]], {
            **attrs, "rotary_embedding_dim": 4, "num_heads": h})
    yield Part(op, [flat, places, cos, sin], free={0: (0, 1), 1: (0, 1)},
               more=[[normal(1, 7, h * d), np.arange(7)[None], cos, sin]])
    yield Part(op, [flat, np.array([0]), cos, sin], free={0: (0, 1)},
               more=[[normal(1, 1, h * d), np.array([19]), cos, sin]])


def group_query():
    op, h, g, d = "GroupQueryAttention", 4, 2, 16
    angles = np.outer(np.arange(32), 10.0 ** -np.linspace(0, 4, d // 2))
    cos, sin = np.cos(angles).astype("float32"), np.sin(angles).astype(
        "float32")
    heads = {"num_heads": h, "kv_num_heads": g}
    sums = {"terms": 40, "scale": 4, "outputs": [True, True, True]}

    def prompt(b, t, *rest, dtype="float32"):
        return [normal(b, t, h * d, dtype=dtype),
                normal(b, t, g * d, dtype=dtype),
                normal(b, t, g * d, dtype=dtype), None, None,
                np.full(b, t - 1, "int32"), np.array(t, "int32"), *rest]

    def step(b, t, past, buffer, *rest):
        """t new tokens after `past` ones in a cache of `buffer` places."""
        cache = [np.zeros((b, g, buffer, d), "float32") for _ in range(2)]
        for array in cache:
            array[:, :, :past] = normal(b, g, past, d)
        return [normal(b, t, h * d), normal(b, t, g * d), normal(b, t, g * d),
                *cache, np.full(b, past + t - 1, "int32"),
                np.array(past + t, "int32"), *rest]

    for attrs in ({}, {"scale": 0.2}, {"softcap": 2.0},
                  {"local_window_size": 3}, {"smooth_softmax": 1},
                  {"causal": 0}):
        yield Part(op, prompt(2, 5), {**heads, **attrs}, **sums)
        yield Part(op, step(2, 1, 6, 6), {**heads, **attrs}, **sums)
    for interleaved in (0, 1):
        attrs = {**heads, "do_rotary": 1, "rotary_interleaved": interleaved}
        yield Part(op, prompt(2, 5, cos, sin), attrs, **sums)
        yield Part(op, step(2, 1, 6, 6, cos, sin), attrs, **sums)
        yield Part(op, step(1, 3, 6, 6, cos, sin), attrs, **sums)
    attrs = {**heads, "do_rotary": 1}
    yield Part(op, prompt(1, 5, cos, sin, np.arange(5)[None] + 2), attrs,
               **sums)
    yield Part(op, prompt(2, 5, None, None, None, normal(1, 1, 5, 5)), heads,
               **sums)
    yield Part(op, step(2, 1, 6, 6, None, None, None, normal(2, h, 1, 7)),
               heads, **sums)
    yield Part(op, prompt(2, 5, None, None, None, None, normal(h)), heads,
               **sums)
    packed = prompt(2, 5)
    packed[:3] = [normal(2, 5, (h + 2 * g) * d), None, None]
    yield Part(op, packed, heads, **sums)
    # Entries of a batch with pasts of their own.
    ragged = step(2, 1, 6, 7, cos, sin)
    ragged[5] = ints(6, 3)
    for cache in ragged[3:5]:
        cache[1, :, 3:] = 0  # nobody says what stands behind a past
    yield Part(op, ragged, attrs, **sums)
    free = {0: (0, 1), 1: (0, 1), 2: (0, 1), 3: (0, 2), 4: (0, 2), 5: (0,)}
    yield Part(op, step(1, 1, 6, 6, cos, sin), attrs, **sums, free=free,
               more=[step(2, 1, 9, 9, cos, sin), step(1, 5, 0, 0, cos, sin)])


def groups():
    for make in (attention, multi_head, rotary, group_query):
        parts = list(make())
        yield parts[0].op, parts, 3
