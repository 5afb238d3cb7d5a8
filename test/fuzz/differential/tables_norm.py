# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Normalisations and losses."""

from kinds import onnx_type
from tables import operator


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
