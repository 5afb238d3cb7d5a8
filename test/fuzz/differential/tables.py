# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which operators the fuzzer draws, with which dtypes and operands.

To add an operator, add its name to a family's list, or write a function that
takes (draw, dtype), emits the node, and register it with @operator. `dtypes`
are those of the first operand. STEPS jump at some values, so their operands
must be exact: a rounding error before a jump is no mismatch.
"""

from dataclasses import dataclass

from draw import onnx_type

FLOATS = ("float32", "float64", "float16", "bfloat16")
MAIN = ("float32", "float64", "float16")
SIGNED = ("int8", "int16", "int32", "int64")
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
INTEGERS = SIGNED + UNSIGNED
NUMBERS = FLOATS + INTEGERS
ALL = NUMBERS + ("bool",)
WIDE = FLOATS + ("int32", "int64", "uint32", "uint64")


@dataclass
class Operator:
    name: str
    dtypes: tuple
    make: object
    # Why onnxruntime cannot judge it; then only our two paths are compared.
    unjudged: str = ""


OPERATORS = []


def operator(name, dtypes, unjudged=""):
    def register(make):
        OPERATORS.append(Operator(name, tuple(dtypes), make, unjudged))
        return make

    return register


# --------------------------------------------------- elementwise, one operand
UNARY = {
    "Abs": NUMBERS, "Neg": FLOATS + SIGNED, "Exp": FLOATS, "Sqrt": FLOATS,
    "Log": FLOATS, "Reciprocal": FLOATS, "Sin": MAIN, "Cos": MAIN,
    "Asin": MAIN, "Acos": MAIN, "Atan": MAIN, "Sinh": MAIN, "Cosh": MAIN,
    "Asinh": MAIN, "Acosh": MAIN, "Atanh": MAIN, "Tanh": FLOATS,
    "Sigmoid": FLOATS, "Erf": FLOATS, "Relu": FLOATS, "Softplus": MAIN,
    "Softsign": MAIN, "HardSwish": MAIN, "Mish": MAIN, "Not": ("bool",),
    "BitwiseNot": INTEGERS, "Identity": ALL,
}
# Non-smooth ones, whose operand must be exact.
STEPS = {
    "Floor": FLOATS, "Ceil": FLOATS, "Round": FLOATS, "Sign": NUMBERS,
    "IsNaN": FLOATS, "IsInf": ("float32", "float64"),
}
# Those with attributes: name -> (dtypes, {attribute: (low, high)}).
SCALED = {
    "Elu": (MAIN, {"alpha": (0.1, 2)}),
    "Selu": (MAIN, {"alpha": (0.5, 2), "gamma": (0.5, 2)}),
    "Celu": (("float32",), {"alpha": (0.5, 2)}),
    "LeakyRelu": (FLOATS, {"alpha": (0, 0.5)}),
    "ThresholdedRelu": (MAIN, {}),
    "HardSigmoid": (MAIN, {"alpha": (0.1, 0.5), "beta": (0.2, 0.7)}),
}


def _unary(name, exact):
    def make(draw, dtype):
        draw.emit(name, [draw.any(dtype, exact=exact, special="all")])

    return make


def _scaled(name, ranges):
    def make(draw, dtype):
        attributes = {k: float(draw.rng.uniform(*v))
                      for k, v in ranges.items()}
        exact = name == "ThresholdedRelu"
        draw.emit(name, [draw.any(dtype, exact=exact)], **attributes)

    return make


for _name, _dtypes in UNARY.items():
    operator(_name, _dtypes)(_unary(_name, False))
for _name, _dtypes in STEPS.items():
    operator(_name, _dtypes)(_unary(_name, True))
for _name, (_dtypes, _ranges) in SCALED.items():
    operator(_name, _dtypes)(_scaled(_name, _ranges))


@operator("Gelu", MAIN)
def _gelu(draw, dtype):
    draw.emit("Gelu", [draw.any(dtype)],
              approximate=draw.one(("none", "tanh")))


@operator("Clip", NUMBERS)
def _clip(draw, dtype):
    low, high = (-2, 3) if dtype in FLOATS + SIGNED else (1, 5)
    bounds = [draw.constant(low, dtype) if draw.chance(0.8) else None,
              draw.constant(high, dtype) if draw.chance(0.8) else None]
    draw.emit("Clip", [draw.any(dtype), *bounds])


@operator("Cast", ALL)
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
BINARY = {
    "Add": NUMBERS, "Sub": NUMBERS, "Mul": NUMBERS, "And": ("bool",),
    "Or": ("bool",), "Xor": ("bool",), "BitwiseAnd": INTEGERS,
    "BitwiseOr": INTEGERS, "BitwiseXor": INTEGERS,
}
COMPARE = {
    "Equal": ALL, "Less": NUMBERS, "Greater": NUMBERS, "LessOrEqual": NUMBERS,
    "GreaterOrEqual": NUMBERS,
}
VARIADIC = {"Max": NUMBERS, "Min": NUMBERS, "Sum": FLOATS, "Mean": FLOATS}


def _pair(draw, left, right):
    return [left, right] if draw.chance(0.5) else [right, left]


def _binary(name, exact, special):
    def make(draw, dtype):
        left = draw.any(dtype, exact=exact, special=special)
        right = draw.broadcastable(left, special=special)
        draw.emit(name, _pair(draw, left, right))

    return make


for _name, _dtypes in BINARY.items():
    operator(_name, _dtypes)(_binary(_name, False, "all"))
for _name, _dtypes in COMPARE.items():
    operator(_name, _dtypes)(_binary(_name, True, "all"))


def _variadic(name):
    def make(draw, dtype):
        first = draw.any(dtype)
        rest = [draw.broadcastable(first)
                for _ in range(int(draw.rng.integers(0, 3)))]
        draw.emit(name, [first, *rest])

    return make


for _name, _dtypes in VARIADIC.items():
    operator(_name, _dtypes)(_variadic(_name))


@operator("Div", NUMBERS)
def _div(draw, dtype):
    left = draw.any(dtype)
    # Dividing an integer by 0 must fail a check; tested in test/run.
    right = draw.broadcastable(left, low=1, high=9)
    draw.emit("Div", [left, right])


@operator("Mod", NUMBERS)
def _mod(draw, dtype):
    left = draw.any(dtype, exact=True)
    right = draw.broadcastable(left, low=1, high=7, special=False)
    draw.emit("Mod", [left, right],
              fmod=1 if dtype in FLOATS or draw.chance(0.5) else 0)


@operator("Pow", ("float32", "float64", "int32", "int64"))
def _pow(draw, dtype):
    base = draw.fresh(dtype, draw.shape())
    exponent = draw.constant(draw.one((0, 1, 2, 3)), dtype)
    if dtype in FLOATS and draw.chance(0.5):
        base = draw.fresh(dtype, draw.shape(), 0.1, 3)
        exponent = draw.broadcastable(base, low=-2, high=3)
    draw.emit("Pow", [base, exponent])


@operator("PRelu", MAIN)
def _prelu(draw, dtype):
    operand = draw.any(dtype)
    keep = int(draw.rng.integers(0, len(operand.shape) + 1))
    shape = [1 if draw.chance(0.3) else s for s in operand.shape[keep:]]
    draw.emit("PRelu", [operand, draw.fresh(dtype, shape)])


@operator("BitShift", UNSIGNED)
def _bit_shift(draw, dtype):
    left = draw.any(dtype)
    right = draw.broadcastable(left, low=0, high=7)
    draw.emit("BitShift", [left, right],
              direction=draw.one(("LEFT", "RIGHT")))


@operator("Where", ALL)
def _where(draw, dtype):
    left = draw.any(dtype)
    condition = draw.broadcastable(left, dtype="bool")
    draw.emit("Where",
              [condition, *_pair(draw, left, draw.broadcastable(left))])


import tables_move  # noqa: E402,F401  (register their operators)
import tables_network  # noqa: E402,F401
import tables_reduce  # noqa: E402,F401
