# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which operators the fuzzer draws, with which dtypes and operands.

To add an operator, add its name to a family's list, or write a function that
takes (draw, dtype), emits the node, and register it with @operator. It is
drawn with each dtype of the first operand that `niello ops` lists. STEPS jump at
some values, so their operands must be exact: a rounding error before a jump is
no mismatch.
"""

from dataclasses import dataclass

import supported
from draw import OPSET
from kinds import (ALL, ARITHMETIC, FLOATS, SIGNED, STORED, UNSIGNED, onnx_type,
                   whole_range)


@dataclass
class Operator:
    """An operator in graphs of one main opset."""

    name: str
    dtypes: tuple
    make: object
    domain: str = ""
    opset: int = OPSET

    @property
    def qualified(self):
        return f"{self.domain}::{self.name}" if self.domain else self.name


OPERATORS = []


def operator(name, domain="", opset=OPSET):
    """Registers a function (draw, dtype): at this opset, and at the newest for
    the dtypes that only that has. Opsets are not mixed in a graph."""

    def register(make):
        for at, dtypes in supported.placed(domain, name, opset):
            OPERATORS.append(Operator(name, dtypes, make, domain, at))
        return make

    return register


# --------------------------------------------------- elementwise, one operand
UNARY = (
    "Abs", "Neg", "Exp", "Sqrt", "Log", "Reciprocal", "Sin", "Cos", "Tan",
    "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "Tanh",
    "Sigmoid", "Erf", "Relu", "Softplus", "Softsign", "HardSwish", "Mish",
    "Not", "BitwiseNot", "Identity",
)
# Non-smooth ones, whose operand must be exact.
STEPS = ("Floor", "Ceil", "Round", "Sign", "IsNaN", "IsInf")
# Those with attributes: name -> {attribute: (low, high)}.
SCALED = {
    "Elu": {"alpha": (0.1, 2)},
    "Selu": {"alpha": (0.5, 2), "gamma": (0.5, 2)},
    "Celu": {"alpha": (0.5, 2)},
    "LeakyRelu": {"alpha": (0, 0.5)},
    "ThresholdedRelu": {},
    "HardSigmoid": {"alpha": (0.1, 0.5), "beta": (0.2, 0.7)},
    "Swish": {"alpha": (0.5, 2)},
    "Shrink": {},
}


def _unary(name, exact):
    def make(draw, dtype):
        # The sign of a NaN is nowhere said.
        draw.emit(name, [draw.any(dtype, exact=exact,
                                  special=name == "Sign" or "all")])

    return make


def _scaled(name, ranges):
    def make(draw, dtype):
        attributes = {k: float(draw.rng.uniform(*v))
                      for k, v in ranges.items()}
        exact = name in ("ThresholdedRelu", "Shrink")
        draw.emit(name, [draw.any(dtype, exact=exact)], **attributes)

    return make


for _name in UNARY:
    operator(_name)(_unary(_name, False))
for _name in STEPS:
    operator(_name)(_unary(_name, True))
for _name, _ranges in SCALED.items():
    operator(_name)(_scaled(_name, _ranges))


@operator("Gelu")
def _gelu(draw, dtype):
    draw.emit("Gelu", [draw.any(dtype)],
              approximate=draw.one(("none", "tanh")))


@operator("Clip")
def _clip(draw, dtype):
    low, high = (-2, 3) if dtype in FLOATS + SIGNED else (1, 5)
    bounds = [draw.constant(low, dtype) if draw.chance(0.8) else None,
              draw.constant(high, dtype) if draw.chance(0.8) else None]
    draw.emit("Clip", [draw.any(dtype), *bounds])


def convertible(draw, dtype, to):
    """An operand whose conversion to this dtype ONNX defines."""
    if to in FLOATS:
        return draw.any(dtype, special="all")
    if dtype in FLOATS or to in STORED or dtype in STORED:
        # Beyond the range of the result nothing is defined, and which of two
        # neighbours it is, a rounding error before would decide.
        low, high = whole_range(to, 0 if to in UNSIGNED else -9)
        return draw.fresh(dtype, draw.shape(), *whole_range(dtype, low, high))
    return draw.any(dtype, exact=True, special="all")


@operator("Cast")
def _cast(draw, dtype):
    to = draw.one(ALL)
    draw.emit("Cast", [convertible(draw, dtype, to)], to=onnx_type(to))


# -------------------------------------------------- elementwise, two operands
BINARY = ("Add", "Sub", "Mul", "And", "Or", "Xor", "BitwiseAnd", "BitwiseOr",
          "BitwiseXor")
COMPARE = ("Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual")
VARIADIC = ("Max", "Min", "Sum", "Mean")


def _pair(draw, left, right):
    return [left, right] if draw.chance(0.5) else [right, left]


def _binary(name, exact, special):
    def make(draw, dtype):
        left = draw.any(dtype, exact=exact, special=special)
        right = draw.broadcastable(left, special=special)
        draw.emit(name, _pair(draw, left, right))

    return make


for _name in BINARY:
    operator(_name)(_binary(_name, False, "all"))
for _name in COMPARE:
    operator(_name)(_binary(_name, True, "all"))


def _variadic(name):
    def make(draw, dtype):
        first = draw.any(dtype)
        rest = [draw.broadcastable(first)
                for _ in range(int(draw.rng.integers(0, 3)))]
        draw.emit(name, [first, *rest])

    return make


for _name in VARIADIC:
    operator(_name)(_variadic(_name))


@operator("Div")
def _div(draw, dtype):
    left = draw.any(dtype)
    # Dividing an integer by 0 must fail a check; tested in test/run.
    right = draw.broadcastable(left, low=1, high=9)
    draw.emit("Div", [left, right])


@operator("Mod")
def _mod(draw, dtype):
    left = draw.any(dtype, exact=True)
    right = draw.broadcastable(left, low=1, high=7, special=False)
    draw.emit("Mod", [left, right],
              fmod=1 if dtype in FLOATS or draw.chance(0.5) else 0)


@operator("Pow")
def _pow(draw, dtype):
    base = draw.fresh(dtype, draw.shape())
    exponent = draw.constant(draw.one((0, 1, 2, 3)), dtype)
    if dtype in FLOATS and draw.chance(0.5):
        base = draw.fresh(dtype, draw.shape(), 0.1, 3)
        exponent = draw.broadcastable(base, low=-2, high=3)
    draw.emit("Pow", [base, exponent])


@operator("PRelu")
def _prelu(draw, dtype):
    operand = draw.any(dtype)
    keep = int(draw.rng.integers(0, len(operand.shape) + 1))
    shape = [1 if draw.chance(0.3) else s for s in operand.shape[keep:]]
    draw.emit("PRelu", [operand, draw.fresh(dtype, shape)])


@operator("CastLike")
def _cast_like(draw, dtype):
    to = draw.one(ALL)
    draw.emit("CastLike", [convertible(draw, dtype, to), draw.fresh(to, ())])


@operator("BitShift")
def _bit_shift(draw, dtype):
    left = draw.any(dtype)
    right = draw.broadcastable(left, low=0, high=7)
    draw.emit("BitShift", [left, right],
              direction=draw.one(("LEFT", "RIGHT")))


@operator("Where")
def _where(draw, dtype):
    left = draw.any(dtype)
    condition = draw.broadcastable(left, dtype="bool")
    draw.emit("Where",
              [condition, *_pair(draw, left, draw.broadcastable(left))])
