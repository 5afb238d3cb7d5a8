# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The (operator, dtype) pairs that compile, as `niello ops` lists them."""

import functools
import re
import subprocess

import onnx

import checkout
from draw import DRAWN_DTYPES, OPSET, OPSETS

# Where ONNX's schemas spell a type in another way.
SPELLED = {"float32": "float", "float64": "double"}
# Where the list names the types of the result.
WIDER = {name: ("int32", "int64")
         for name in ("HannWindow", "HammingWindow", "BlackmanWindow")}
LINE = re.compile(r"^(?:(\S+)::)?(\w+) +(\d+)  (?:direct|function body) *(.*)$")


@functools.cache
def operators():
    """{(domain, operator): dtypes of its first operand}."""
    text = subprocess.run([checkout.PROGRAM, "ops"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    listed = {}
    for line in text.splitlines():
        domain, name, _, dtypes = LINE.match(line).groups("")
        listed[domain, name] = dtypes.split()
    return listed


@functools.cache
def dtypes_of(domain, name, opset=OPSET):
    """Those of them that ONNX allows at this opset of the main domain."""
    dtypes = operators().get((domain, name), ())
    version = OPSETS.get(domain, 1) if domain else opset
    if not onnx.defs.has(name, version, domain):
        return tuple(dtypes)
    schema = onnx.defs.get_schema(name, version, domain)
    allowed = " ".join(schema.inputs[0].types if schema.inputs else ())
    return tuple(dtype for dtype in WIDER.get(name, dtypes) if
                 f"tensor({SPELLED.get(dtype, dtype)})" in allowed)


# What the list has and the fuzzer does not draw, by domain or operator.
NOT_DRAWN = {
    "com.microsoft": "beside onnxruntime in test/frontends/onnx",
    "ai.onnx.preview": "no other implementation",
    "ai.onnx.preview.training": "the cases of the ONNX suite",
    "Bernoulli": "random: test/run/random.mlir",
    "Multinomial": "random: test/run/random.mlir",
    "RandomNormal": "random: test/run/random.mlir",
    "RandomNormalLike": "random: test/run/random.mlir",
    "RandomUniform": "random: test/run/random.mlir",
    "RandomUniformLike": "random: test/run/random.mlir",
    "Constant": "its first operand is none; each graph has constants",
    "SequenceEmpty": "its first operand is none",
    "SimplifiedLayerNormalization": "not in the standard; exporters' form of "
                                    "the com.microsoft one",
    "LinearClassifier": "beside onnxruntime in test/frontends/onnx",
    "SVMClassifier": "beside onnxruntime in test/frontends/onnx",
    "SVMRegressor": "beside onnxruntime in test/frontends/onnx",
    "TfIdfVectorizer": "beside onnxruntime in test/frontends/onnx",
    "TreeEnsemble": "the newer spelling of what TreeEnsembleRegressor draws",
    "ZipMap": "its result is no tensor",
}


def unlisted(pairs):
    """{reason: [operator:dtype]} of what compiles but is not among `pairs`;
    the reason is '' where nobody gave one."""
    drawn = {(o.domain, o.name, dtype) for o, dtype in pairs}
    drawn_names = {(o.domain, o.name): o.opset for o, _ in pairs}
    missing = {}
    for domain, name in operators():
        opset = drawn_names.get((domain, name), OPSET)
        for dtype in dtypes_of(domain, name, opset):
            if (domain, name, dtype) in drawn:
                continue
            if dtype not in DRAWN_DTYPES:
                reason = "a type without arithmetic: the ONNX suite's casts"
            else:
                reason = NOT_DRAWN.get(domain) or NOT_DRAWN.get(name, "")
            missing.setdefault(reason, []).append(f"{name}:{dtype}")
    return missing
