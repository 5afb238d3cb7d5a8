# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""MatMulInteger beside NumPy's int64, bit for bit, at every level.

Bytes at the ends of their range, where a 16-bit sum would saturate, zero points
at the ends, depths that are no multiple of a word or a vector, sizes of 0 and 1,
free sizes, weights in the file or fed.
"""

import itertools
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper

import niello

RANDOM = np.random.default_rng(5)
CODES = {"u8": (np.uint8, TensorProto.UINT8), "s8": (np.int8, TensorProto.INT8)}
# M, K, N; the last sizes below 16 are left to loops, the others are not.
SIZES = [(16, 64, 48), (7, 65, 33), (1, 130, 16), (33, 3, 129), (8, 1, 1024),
         (19, 257, 80), (0, 64, 32), (5, 0, 32), (5, 64, 0), (2, 3, 2)]


def extremes(dtype, shape):
    """Half of the bytes are at an end of the range."""
    info = np.iinfo(dtype)
    ends = RANDOM.choice([info.min, info.max, 0, info.max - 1], shape)
    inside = RANDOM.integers(info.min, info.max + 1, shape)
    return np.where(RANDOM.random(shape) < 0.5, ends, inside).astype(dtype)


def zero_of(dtype, kind, size):
    info = np.iinfo(dtype)
    return {"none": None, "low": np.array(info.min, dtype),
            "high": np.array(info.max, dtype), "zero": np.array(0, dtype),
            "each": extremes(dtype, (size,))}[kind]


def product(left, right, shape, zeros, weights, free, batch=()):
    """The model, its inputs, and what it must give."""
    (a_type, a_code), (b_type, b_code) = CODES[left], CODES[right]
    m, k, n = shape
    a = extremes(a_type, batch + (m, k))
    b = extremes(b_type, (batch if not weights else ()) + (k, n))
    a_zero = zero_of(a_type, zeros[0], m)
    b_zero = zero_of(b_type, zeros[1], n)
    names, initializers = ["a", "b"], []
    for name, zero in (("az", a_zero), ("bz", b_zero)):
        names.append("" if zero is None else name)
        if zero is not None:
            initializers.append(numpy_helper.from_array(zero, name))
    while names[-1] == "":
        names.pop()
    inputs = [helper.make_tensor_value_info(
        "a", a_code, [*batch, "rows" if free else m, k])]
    feeds = {"a": a}
    if weights:
        initializers.append(numpy_helper.from_array(b, "b"))
    else:
        inputs.append(helper.make_tensor_value_info("b", b_code, b.shape))
        feeds["b"] = b
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", names, ["y"])], "g", inputs,
        [helper.make_tensor_value_info("y", TensorProto.INT32,
                                       [*batch, "rows" if free else m, n])],
        initializers)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 10)], ir_version=8)
    wide_a, wide_b = a.astype(np.int64), b.astype(np.int64)
    if a_zero is not None:
        wide_a -= (a_zero if a_zero.ndim == 0 else a_zero[:, None]).astype(
            np.int64)
    if b_zero is not None:
        wide_b -= b_zero.astype(np.int64)
    return model, feeds, (wide_a @ wide_b).astype(np.int32)


def check(target, *arguments, **more):
    model, feeds, want = product(*arguments, **more)
    got = niello.compile(model, target=target).run(feeds)["y"]
    np.testing.assert_array_equal(
        got, want, f"{target} {arguments} {more}")


def main():
    targets = sys.argv[1:]
    signs = list(itertools.product(CODES, CODES))
    zeros = [("none", "none"), ("low", "high"), ("high", "none"),
             ("zero", "each"), ("each", "low"), ("none", "each")]
    for target in targets:
        # Every pair of signs with every pair of zero points, sizes in turn.
        for number, (sign, zero) in enumerate(itertools.product(signs, zeros)):
            size = SIZES[number % len(SIZES)]
            check(target, *sign, size, zero, number % 3 != 0, number % 2 == 0)
        # The sign that vpdpbusd wants, at every size.
        for size in SIZES:
            check(target, "u8", "s8", size, ("high", "none"), True, False)
        check(target, "u8", "s8", (9, 70, 40), ("low", "each"), False, True,
              batch=(3,))


if __name__ == "__main__":
    sys.exit(main())
