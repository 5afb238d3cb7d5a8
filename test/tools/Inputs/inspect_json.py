# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares `niello inspect --json` with the facts of a model.

    inspect_json.py PREFIX README.md

Writes its models to PREFIX.onnx and PREFIX.refused.onnx. Every key that it
meets has to stand in the README.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import onnx
import onnx.parser
from onnx import numpy_helper

ROWS = 8
STORED = 4 * (64 * 64 + 64 * 48)  # b is so small that it is part of the code
MODEL = """
<ir_version: 8, opset_import: ["" : 17]>
model (float[rows, 64] x) => (float[rows, 48] y)
{
  [first] h = MatMul(x, w)
  [bias] a = Add(h, b)
  [act] r = Relu(a)
  [second] s = MatMul(r, v)
  [softmax] y = Softmax(s)
}
"""


def write(text, path):
    import numpy as np
    model = onnx.parser.parse_model(text)
    draw = np.random.default_rng(1)
    del model.graph.initializer[:]
    for name, shape in [("w", (64, 64)), ("b", (64,)), ("v", (64, 48))]:
        values = draw.standard_normal(shape).astype("float32")
        model.graph.initializer.append(numpy_helper.from_array(values, name))
    onnx.save(model, path)
    return model


def inspect(path, *flags, code=0):
    done = subprocess.run(["niello", "inspect", path, "--json", *flags],
                          capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    facts = json.loads(done.stdout)
    if code:
        assert facts["exit_code"] == code
        assert done.stderr == f"niello: {facts['sentence']}\n"
    return facts


def keys_of(value):
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    if isinstance(value, list):
        return set().union(*map(keys_of, value))
    return set()


def check_file(facts, model):
    ops = Counter(node.op_type for node in model.graph.node)
    assert {op["name"].split("::")[-1]: op["count"]
            for op in facts["operators"]} == ops
    arrays = [numpy_helper.to_array(t) for t in model.graph.initializer]
    assert facts["file_weights"] == [{
        "dtype": "float32", "count": len(arrays),
        "bytes": sum(a.nbytes for a in arrays)}]


def check_tensors(facts, rows):
    entry, = facts["entries"]
    assert entry["inputs"] == [
        {"name": "x", "dtype": "float32", "dims": [rows, 64]}]
    assert entry["outputs"] == [
        {"name": "y", "dtype": "float32", "dims": [rows, 48]}]


def check_plan(facts, model):
    """Both products are there under their names, with two operations for each
    multiply-add and the bytes of their operands, and a little for the rest."""
    plan = facts["plan"]
    nodes = {node for kernel in plan for node in kernel["nodes"]}
    assert nodes <= {node.name for node in model.graph.node}, nodes
    first, second = [k for k in plan if k["kind"] == "gemm"]
    assert "first" in first["nodes"] and "second" in second["nodes"]
    for kernel, columns in [(first, 64), (second, 48)]:
        assert kernel["results"] == [f"float32[{ROWS},{columns}]"]
        assert kernel["reduction"] == "64"
        products = 2 * ROWS * columns * 64
        assert products <= kernel["flops"] < 1.1 * products, kernel
        operands = 4 * (ROWS * 64 + columns * 64 + ROWS * columns)
        assert operands <= kernel["bytes"] < 1.1 * operands, kernel
        assert abs(kernel["flops_per_byte"] -
                   kernel["flops"] / kernel["bytes"]) < 1e-9
    stored = sum(w["bytes"] for w in facts["weights"])
    assert stored == STORED, facts["weights"]


def check_arena(arena):
    held = sum(buffer["bytes"] for buffer in arena["at_peak"])
    assert held == arena["peak_bytes"] <= arena["bytes"], arena
    assert 0 < len(arena["at_peak"]) <= arena["buffers"]
    assert all(buffer["nodes"] for buffer in arena["at_peak"])


def main():
    prefix, readme = sys.argv[1:]
    path = prefix + ".onnx"
    model = write(MODEL, path)
    keys = set()

    facts = inspect(path, "--target=x86-64-v3", "--dim", f"rows={ROWS}")
    keys |= keys_of(facts)
    assert facts["kind"] == "model" and facts["target"] == "x86-64-v3"
    check_file(facts, model)
    check_tensors(facts, ROWS)
    assert facts["symbols"] == []
    assert {"name": "matmul", "count": 2} in facts["blocks"]
    check_plan(facts, model)
    check_arena(facts["arena"])
    print("fixed: same as the file")

    free = inspect(path, "--dim", "rows=2..16")
    keys |= keys_of(free)
    check_tensors(free, "rows")
    assert free["symbols"] == [{"name": "rows", "min": 2, "max": 16}]
    assert free["arena"]["bytes"] is None and free["arena"]["sizes"]
    assert free["plan"][0]["flops"] is None
    assert free["plan"][0]["bytes_formula"] == "16640 + 512*rows"
    assert free["plan"][0]["flops_per_byte"] is None
    print("free: same as the file")

    refused = prefix + ".refused.onnx"
    text = MODEL.replace('"" : 17', '"" : 17, "custom" : 1')
    bad = write(text.replace("Relu", "custom.Made"), refused)
    facts = inspect(refused, code=2)
    keys |= keys_of(facts)
    check_file(facts, bad)
    check_tensors(facts, "rows")
    assert "custom::Made" in facts["sentence"] and "plan" not in facts
    print("refused: same as the file")

    subprocess.run(["niello", "compile", path, "--target=x86-64-v2", "-o",
                    prefix + ".exe"], check=True, capture_output=True)
    made = inspect(prefix + ".exe")
    keys |= keys_of(made)
    check_tensors(made, "rows")
    assert made["kind"] == "executable"
    assert made["symbols"] == [{"name": "rows", "min": 0, "max": None}]
    assert made["source"] == Path(path).name
    assert made["source_hash"] == free["source_hash"]
    assert made["file_bytes"] == Path(prefix + ".exe").stat().st_size
    assert made["weights_bytes"] == STORED
    assert made["kernels"] > 0 and made["kernels_bytes"] > 0
    level, = made["levels"]
    assert level["missing"] == [] and "sse4.2" in level["features"]
    assert made["level_taken"] == level["name"] == "x86-64-v2"
    print("artefact: same as the file")

    documented = set(re.findall(r"`(\w+)`", Path(readme).read_text()))
    assert keys <= documented, keys - documented
    print(f"{len(keys)} keys, all documented")


if __name__ == "__main__":
    main()
