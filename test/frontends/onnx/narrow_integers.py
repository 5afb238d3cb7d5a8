# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""int4, uint4, int2 and uint2 inputs and outputs, with all their values.

What goes in and comes out of an artefact is a byte an element, with the value
that it has as a signed or unsigned number: bytes are compared, since ml_dtypes'
types look at the low bits only.
"""

import sys

import ml_dtypes
import numpy as np
import onnx.parser

import niello


def model(dtype, low):
    """The operators are those that read, move, make and compare elements."""
    return onnx.parser.parse_model(f"""
    <ir_version: 13, opset_import: ["" : 25]>
    g ({dtype}[n] x, bool made_wins) => (
        float[n] real, {dtype}[n] same, {dtype}[a, b] moved, float[n] scaled,
        {dtype}[n] quantized, {dtype}[n] made, {dtype}[n] chosen,
        {dtype}[3] known)
    <float step = {{0.5}}, {dtype} zero = {{1}}, int64[2] five = {{5, -1}},
     {dtype}[3] table = {{{low}, 0, 1}}> {{
      real = Cast<to = 1>(x)
      same = Identity(x)
      rows = Reshape(x, five)
      moved = Transpose<perm = [1, 0]>(rows)
      scaled = DequantizeLinear(x, step, zero)
      quantized = QuantizeLinear(real, step, zero)
      made = CastLike(real, x)
      chosen = If(made_wins) <
        then_branch = yes () => ({dtype}[n] a) {{ a = Identity(made) }},
        else_branch = no () => ({dtype}[n] b) {{ b = Identity(x) }}>
      known = Identity(table)
    }}""")


def check(dtype, optimize):
    bits, is_signed = int(dtype[-1]), dtype[0] == "i"
    low = -(1 << bits - 1) if is_signed else 0
    high = low + (1 << bits) - 1
    values = np.tile(np.arange(low, high + 1), 5)
    compiled = niello.compile(model(dtype, low), optimize=optimize)
    got = compiled.run({
        "x": values.astype(getattr(ml_dtypes, dtype)),
        "made_wins": np.array(is_signed)})
    want = {
        "real": values, "same": values, "moved": values.reshape(5, -1).T,
        "scaled": (values - 1) * 0.5, "made": values, "chosen": values,
        "quantized": np.clip(values * 2 + 1, low, high),
        "known": [low, 0, 1]}
    for name, numbers in want.items():
        array = got[name]
        if array.dtype.itemsize == 1:
            array = array.view("int8" if is_signed else "uint8")
        np.testing.assert_array_equal(
            array, numbers, f"{dtype} {name} optimize={optimize}")


def main():
    for dtype in ("int4", "uint4", "int2", "uint2"):
        for optimize in (True, False):
            check(dtype, optimize)


if __name__ == "__main__":
    sys.exit(main())
