# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The (operator, dtype) pairs that compile, as `niello ops` lists them."""

import functools
import re
import subprocess

import onnx

import checkout
from draw import OPSET, OPSETS

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
    version = OPSETS[domain] if domain else opset
    if not onnx.defs.has(name, version, domain):
        return tuple(dtypes)
    schema = onnx.defs.get_schema(name, version, domain)
    allowed = " ".join(schema.inputs[0].types if schema.inputs else ())
    return tuple(dtype for dtype in WIDER.get(name, dtypes) if
                 f"tensor({SPELLED.get(dtype, dtype)})" in allowed)
