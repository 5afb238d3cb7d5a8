# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Attention, what stands around it, and its linear relatives."""

from tables import operator


@operator("RotaryEmbedding")
def _rotary_embedding(draw, dtype):
    batch, heads, steps = draw.one((1, 2)), draw.one((1, 3)), draw.size(
        empty=False)
    width = draw.one((4, 6, 16))
    angles = [draw.fresh(dtype, (batch, steps, width // 2), -1, 1)
              for _ in range(2)]
    draw.emit("RotaryEmbedding", [
        draw.fresh(dtype, (batch, heads, steps, width), special=False),
        *angles], interleaved=int(draw.rng.integers(2)))


@operator("Attention")
def _attention(draw, dtype):
    # From one query to more than a block of queries and keys.
    batch, steps, keys = draw.one((1, 2)), draw.one((1, 3, 7, 33)), draw.one(
        (1, 4, 17, 70))
    groups, share, width, out = draw.one((1, 2)), draw.one((1, 2)), draw.one(
        (2, 8)), draw.one((3, 8))
    inputs = [
        draw.fresh(dtype, (batch, groups * share, steps, width),
                   special=False),
        draw.fresh(dtype, (batch, groups, keys, width), special=False),
        draw.fresh(dtype, (batch, groups, keys, out), special=False)]
    if draw.chance(0.4):
        inputs.append(draw.fresh(dtype, (steps, keys), -2, 2))
    draw.emit("Attention", inputs,
              is_causal=int(draw.chance(0.3)),
              scale=draw.one((None, 0.25)), softcap=draw.one((0.0, 2.0)))


@operator("SwiGLU", opset=28)
def _swiglu(draw, dtype):
    gate = draw.any(dtype)
    draw.emit("SwiGLU", [gate, draw.fresh(dtype, gate.shape)],
              alpha=draw.one((1.0, 0.5)))


@operator("LinearAttention", opset=28)
def _linear_attention(draw, dtype):
    batch, steps, groups = draw.one((1, 2)), draw.one((1, 5)), draw.one((1, 2))
    heads, width, out = groups * draw.one((1, 2)), draw.one((2, 4)), draw.one(
        (3, 4))
    rule = draw.one(("linear", "gated", "delta", "gated_delta"))

    def packed(width, low=-1, high=1):
        # Equal steps are not free one by one: no oracle checks them.
        return draw.fresh(dtype, (batch, steps, width), low, high, fixed=True)

    draw.emit("LinearAttention", [
        packed(heads * width), packed(groups * width), packed(groups * out),
        None, packed(groups, -1, 0) if "gated" in rule else None,
        packed(groups, 0, 1) if "delta" in rule else None], 2,
        update_rule=rule, q_num_heads=heads, kv_num_heads=groups)


@operator("CausalConvWithState", opset=28)
def _causal_conv(draw, dtype):
    batch, channels, length = draw.one((1, 2)), draw.one((1, 3)), draw.one(
        (1, 5))
    taps = draw.one((1, 2, 4))
    inputs = [draw.fresh(dtype, (batch, channels, length), special=False),
              draw.fresh(dtype, (channels, 1, taps), special=False)]
    if draw.chance(0.5):
        inputs.append(draw.fresh(dtype, (channels,), special=False))
    draw.emit("CausalConvWithState", inputs, 2,
              activation=draw.one((None, "silu")))
