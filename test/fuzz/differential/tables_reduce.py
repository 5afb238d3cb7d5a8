# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that reduce, scan or sort along axes."""

import numpy as np

from kinds import is_float
from tables import operator

REDUCE = ("ReduceSum", "ReduceMean", "ReduceProd", "ReduceMax", "ReduceMin",
          "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum",
          "ReduceLogSumExp")


def some_axes(draw, rank):
    count = int(draw.rng.integers(0, rank + 1))
    axes = draw.rng.permutation(rank)[:count]
    return np.array([a - rank if draw.chance(0.3) else a for a in axes],
                    "int64")


def _reduce(name):
    def make(draw, dtype):
        # The maximum of nothing is an error or an infinity; not drawn.
        operand = draw.any(dtype, high=4, empty=False)
        if name == "ReduceLogSum":
            operand = draw.fresh(dtype, draw.shape(empty=False), 0.1, 3)
        inputs = [operand]
        if draw.chance(0.8):
            axes = some_axes(draw, len(operand.shape))
            inputs.append(draw.constant(axes))
        draw.emit(name, inputs, keepdims=int(draw.rng.integers(2)),
                  noop_with_empty_axes=int(draw.rng.integers(2)))

    return make


for _name in REDUCE:
    operator(_name)(_reduce(_name))


def _arg(name):
    def make(draw, dtype):
        operand = draw.any(dtype, low=1, exact=True, empty=False,
                           special=False)
        draw.emit(name, [operand], axis=draw.axis(len(operand.shape)),
                  keepdims=int(draw.rng.integers(2)),
                  select_last_index=int(draw.rng.integers(2)))

    return make


for _name in ("ArgMax", "ArgMin"):
    operator(_name)(_arg(_name))


def _along(name, exact=False):
    def make(draw, dtype):
        operand = draw.any(dtype, low=1, exact=exact, empty=False,
                           special=False)
        draw.emit(name, [operand], axis=draw.axis(len(operand.shape)))

    return make


for _name in ("Softmax", "LogSoftmax"):
    operator(_name)(_along(_name))
operator("Hardmax")(_along("Hardmax", exact=True))


def _cumulative(name):
    def make(draw, dtype):
        operand = draw.any(dtype, low=1)
        axis = draw.constant(draw.axis(len(operand.shape)), "int64")
        draw.emit(name, [operand, axis],
                  exclusive=int(draw.rng.integers(2)),
                  reverse=int(draw.rng.integers(2)))

    return make


operator("CumSum")(_cumulative("CumSum"))
operator("CumProd", opset=26)(_cumulative("CumProd"))


@operator("TopK")
def _topk(draw, dtype):
    operand = draw.any(dtype, low=1, exact=True, empty=False, special=False)
    axis = draw.axis(len(operand.shape))
    k = int(draw.rng.integers(0, operand.shape[axis] + 1))
    draw.emit("TopK", [operand, draw.constant([k], "int64")], outputs=2,
              axis=axis, largest=int(draw.rng.integers(2)), sorted=1)


@operator("LpNormalization")
def _lp_normalization(draw, dtype):
    operand = draw.fresh(dtype, draw.shape(1, 4, empty=False), 0.1, 3)
    draw.emit("LpNormalization", [operand],
              axis=draw.axis(len(operand.shape)), p=draw.one((1, 2)))


@operator("MatMul")
def _matmul(draw, dtype):
    left = draw.any(dtype, low=1, high=4, special=False)
    inner = left.shape[-1]
    if draw.chance(0.15):
        shape = [inner]
    else:
        batch = [1 if draw.chance(0.4) else s for s in left.shape[:-2]]
        batch = batch[int(draw.rng.integers(0, len(batch) + 1)):]
        shape = [*batch, inner, draw.size()]
    draw.emit("MatMul", [left, draw.fresh(dtype, shape, special=False)])


@operator("Det")
def _det(draw, dtype):
    size = draw.one((1, 2, 3, 5))
    shape = (*draw.shape(0, 2, empty=False), size, size)
    draw.emit("Det", [draw.fresh(dtype, shape, special=False)])


@operator("Gemm")
def _gemm(draw, dtype):
    a = draw.any(dtype, 2, 2, special=False)
    flip_a, flip_b = int(draw.chance(0.5)), int(draw.chance(0.5))
    rows, inner = a.shape[::-1] if flip_a else a.shape
    columns = draw.size()
    b = draw.fresh(dtype, (columns, inner) if flip_b else (inner, columns),
                   special=False)
    inputs = [a, b]
    if draw.chance(0.7):
        shape = draw.one(((), (columns,), (rows, 1), (1, columns),
                          (rows, columns)))
        inputs.append(draw.fresh(dtype, shape, special=False))
    # What half of an integer is, is nowhere said.
    alpha = draw.one((1.0, 0.5 if is_float(dtype) else 3.0))
    draw.emit("Gemm", inputs, transA=flip_a, transB=flip_b, alpha=alpha,
              beta=draw.one((1.0, 2.0)))


@operator("Einsum")
def _einsum(draw, dtype):
    size = {letter: draw.size(empty=False) for letter in "ijkl"}
    equation = draw.one(("ij,jk->ik", "ij,ij->i", "ii->i", "ij->ji",
                         "bij,bjk->bik", "i,j->ij", "ij->", "...i,...i->..."))
    terms = equation.split("->")[0].replace("b", "l").split(",")
    operands = [
        draw.fresh(dtype, [size[c] for c in term.replace("...", "kl")],
                   special=False)
        for term in terms]
    draw.emit("Einsum", operands, equation=equation)


@operator("NonZero")
def _nonzero(draw, dtype):
    draw.emit("NonZero", [draw.any(dtype, low=1, exact=True)])
