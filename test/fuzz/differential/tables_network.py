# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators of networks: convolution, pooling, norms, recurrence, losses."""

from draw import onnx_type
from tables import operator


def window(draw, spatial, kernel_low=1):
    """Attributes of a sliding window that fits into `spatial`."""
    kernel = [int(draw.rng.integers(kernel_low, min(s, 3) + 1))
              for s in spatial]
    strides = [draw.one((1, 1, 2, 3)) for _ in spatial]
    dilations = [draw.one((1, 2)) if (k - 1) * 2 < s else 1
                 for k, s in zip(kernel, spatial)]
    attributes = dict(kernel_shape=kernel, strides=strides,
                      dilations=dilations)
    kind = draw.one(("pads", "none", "SAME_UPPER", "SAME_LOWER", "VALID"))
    if kind == "pads":
        # A pad as large as the kernel would give windows of padding only.
        attributes["pads"] = [int(draw.rng.integers(0, k)) for k in kernel * 2]
    elif kind != "none" and set(dilations) == {1}:
        attributes["auto_pad"] = kind
    return attributes


def spatial_sizes(draw):
    return [draw.one((3, 4, 5, 8)) for _ in range(draw.one((1, 2, 2, 3)))]


@operator("Conv")
def _conv(draw, dtype):
    spatial = spatial_sizes(draw)
    group = draw.one((1, 1, 2, 3))
    channels = group * draw.one((1, 2, 4))
    operand = draw.fresh(dtype, (draw.one((1, 2)), channels, *spatial),
                         special=False)
    attributes = window(draw, spatial)
    filters = group * draw.one((1, 2, 5))
    weight = draw.fresh(
        dtype, (filters, channels // group, *attributes["kernel_shape"]),
        special=False)
    inputs = [operand, weight]
    if draw.chance(0.6):
        inputs.append(draw.fresh(dtype, (filters,), special=False))
    draw.emit("Conv", inputs, group=group, **attributes)


@operator("ConvTranspose")
def _conv_transpose(draw, dtype):
    spatial = spatial_sizes(draw)[:2]
    group = draw.one((1, 1, 2))
    channels = group * draw.one((1, 3))
    operand = draw.fresh(dtype, (draw.one((1, 2)), channels, *spatial),
                         special=False)
    kernel = [draw.one((1, 2, 3)) for _ in spatial]
    strides = [draw.one((1, 2, 3)) for _ in spatial]
    filters = draw.one((1, 2))
    weight = draw.fresh(dtype, (channels, filters, *kernel), special=False)
    attributes = {}
    if draw.chance(0.4):
        attributes["output_padding"] = [
            int(draw.rng.integers(0, s)) for s in strides]
    if draw.chance(0.5):
        attributes["pads"] = [int(draw.rng.integers(0, k))
                              for k in kernel * 2]
    draw.emit("ConvTranspose", [operand, weight], group=group,
              kernel_shape=kernel, strides=strides, **attributes)


def _pool(name):
    def make(draw, dtype):
        spatial = spatial_sizes(draw)
        operand = draw.fresh(
            dtype, (draw.one((1, 2)), draw.one((1, 3)), *spatial),
            special=False)
        attributes = window(draw, spatial)
        if name != "LpPool" and draw.chance(0.3):
            attributes["ceil_mode"] = 1
        if name == "AveragePool":
            attributes["count_include_pad"] = int(draw.rng.integers(2))
        if name == "LpPool":
            attributes["p"] = 2
        exact = name == "MaxPool"
        draw.emit(name, [operand], exact=exact, **attributes)

    return make


for _name in ("MaxPool", "AveragePool", "LpPool"):
    operator(_name)(_pool(_name))


def _global_pool(name):
    def make(draw, dtype):
        shape = (draw.one((1, 2)), draw.one((1, 3)), *spatial_sizes(draw))
        draw.emit(name, [draw.fresh(dtype, shape, special=False)])

    return make


for _name in ("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"):
    operator(_name)(_global_pool(_name))


def _channel(draw, dtype, size, low=-2, high=2):
    # As many as the operand has channels, and that is not free either.
    return draw.fresh(dtype, (size,), low, high, fixed=True)


@operator("BatchNormalization")
def _batch_normalization(draw, dtype):
    operand = draw.fresh(dtype, draw.shape(2, 4), special=False, fixed=(1,))
    size = operand.shape[1]
    draw.emit("BatchNormalization", [
        operand, _channel(draw, dtype, size), _channel(draw, dtype, size),
        _channel(draw, dtype, size), _channel(draw, dtype, size, 0.1, 2)])


@operator("InstanceNormalization")
def _instance_normalization(draw, dtype):
    shape = (draw.one((1, 2)), draw.one((1, 3)), 5, draw.one((2, 7)))
    operand = draw.fresh(dtype, shape, special=False, fixed=(1,))
    draw.emit("InstanceNormalization", [
        operand, _channel(draw, dtype, shape[1]),
        _channel(draw, dtype, shape[1])])


@operator("LayerNormalization")
def _layer_normalization(draw, dtype):
    shape = (*draw.shape(0, 2, empty=False), draw.one((4, 7)),
             draw.one((5, 16)))
    operand = draw.fresh(dtype, shape, special=False)
    axis = draw.one((-1, -2))
    inputs = [operand, draw.fresh(dtype, shape[axis:], special=False)]
    if draw.chance(0.6):
        inputs.append(draw.fresh(dtype, shape[axis:], special=False))
    draw.emit("LayerNormalization", inputs, axis=axis)


@operator("LRN")
def _lrn(draw, dtype):
    shape = (draw.one((1, 2)), draw.one((3, 5)), 3, draw.one((2, 4)))
    draw.emit("LRN", [draw.fresh(dtype, shape, special=False)],
              size=draw.one((1, 3, 5)))


GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def _recurrent(name):
    def make(draw, dtype):
        steps, batch = draw.one((1, 3, 6)), draw.one((1, 2))
        width, hidden = draw.one((2, 5)), draw.one((1, 4))
        direction = draw.one(("forward", "reverse", "bidirectional"))
        ways, gates = 1 + (direction == "bidirectional"), GATES[name]

        # Sizes that the operator's rules make equal are not free one by one:
        # no oracle checks them.
        def weights(*shape):
            return draw.fresh(dtype, shape, -0.5, 0.5, fixed=True)

        lengths = (draw.fresh("int32", (batch,), 1, steps, fixed=True)
                   if draw.chance(0.3) else None)
        inputs = [
            draw.fresh(dtype, (steps, batch, width), special=False,
                       fixed=True if lengths else (1, 2)),
            weights(ways, gates * hidden, width),
            weights(ways, gates * hidden, hidden),
            weights(ways, 2 * gates * hidden) if draw.chance(0.7) else None,
            lengths,
            weights(ways, batch, hidden) if draw.chance(0.5) else None]
        attributes = {}
        if name == "GRU":
            attributes["linear_before_reset"] = int(draw.rng.integers(2))
        outputs = 3 if name == "LSTM" else 2
        draw.emit(name, inputs, outputs, hidden_size=hidden,
                  direction=direction, **attributes)

    return make


for _name in GATES:
    operator(_name)(_recurrent(_name))


@operator("Dropout")
def _dropout(draw, dtype):
    draw.emit("Dropout", [draw.any(dtype)])


def _stash(dtype):
    """The type of the statistics, by default float32: too coarse for float64,
    whose tolerance is that of float64."""
    return onnx_type(dtype) if dtype == "float64" else None


@operator("GroupNormalization")
def _group_normalization(draw, dtype):
    groups, width = draw.one((1, 2, 3)), draw.one((1, 2, 4))
    channels = groups * width
    shape = (draw.one((1, 2)), channels, draw.one((2, 5)), draw.one((1, 3)))
    draw.emit("GroupNormalization", [
        draw.fresh(dtype, shape, special=False, fixed=(1,)),
        _channel(draw, dtype, channels), _channel(draw, dtype, channels)],
        num_groups=groups, kind=(dtype, shape), stash_type=_stash(dtype))


@operator("RMSNormalization")
def _rms_normalization(draw, dtype):
    shape = (*draw.shape(0, 2, empty=False), draw.one((4, 7)),
             draw.one((5, 16)))
    axis = draw.one((-1, -2))
    draw.emit("RMSNormalization", [
        draw.fresh(dtype, shape, special=False),
        draw.fresh(dtype, shape[axis:], special=False)], axis=axis,
        stash_type=_stash(dtype))


@operator("MeanVarianceNormalization")
def _mean_variance_normalization(draw, dtype):
    shape = (draw.one((1, 2)), draw.one((2, 3)), draw.one((2, 5)), 4)
    axes = draw.one((None, [0, 2, 3], [2, 3], [1]))
    draw.emit("MeanVarianceNormalization",
              [draw.fresh(dtype, shape, special=False)], axes=axes)


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
    batch, steps, keys = draw.one((1, 2)), draw.one((1, 3, 7)), draw.one(
        (1, 4, 17))
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


def _class_loss(draw, dtype, name, may_give_log=False):
    batch, classes, places = draw.one((1, 3)), draw.one((2, 5)), draw.one(
        ((), (4,), (2, 3)))
    inputs = [draw.fresh(dtype, (batch, classes, *places), special=False),
              draw.fresh(draw.one(("int32", "int64")), (batch, *places), 0,
                         classes - 1)]
    if draw.chance(0.5):
        inputs.append(_channel(draw, dtype, classes, 0.1, 2))
    draw.emit(name, inputs, draw.one((1, 2)) if may_give_log else 1,
              reduction=draw.one(("none", "sum", "mean")))


@operator("NegativeLogLikelihoodLoss")
def _negative_log_likelihood(draw, dtype):
    _class_loss(draw, dtype, "NegativeLogLikelihoodLoss")


@operator("SoftmaxCrossEntropyLoss")
def _softmax_cross_entropy(draw, dtype):
    _class_loss(draw, dtype, "SoftmaxCrossEntropyLoss", True)


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
        return draw.fresh(dtype, (batch, steps, width), low, high)

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
