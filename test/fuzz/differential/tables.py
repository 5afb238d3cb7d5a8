# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which operators the fuzzer draws, with which dtypes and operands.

To add an operator, add its name to a family's list, or write a function that
takes (draw, dtype), emits the node, and register it with @operator. It is drawn with
each dtype of the first operand that `niello ops` lists. STEPS jump at some values, so their operands
must be exact: a rounding error before a jump is no mismatch.
"""

from dataclasses import dataclass

import supported
from draw import DRAWN_DTYPES, FLOATS, OPSET, SIGNED, UNSIGNED, onnx_type

ALL = DRAWN_DTYPES


@dataclass
class Operator:
    name: str
    dtypes: tuple
    make: object
    domain: str = ""
    opset: int = OPSET


OPERATORS = []


def operator(name, domain="", opset=OPSET):
    """Registers a function (draw, dtype). An operator of another opset than
    most is not drawn together with those."""

    def register(make):
        dtypes = [dtype for dtype in supported.dtypes_of(domain, name, opset)
                  if dtype in ALL]
        OPERATORS.append(Operator(name, tuple(dtypes), make, domain, opset))
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
        draw.emit(name, [draw.any(dtype, exact=exact, special="all")])

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


@operator("Cast")
def _cast(draw, dtype):
    to = draw.one(ALL)
    narrow = to not in FLOATS
    if dtype in FLOATS and narrow:
        # A float outside of the integer's range has no defined result.
        low = 0 if to in UNSIGNED else -9
        operand = draw.fresh(dtype, draw.shape(), low, 9)
    else:
        operand = draw.any(dtype, exact=narrow, special="all")
    draw.emit("Cast", [operand], to=onnx_type(to))


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
    operand = (draw.fresh(dtype, draw.shape(), 0, 9) if dtype in FLOATS
               else draw.any(dtype, exact=True))
    draw.emit("CastLike", [operand, draw.fresh(to, ())])


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


import tables_control  # noqa: E402,F401  (register their operators)
import tables_features  # noqa: E402,F401
import tables_integer  # noqa: E402,F401
import tables_move  # noqa: E402,F401
import tables_network  # noqa: E402,F401
import tables_reduce  # noqa: E402,F401
import tables_signal  # noqa: E402,F401
import tables_vision  # noqa: E402,F401
