# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `niello ops` says of types of a byte or less, beside onnx.reference.

Each operator that claims such a type of its first input runs on all values of
the type, in one graph with the others. onnxruntime has none of these types
in Python, so that the fuzzer that compares with it does not draw them. An
operator that claims one and has no model here is an error.
"""

import re
import subprocess
import sys
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx.parser
import onnx.reference
from onnx import numpy_helper

import niello

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "python"))
import checkout  # noqa: E402

OPSET = onnx.defs.onnx_opset_version()
# Niello's name (also the parser's), ml_dtypes' name, bits.
TYPES = {
    "float8e4m3fn": ("float8_e4m3fn", 8),
    "float8e4m3fnuz": ("float8_e4m3fnuz", 8),
    "float8e5m2": ("float8_e5m2", 8),
    "float8e5m2fnuz": ("float8_e5m2fnuz", 8),
    "float8e8m0": ("float8_e8m0fnu", 8),
    "float4e2m1": ("float4_e2m1fn", 4),
    "int4": ("int4", 4), "uint4": ("uint4", 4),
    "int2": ("int2", 2), "uint2": ("uint2", 2),
}
LINE = re.compile(r"^(\w+) +\d+  direct *(.*)$")

# (type of the result, nodes from x to @y). T is the type, [a, b] x's shape,
# TWIN another type of its width; @ makes a name the operator's own.
MODELS = {
    "BitCast": ("TWIN[a, b]", "@y = BitCast<to = TWIN_NUMBER>(x)"),
    "Cast": ("T[a, b]", "@f = Cast<to = 1>(x) @y = Cast<to = NUMBER>(@f)"),
    "CastLike": ("float[a, b]", "@l = Constant<value = float {0}>() "
                 "@y = CastLike(x, @l)"),
    "DequantizeLinear": ("float[a, b]", "@s = Constant<value = float {0.5}>() "
                         "@y = DequantizeLinear(x, @s)"),
    "Flatten": ("T[n, m]", "@y = Flatten<axis = 2>(x)"),
    "Identity": ("T[a, b]", "@y = Identity(x)"),
    "IsInf": ("bool[a, b]", "@y = IsInf(x)"),
    "IsNaN": ("bool[a, b]", "@y = IsNaN(x)"),
    "Optional": ("bool", "@o = Optional(x) @y = OptionalHasElement(@o)"),
    "OptionalGetElement": ("T[a, b]", "@y = OptionalGetElement(x)"),
    "OptionalHasElement": ("bool", "@y = OptionalHasElement(x)"),
    "Pad": ("T[n, m]", "@p = Constant<value = int64[4] {1, 0, 2, 1}>() "
            "@y = Pad<mode = \"edge\">(x, @p)"),
    "Reshape": ("T[n]", "@s = Constant<value = int64[1] {-1}>() "
                "@y = Reshape(x, @s)"),
    "Scan": ("T[a, b]", "@y = Scan<num_scan_inputs = 1, body = each (T[b] i) "
             "=> (T[b] o) { o = Identity(i) }>(x)"),
    "Shape": ("int64[2]", "@y = Shape(x)"),
    "Size": ("int64", "@y = Size(x)"),
    "Squeeze": ("T[n]", "@s = Constant<value = int64[3] {1, -1, 1}>() "
                "@r = Reshape(x, @s) @y = Squeeze(@r)"),
    "TensorScatter": ("T[n, m, k]", "@s = Constant<value = int64[3] "
                      "{1, 2, -1}>() @p = Reshape(x, @s) @u = Identity(@p) "
                      "@w = Constant<value = int64[1] {0}>() "
                      "@y = TensorScatter<axis = 1>(@p, @u, @w)"),
    "Transpose": ("T[b, a]", "@y = Transpose(x)"),
    "Unsqueeze": ("T[n, a, b]", "@s = Constant<value = int64[1] {0}>() "
                  "@y = Unsqueeze(x, @s)"),
}


def rows():
    """{dtype: operators} that `niello ops` claims and ONNX has."""
    text = subprocess.run([checkout.PROGRAM, "ops"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    claimed = {dtype: set() for dtype in TYPES}
    for line in text.splitlines():
        if match := LINE.match(line):
            name, dtypes = match.groups()
            for dtype in TYPES.keys() & dtypes.split():
                if f"tensor({dtype})" in allowed(name):
                    claimed[dtype].add(name)
    return claimed


def allowed(name):
    """What ONNX lets an operator's first input be, or its only result."""
    schema = onnx.defs.get_schema(name, OPSET)
    return (schema.inputs or schema.outputs)[0].types


def number(dtype):
    kind = np.dtype(getattr(ml_dtypes, TYPES.get(dtype, (dtype,))[0], dtype))
    return int(onnx.helper.np_dtype_to_tensor_dtype(kind))


def model_of(names, dtype, x):
    """One graph with an output of each operator's."""
    bits = TYPES[dtype][1]
    twin = "uint8" if bits == 8 else f"uint{bits}"
    twin = f"int{bits}" if dtype == twin else twin
    names = [name for name in names if name != "Constant"]
    outputs = ", ".join(f"{MODELS[n][0]} {n}_y" for n in names)
    nodes = "\n".join(MODELS[n][1].replace("@", n + "_") for n in names)
    text = (f'<ir_version: {onnx.IR_VERSION}, opset_import: ["" : {OPSET}]>\n'
            f"g (T[a, b] x) => ({outputs}) {{ {nodes} }}")
    for word, meaning in (("TWIN_NUMBER", number(twin)), ("TWIN", twin),
                          ("NUMBER", number(dtype)), ("T", dtype)):
        text = re.sub(rf"\b{word}\b", str(meaning), text)
    return onnx.parser.parse_model(text)


def numbers_of(array):
    """As f32, which holds all of them, with one NaN."""
    return np.asarray(array).astype("float32")


def values(dtype):
    """All values of the type, as a square."""
    spelled, bits = TYPES[dtype]
    kind = np.dtype(getattr(ml_dtypes, spelled))
    numbers = np.arange(1 << bits).reshape(1 << bits // 2, -1)
    if dtype.startswith("int"):
        return (numbers - (1 << bits - 1)).astype("int8").astype(kind)
    if dtype.startswith("uint"):
        return numbers.astype("uint8").astype(kind)
    return numbers.astype("uint8").view(kind)


def check(names, dtype):
    """Sentences about the operators that give another result."""
    x = values(dtype)
    model = model_of(names, dtype, x)
    names = [output.name.removesuffix("_y") for output in model.graph.output]
    with np.errstate(all="ignore"):
        evaluator = onnx.reference.ReferenceEvaluator(model)
        wanted = evaluator.run(None, {"x": x})
    got = niello.compile(model).run({"x": x})
    for name, want in zip(names, wanted):
        want, result = np.asarray(want), got[name + "_y"]
        if result.dtype != want.dtype:
            yield f"{name} {dtype}: {result.dtype} instead of {want.dtype}"
        elif not np.array_equal(numbers_of(result), numbers_of(want),
                                equal_nan=True):
            yield f"{name} {dtype}: {result} instead of {want}"


def main():
    passed, wrong = 0, []
    for dtype, claimed in rows().items():
        known = {"Constant", *MODELS}
        names = sorted(claimed & known)
        wrong += [f"{name} {dtype}: has no model in narrow_rows.py"
                  for name in sorted(claimed - known)]
        before = len(wrong)
        try:
            wrong += check(names, dtype)
            passed += len(names) - (len(wrong) - before)
        except niello.Error as error:
            wrong.append(f"{dtype}: {error}")
    for sentence in wrong:
        print(sentence)
    return checkout.last_line(passed, len(wrong) + (passed == 0))


if __name__ == "__main__":
    sys.exit(main())
