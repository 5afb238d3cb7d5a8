# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators on quantised tensors."""

from kinds import is_float
from tables import operator
from tables_network import window


@operator("DequantizeLinear")
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


@operator("QuantizeLinear")
def _quantize(draw, dtype):
    operand = draw.any(dtype, exact=True, special=False)
    # A power of two as the scale, so that no quotient is near a tie by error.
    scale = draw.constant(draw.one((0.125, 0.25)),
                          dtype if is_float(dtype) else "float32")
    zero = draw.constant(draw.one((0, 3)), draw.one(("int8", "uint8")))
    draw.emit("QuantizeLinear", [operand, scale, zero])


@operator("MatMulInteger")
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


@operator("DynamicQuantizeLinear")
def _dynamic_quantize(draw, dtype):
    operand = draw.any(dtype, low=1, exact=True, empty=False, special=False)
    # A rounding of the scale may move a value by one: not for later nodes.
    draw.emit("DynamicQuantizeLinear", [operand], 3, exact=False, reuse=False)


@operator("QLinearMatMul")
def _qlinear_matmul(draw, dtype):
    rows, inner, columns = (draw.size(empty=False) for _ in range(3))
    kinds = (dtype, draw.one(("int8", "uint8")), draw.one(("int8", "uint8")))
    # Powers of two: no product is near a tie by error.
    scales = [draw.constant(draw.one((0.25, 0.5, 1)), "float32")
              for _ in kinds]
    zeros = [draw.constant(draw.one((0, 2)), kind) for kind in kinds]
    draw.emit("QLinearMatMul", [
        draw.fresh(kinds[0], (rows, inner)), scales[0], zeros[0],
        draw.fresh(kinds[1], (inner, columns)), scales[1], zeros[1],
        scales[2], zeros[2]])


@operator("ConvInteger")
def _conv_integer(draw, dtype):
    spatial = [draw.one((3, 5)) for _ in range(draw.one((1, 2)))]
    channels, filters = draw.one((1, 3)), draw.one((1, 4))
    attributes = window(draw, spatial)
    kind = draw.one(("int8", "uint8"))
    inputs = [draw.fresh(dtype, (draw.one((1, 2)), channels, *spatial)),
              draw.fresh(kind, (filters, channels,
                                *attributes["kernel_shape"]))]
    if draw.chance(0.6):
        inputs.append(draw.constant(draw.one((0, 3)), dtype))
        if draw.chance(0.6):
            inputs.append(draw.constant(1, kind))
    draw.emit("ConvInteger", inputs, **attributes)


@operator("QLinearConv")
def _qlinear_conv(draw, dtype):
    spatial = [draw.one((3, 5)) for _ in range(draw.one((1, 2)))]
    channels, filters = draw.one((1, 3)), draw.one((1, 4))
    attributes = window(draw, spatial)
    # onnxruntime has no other types of weights beside uint8 and int8 itself.
    kind = dtype if dtype == "int8" else draw.one(("int8", "uint8"))
    scales = [draw.constant(draw.one((0.25, 0.5, 1)), "float32")
              for _ in range(3)]
    zeros = [draw.constant(draw.one((0, 2)), t) for t in (dtype, kind, dtype)]
    inputs = [draw.fresh(dtype, (draw.one((1, 2)), channels, *spatial)),
              scales[0], zeros[0],
              draw.fresh(kind, (filters, channels,
                                *attributes["kernel_shape"])),
              scales[1], zeros[1], scales[2], zeros[2]]
    if draw.chance(0.5):
        inputs.append(draw.fresh("int32", (filters,), fixed=True))
    draw.emit("QLinearConv", inputs, **attributes)
