#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every number that a node's importer reads, at the ends of its type.

    extremes.py [--jobs N] [--keep DIR]

Each node case of the onnx package and each node of contrib_suite.py becomes many
models, each with one thing changed: an attribute, a constant for a small input,
the dimensions of an input, or its element type; or two, of those that are used
together. The importer of the sanitizer build reads them all and must say a
sentence or import each. A random mutation finds such numbers late: an attribute
that is left out and one that overflows a sum take two lucky steps.
"""

import argparse
import concurrent.futures
import itertools
import os
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, numpy_helper

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "frontends/onnx"),
                str(HERE.parents[1] / "python")]
import run  # noqa: E402

# The ends of 64 and 32 bits, what overflows when added or multiplied, and the
# numbers around 0 that count nothing.
INTS = (-2**63, 2**63 - 1, 2**62, 2**40, 2**31, -2**31 - 1, -1, 0, 1, 3, 17)
FLOATS = (float("inf"), float("-inf"), float("nan"), 3e38, 1e-45, -1.0, 0.0, 0.5)
# Of two attributes: their sum and their product overflow, or are below zero.
PAIRS = ((2**63 - 1, 2**63 - 1), (-2**63, -2**63), (2**63 - 1, -2**63),
         (-2**63, -1), (0, -1), (-1, 0))
LISTS = ((), (1,), (2**63 - 1,), (-2**63,) * 2, (0, 0), (2**40,) * 3, (1,) * 4)
DIMS = ((), (0,), (1,), (2**62,), (2**31,) * 2, ("n",), ("n", "m"), (1,) * 6,
        ("a", "b", "c", "d"), (0,) * 4, (2**40,) * 4)
TYPES = (TensorProto.FLOAT, TensorProto.UINT8, TensorProto.INT8,
         TensorProto.INT32, TensorProto.INT64, TensorProto.BOOL,
         TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16,
         TensorProto.UINT32, TensorProto.FLOAT8E4M3FN, TensorProto.INT4)
DTYPES = {TensorProto.INT64: np.int64, TensorProto.INT32: np.int32,
          TensorProto.UINT8: np.uint8, TensorProto.INT8: np.int8,
          TensorProto.FLOAT: np.float32}


def changed(model, change, *arguments):
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    change(copy, *arguments)
    return copy


def set_attribute(model, name, kind, value):
    node = model.graph.node[0]
    kept = [a for a in node.attribute if a.name != name]
    del node.attribute[:]
    attribute = AttributeProto(name=name, type=kind)
    if kind == AttributeProto.INT:
        attribute.i = value
    elif kind == AttributeProto.FLOAT:
        attribute.f = value
    elif kind == AttributeProto.INTS:
        attribute.ints.extend(value)
    else:
        attribute.floats.extend(value)
    node.attribute.extend([*kept, attribute])


def set_constant(model, name, array):
    kept = [t for t in model.graph.initializer if t.name != name]
    del model.graph.initializer[:]
    model.graph.initializer.extend([*kept, numpy_helper.from_array(array, name)])


def set_dims(model, i, dims):
    shape = model.graph.input[i].type.tensor_type.shape
    shape.Clear()
    for dim in dims:
        shape.dim.add(**{"dim_param" if isinstance(dim, str) else "dim_value": dim})


def set_type(model, i, kind):
    model.graph.input[i].type.tensor_type.elem_type = kind


def attributes_of(model):
    """{name: (kind, list or None)} that the node has or its schema allows."""
    node, opsets = model.graph.node[0], {
        entry.domain: entry.version for entry in model.opset_import}
    found = {}
    if onnx.defs.has(node.op_type, node.domain):
        schema = onnx.defs.get_schema(
            node.op_type, opsets.get(node.domain, 1), node.domain)
        for name, attribute in schema.attributes.items():
            found[name] = (int(attribute.type.value), None)
    for attribute in node.attribute:
        values = attribute.ints or attribute.floats
        found[attribute.name] = (attribute.type, list(values) or None)
    return found


def with_attributes(model):
    for name, (kind, given) in attributes_of(model).items():
        numbers = {AttributeProto.INT: INTS, AttributeProto.INTS: INTS,
                   AttributeProto.FLOAT: FLOATS,
                   AttributeProto.FLOATS: FLOATS}.get(kind)
        if numbers is None:
            continue
        if kind in (AttributeProto.INT, AttributeProto.FLOAT):
            values = list(numbers)
        else:
            values = [tuple(numbers[:n]) for n in (0, 1, 3)]
            if kind == AttributeProto.INTS:
                values = list(LISTS)
            for number in numbers if given else ():
                values += [(number, *given[1:]), (*given[:-1], number),
                           (number,) * len(given)]
            if given:
                values += [given[:-1], [*given, given[0]]]
        for value in values:
            yield changed(model, set_attribute, name, kind, value)


def small_inputs(model):
    """(name, dims, dtype) of those that may be shapes, axes, counts, scales or
    zero points."""
    for value in model.graph.input:
        kind = value.type.tensor_type
        dims = [dim.dim_value for dim in kind.shape.dim]
        if kind.elem_type in DTYPES and np.prod(dims) <= 64:
            yield value.name, dims, DTYPES[kind.elem_type]


def set_constants(model, name=None, array=None):
    """The same with 1 in all other small inputs: what is computed of several
    constants is computed at once."""
    for other, dims, dtype in small_inputs(model):
        set_constant(model, other,
                     array if other == name else np.ones(dims, dtype))


def numbers_of(dtype):
    if np.issubdtype(dtype, np.floating):
        return FLOATS
    ends = np.iinfo(dtype)
    return [n for n in INTS if ends.min <= n <= ends.max]


def with_constants(model):
    for name, dims, dtype in small_inputs(model):
        for number in numbers_of(dtype):
            last = np.ones(dims, dtype)
            last[(-1,) * last.ndim if last.size else ...] = number
            for array in (np.full(dims, number, dtype), last):
                yield changed(model, set_constant, name, array)
                yield changed(model, set_constants, name, array)


def with_pairs(model):
    """Two attributes at once; one, where all small inputs are constants."""
    whole = [(name, kind, 1 if kind == AttributeProto.INT else
              (1,) * len(given or (1, 1)))
             for name, (kind, given) in attributes_of(model).items()
             if kind in (AttributeProto.INT, AttributeProto.INTS)]

    def put(model, *changes):
        for (name, kind, one), number in changes:
            set_attribute(model, name, kind, number if one == 1 else
                          [number] * len(one))

    for a, b in itertools.combinations(whole, 2):
        for x, y in PAIRS:
            yield changed(model, put, (a, x), (b, y))
    known = changed(model, set_constants)
    for a in whole:
        for number in INTS:
            yield changed(known, put, (a, number))


def with_known_inputs(model):
    """Every input a constant of a few integers, one of them of extremes: what
    is computed with sizes is computed while the node is read."""
    for value in model.graph.input:
        if value.type.WhichOneof("value") != "tensor_type":
            return
    for dims in ([], [1], [2]):
        known = changed(model, lambda copy: None)
        for i, value in enumerate(model.graph.input):
            set_type(known, i, TensorProto.INT64)
            set_dims(known, i, dims)
            set_constant(known, value.name, np.ones(dims, np.int64))
        yield known
        for value in known.graph.input:
            for number in INTS:
                yield changed(known, set_constant, value.name,
                              np.full(dims, number, np.int64))


def with_inputs(model):
    for i, value in enumerate(model.graph.input):
        if value.type.WhichOneof("value") != "tensor_type":
            continue
        for dims in DIMS:
            yield changed(model, set_dims, i, dims)
        for kind in TYPES:
            yield changed(model, set_type, i, kind)


def node_models():
    """One model for each operator, version and set of attributes."""
    import contrib_parts
    import contrib_suite
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():  # its cases divide by zero on purpose
        warnings.simplefilter("ignore")
        models = [case.model for case in collect_testcases(None) if case.model]
    models += [contrib_parts.model([part], version)
               for _, parts, version in contrib_suite.groups() for part in parts]
    seen = set()
    for model in models:
        node = model.graph.node[0]
        key = (node.domain, node.op_type, len(node.input),
               tuple((o.domain, o.version) for o in model.opset_import),
               tuple(i.type.tensor_type.elem_type for i in model.graph.input[:1]),
               tuple(sorted((a.name, len(a.ints), a.s) for a in node.attribute)))
        if len(model.graph.node) == 1 and key not in seen:
            seen.add(key)
            yield model


def write_all(folder):
    number = 0
    for model in node_models():
        for change in (with_attributes, with_constants, with_pairs,
                       with_known_inputs, with_inputs):
            for copy in change(model):
                data = copy.SerializeToString()
                if len(data) <= 8192:  # what is longer repeats, in its weights
                    (folder / f"{number:06}").write_bytes(data)
                    number += 1
    return sorted(folder.iterdir())


def read_batch(files):
    """[(file, sentence)] of those that the sanitizers or asserts stopped."""
    found = []
    while files:
        done = subprocess.run(
            [run.BUILD / "bin/onnx-fuzzer", "-timeout=20", "-rss_limit_mb=3000",
             f"-artifact_prefix={files[0].parent}/found-", *files],
            env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"), text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, errors="replace")
        if done.returncode == 0:
            break
        ran = re.findall(r"Running: (\S+)", done.stderr)
        said = re.search(r"\S+: runtime error: .*|Assertion .*|ERROR: .*",
                         done.stderr)
        if not ran:
            found.append((files[0], done.stderr[-300:]))
            break
        found.append((Path(ran[-1]), said[0] if said else done.stderr[-300:]))
        files = files[files.index(Path(ran[-1])) + 1:]
    return found


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=Path, metavar="DIR",
                        help="write the models there and leave them")
    options = parser.parse_args()
    run.build(["onnx-fuzzer"])
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        files = write_all(folder)
        print(f"{len(files)} models", flush=True)
        # A process takes as long to start as it takes to read 200 models.
        batches = [files[i:i + 1000] for i in range(0, len(files), 1000)]
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            found = [one for batch in pool.map(read_batch, batches)
                     for one in batch]
    for file, said in found:
        print(f"{file}: {said[:300]}")
    print(f"{len(files) - len(found)} passed, {len(found)} failed")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
