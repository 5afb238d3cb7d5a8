# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Convolution, pooling, recurrence."""

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
