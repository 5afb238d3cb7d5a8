# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""quantized_lstm.py OUT.onnx: an LSTM whose state is made bytes at each of its
steps, behind a table of bytes: nothing that it reads is rounded."""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

STEPS, BATCH, INPUTS, HIDDEN = 80, 3, 32, 128
rng = np.random.default_rng(2)
weights = {
    "table": rng.integers(0, 256, (16, INPUTS), "uint8"),
    "scale": np.float32(1 / 64), "zero": np.uint8(128),
    "w": rng.integers(-127, 128, (1, INPUTS, 4 * HIDDEN)).astype("int8"),
    "r": rng.integers(-127, 128, (1, HIDDEN, 4 * HIDDEN)).astype("int8"),
    "scales": np.full((1, 4 * HIDDEN), 1 / 512, "float32"),
    "zeros": np.zeros((1, 4 * HIDDEN), "int8"),
}
nodes = [
    helper.make_node("Gather", ["table", "words"], ["bytes"]),
    helper.make_node("DequantizeLinear", ["bytes", "scale", "zero"], ["x"]),
    helper.make_node(
        "DynamicQuantizeLSTM",
        ["x", "w", "r", "", "", "", "", "", "scales", "zeros", "scales",
         "zeros"], ["y"], domain="com.microsoft", hidden_size=HIDDEN),
]
graph = helper.make_graph(
    nodes, "words",
    [helper.make_tensor_value_info("words", TensorProto.INT64, [STEPS, BATCH])],
    [helper.make_tensor_value_info(
        "y", TensorProto.FLOAT, [STEPS, 1, BATCH, HIDDEN])],
    [numpy_helper.from_array(np.asarray(value), name)
     for name, value in weights.items()])
onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[
    helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]),
    sys.argv[1])
