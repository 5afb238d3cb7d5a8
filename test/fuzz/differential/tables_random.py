# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators without operands, and those that draw random numbers.

What an implementation draws from a seed is its own affair: most of the graphs
leave no choice (a deviation of 0, probabilities of 0 and 1), and in the others
the two paths are compared with each other.
"""

import numpy as np
from onnx import numpy_helper

from kinds import ARITHMETIC, FLOATS, filler, np_type, onnx_type
from tables import operator

SURE = 0.95  # of the graphs leave no choice


@operator("Constant")
def _constant(draw, dtype):
    array = filler(dtype, special="all")(draw.rng, draw.shape(0, 3))
    draw.emit("Constant", [], value=numpy_helper.from_array(array),
              judge=lambda: [array])


def _numbers(name):
    """(attributes, what they leave no choice but, or None)."""

    def make(draw):
        middle = draw.one((-1.0, 0.0, 2.0))
        spread = 0.0 if draw.chance(SURE) else 1.5
        given = (dict(mean=middle, scale=spread) if "Normal" in name else
                 dict(low=middle, high=middle + spread))
        return ({**given, "seed": float(draw.rng.integers(1, 99))},
                None if spread else middle)

    return make


def _random(name):
    def make(draw, dtype):
        attributes, sure = _numbers(name)(draw)
        shape = draw.shape(1, 3)
        draw.emit(name, [], **attributes, shape=list(shape),
                  dtype=onnx_type(dtype),
                  judge=lambda: None if sure is None else [
                      np.full(shape, sure, np_type(dtype))])

    return make


def _random_like(name):
    def make(draw, dtype):
        attributes, sure = _numbers(name)(draw)
        to = draw.one((None, *FLOATS) if dtype in FLOATS else FLOATS)
        draw.emit(name, [draw.any(dtype)], **attributes,
                  dtype=to and onnx_type(to),
                  judge=lambda x: None if sure is None else [
                      np.full(x.shape, sure, np_type(to or dtype))])

    return make


for _name in ("RandomNormal", "RandomUniform"):
    operator(_name)(_random(_name))
    operator(_name + "Like")(_random_like(_name + "Like"))


@operator("Bernoulli")
def _bernoulli(draw, dtype):
    sure = draw.chance(SURE)
    to = draw.one((None, *ARITHMETIC))
    x = draw.fresh(dtype, draw.shape(), fill=lambda rng, shape: np.asarray(
        rng.integers(0, 2, shape) if sure else rng.random(shape)).astype(
            np_type(dtype)))
    draw.emit("Bernoulli", [x], seed=3.0, dtype=to and onnx_type(to),
              judge=lambda x: [x.astype(np_type(to or dtype))] if sure
              else None)


@operator("Multinomial")
def _multinomial(draw, dtype):
    sure, count = draw.chance(SURE), draw.one((1, 5))
    rows, classes = draw.size(empty=False), draw.one((1, 3, 7))
    to = draw.one((None, "int32", "int64"))

    def fill(rng, shape):
        if not sure:
            return rng.uniform(-3, 3, shape).astype(np_type(dtype))
        data = np.full(shape, -99.0)
        data[np.arange(shape[0]), rng.integers(0, shape[1], shape[0])] = 9
        return data.astype(np_type(dtype))

    draw.emit("Multinomial", [
        draw.fresh(dtype, (rows, classes), fill=fill, fixed=(1,))],
        sample_size=count, seed=5.0, dtype=to and onnx_type(to),
        judge=lambda x: [np.repeat(x.argmax(1)[:, None], count, 1).astype(
            to or "int32")] if sure else None)
