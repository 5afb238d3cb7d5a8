# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""quantized_layers.py OUT.onnx: two layers of quantised weights, each rounded
to bytes again, of which some of the 65,536 sums lie beside a boundary."""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIZE = 256
rng = np.random.default_rng(1)
weights, nodes = [], []


def weight(name, value):
    weights.append(numpy_helper.from_array(np.asarray(value), name))
    return name


def node(operator, *inputs):
    name = f"{operator}_{len(nodes)}"
    nodes.append(helper.make_node(operator, inputs, [name], name=name))
    return name


def rounded(x, scale):
    """x as bytes, and back."""
    step = (weight(f"{x}.scale", np.float32(scale)),
            weight(f"{x}.zero", np.uint8(128)))
    return node("DequantizeLinear", node("QuantizeLinear", x, *step), *step)


x = rounded("x", 0.02)
for layer in range(2):
    w = node("DequantizeLinear",
             weight(f"w{layer}", rng.integers(-127, 128, (SIZE, SIZE), "int8")),
             weight(f"w{layer}.scale", np.float32(0.01)),
             weight(f"w{layer}.zero", np.int8(0)))
    bias = weight(f"b{layer}", rng.standard_normal(SIZE).astype("float32"))
    x = rounded(node("Add", node("MatMul", x, w), bias), 0.3)
shape = [SIZE, SIZE]
graph = helper.make_graph(
    nodes, "layers",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
    [helper.make_tensor_value_info(x, TensorProto.FLOAT, shape)], weights)
onnx.save(helper.make_model(
    graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8),
    sys.argv[1])
