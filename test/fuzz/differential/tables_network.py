# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators of networks: convolution, pooling, norms, recurrence, int8."""

from tables import FLOATS, MAIN, operator


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


@operator("Conv", ("float32", "float64"))
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


@operator("ConvTranspose", ("float32", "float64"))
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
    operator(_name, ("float32", "float64"))(_pool(_name))


def _global_pool(name):
    def make(draw, dtype):
        shape = (draw.one((1, 2)), draw.one((1, 3)), *spatial_sizes(draw))
        draw.emit(name, [draw.fresh(dtype, shape, special=False)])

    return make


for _name in ("GlobalAveragePool", "GlobalMaxPool"):
    operator(_name, ("float32", "float64"))(_global_pool(_name))


def _channel(draw, dtype, size, low=-2, high=2):
    return draw.fresh(dtype, (size,), low, high)


@operator("BatchNormalization", ("float32", "float64"))
def _batch_normalization(draw, dtype):
    operand = draw.fresh(dtype, draw.shape(2, 4), special=False)
    size = operand.shape[1]
    draw.emit("BatchNormalization", [
        operand, _channel(draw, dtype, size), _channel(draw, dtype, size),
        _channel(draw, dtype, size), _channel(draw, dtype, size, 0.1, 2)])


@operator("InstanceNormalization", ("float32", "float64"))
def _instance_normalization(draw, dtype):
    shape = (draw.one((1, 2)), draw.one((1, 3)), 5, draw.one((2, 7)))
    operand = draw.fresh(dtype, shape, special=False)
    draw.emit("InstanceNormalization", [
        operand, _channel(draw, dtype, shape[1]),
        _channel(draw, dtype, shape[1])])


@operator("LayerNormalization", MAIN)
def _layer_normalization(draw, dtype):
    shape = (*draw.shape(0, 2, empty=False), draw.one((4, 7)),
             draw.one((5, 16)))
    operand = draw.fresh(dtype, shape, special=False)
    axis = draw.one((-1, -2))
    inputs = [operand, draw.fresh(dtype, shape[axis:], special=False)]
    if draw.chance(0.6):
        inputs.append(draw.fresh(dtype, shape[axis:], special=False))
    draw.emit("LayerNormalization", inputs, axis=axis)


@operator("LRN", ("float32",))
def _lrn(draw, dtype):
    shape = (draw.one((1, 2)), draw.one((3, 5)), 3, draw.one((2, 4)))
    draw.emit("LRN", [draw.fresh(dtype, shape, special=False)],
              size=draw.one((1, 3, 5)))


@operator("Resize", ("float32",))
def _resize(draw, dtype):
    shape = (1, draw.one((1, 2)), draw.one((2, 3, 5)), draw.one((2, 4)))
    mode = draw.one(("nearest", "linear", "cubic"))
    # `pytorch_half_pixel` and a factor of 1 and up: elsewhere the nearest
    # index may fall on a tie that one rounding decides.
    transform = draw.one(("half_pixel", "asymmetric", "align_corners",
                          "pytorch_half_pixel"))
    operand = draw.fresh(dtype, shape, special=False)
    scales = draw.constant([1, 1, draw.one((1, 2)), draw.one((2, 3))],
                           "float32")
    draw.emit("Resize", [operand, None, scales], mode=mode,
              coordinate_transformation_mode=transform,
              nearest_mode=draw.one(("round_prefer_floor", "floor"))
              if mode == "nearest" else None)


@operator("GridSample", ("float32",))
def _grid_sample(draw, dtype):
    n, h, w = draw.one((1, 2)), draw.one((2, 5)), draw.one((3, 4))
    operand = draw.fresh(dtype, (n, draw.one((1, 3)), h, w), special=False)
    grid = draw.fresh(dtype, (n, draw.one((1, 3)), 4, 2), -1.3, 1.3)
    draw.emit("GridSample", [operand, grid],
              mode=draw.one(("linear", "cubic")),
              padding_mode=draw.one(("zeros", "border", "reflection")),
              align_corners=int(draw.rng.integers(2)))


GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def _recurrent(name):
    def make(draw, dtype):
        steps, batch = draw.one((1, 3, 6)), draw.one((1, 2))
        width, hidden = draw.one((2, 5)), draw.one((1, 4))
        direction = draw.one(("forward", "reverse", "bidirectional"))
        ways, gates = 1 + (direction == "bidirectional"), GATES[name]

        def weights(*shape):
            return draw.fresh(dtype, shape, -0.5, 0.5)

        inputs = [
            draw.fresh(dtype, (steps, batch, width), special=False),
            weights(ways, gates * hidden, width),
            weights(ways, gates * hidden, hidden),
            weights(ways, 2 * gates * hidden) if draw.chance(0.7) else None,
            draw.fresh("int32", (batch,), 1, steps)
            if draw.chance(0.3) else None,
            weights(ways, batch, hidden) if draw.chance(0.5) else None]
        attributes = {}
        if name == "GRU":
            attributes["linear_before_reset"] = int(draw.rng.integers(2))
        outputs = 3 if name == "LSTM" else 2
        draw.emit(name, inputs, outputs, hidden_size=hidden,
                  direction=direction, **attributes)

    return make


for _name in GATES:
    operator(_name, ("float32",))(_recurrent(_name))


@operator("DequantizeLinear", ("int8", "uint8", "int32"))
def _dequantize(draw, dtype):
    operand = draw.any(dtype, low=1, high=4)
    inputs = [operand]
    if draw.chance(0.5):
        axis, shape = draw.axis(len(operand.shape)), None
        shape = (operand.shape[axis],)
    else:
        axis, shape = None, ()
    inputs.append(draw.fresh("float32", shape, 0.1, 1))
    if dtype != "int32" and draw.chance(0.7):
        inputs.append(draw.fresh(dtype, shape))
    draw.emit("DequantizeLinear", inputs, axis=axis)


@operator("QuantizeLinear", ("float32",))
def _quantize(draw, dtype):
    operand = draw.any(dtype, exact=True, special=False)
    # A power of two as the scale, so that no quotient is near a tie by error.
    scale = draw.constant(draw.one((0.125, 0.25)), "float32")
    zero = draw.constant(draw.one((0, 3)), draw.one(("int8", "uint8")))
    draw.emit("QuantizeLinear", [operand, scale, zero])


@operator("MatMulInteger", ("int8", "uint8"))
def _matmul_integer(draw, dtype):
    rows, inner, columns = draw.size(), draw.size(), draw.size()
    right = draw.one(("int8", "uint8"))
    inputs = [draw.fresh(dtype, (rows, inner), constant=False),
              draw.fresh(right, (inner, columns))]
    if draw.chance(0.6):
        inputs.append(draw.fresh(dtype, ()))
        if draw.chance(0.6):
            inputs.append(draw.constant(1, right))
    draw.emit("MatMulInteger", inputs)


@operator("DynamicQuantizeLinear", ("float32",))
def _dynamic_quantize(draw, dtype):
    operand = draw.any(dtype, low=1, exact=True, empty=False, special=False)
    # A rounding of the scale may move a value by one: not for later nodes.
    draw.emit("DynamicQuantizeLinear", [operand], 3, exact=False, reuse=False)


@operator("Dropout", FLOATS)
def _dropout(draw, dtype):
    draw.emit("Dropout", [draw.any(dtype)])


