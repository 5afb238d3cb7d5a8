# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The (operator, dtype) pairs that compile, as `niello ops` lists them."""

import functools
import re
import subprocess

import onnx

import checkout
from draw import NEWEST, OPSET, opsets

# Where ONNX's schemas spell a type in another way.
SPELLED = {"float32": "float", "float64": "double"}
LINE = re.compile(r"^(?:(\S+)::)?(\w+) +(\d+)  (?:direct|function body) *(.*)$")


@functools.cache
def operators():
    """{(domain, operator): dtypes of its first operand, or of its result where
    it has none}."""
    text = subprocess.run([checkout.PROGRAM, "ops"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    listed = {}
    for line in text.splitlines():
        domain, name, _, dtypes = LINE.match(line).groups("")
        listed[domain, name] = dtypes.split()
    return listed


@functools.cache
def dtypes_of(domain, name, opset=OPSET):
    """Those of them that ONNX allows in a graph of this main opset."""
    dtypes = operators().get((domain, name), ())
    version = opsets(opset)[domain]
    if not onnx.defs.has(name, domain):
        return tuple(dtypes)  # not ONNX's
    if not onnx.defs.has(name, version, domain):
        return ()
    schema = onnx.defs.get_schema(name, version, domain)
    if schema.deprecated:
        return ()
    allowed = " ".join((schema.inputs or schema.outputs)[0].types)
    return tuple(dtype for dtype in dtypes if
                 f"tensor({SPELLED.get(dtype, dtype)})" in allowed)


def placed(domain, name, opset=OPSET):
    """[(main opset, dtypes)]: this opset with what it allows, and the newest
    with what only that does."""
    here = dtypes_of(domain, name, opset)
    later = [dtype for dtype in dtypes_of(domain, name, NEWEST)
             if dtype not in here]
    return [(at, tuple(dtypes)) for at, dtypes in
            ((opset, here), (NEWEST, later)) if dtypes]


# What the list has and no graph of tensors can hold, by operator, or by
# operator and dtype.
NOT_DRAWN = {
    "ai.onnx.ml::ZipMap": "its result is a sequence of maps, which no operator "
                          "reads: test/frontends/onnx/contrib_ml.py",
}


def unlisted(pairs):
    """{reason: [operator:dtype]} of what compiles but is not among `pairs`,
    which are (qualified name, dtype); the reason is '' where nobody gave one.
    A reason for what is drawn, or does not compile, is itself such an entry."""
    claimed = {(f"{domain}::{name}" if domain else name, dtype)
               for (domain, name), dtypes in operators().items()
               for dtype in dtypes}
    missing, used = {}, set()
    for name, dtype in sorted(claimed - set(pairs)):
        key = name if name in NOT_DRAWN else f"{name}:{dtype}"
        used.add(key)
        missing.setdefault(NOT_DRAWN.get(key, ""), []).append(
            f"{name}:{dtype}")
    for key in NOT_DRAWN.keys() - used:
        missing.setdefault("", []).append(f"{key} (needs no reason)")
    return missing
