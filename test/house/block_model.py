# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the model that the README follows: a linear layer and its GELU.

    block_model.py OUT.onnx
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def main(path):
    r = np.random.default_rng(1)
    weights = r.standard_normal((64, 512)).astype("float32")
    bias = r.standard_normal(512).astype("float32")
    nodes = [
        helper.make_node("Gemm", ["x", "w", "b"], ["h"], "layer0/Gemm"),
        helper.make_node("Gelu", ["h"], ["y"], "layer0/Gelu"),
    ]
    graph = helper.make_graph(
        nodes, "block",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", 64])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", 512])],
        [numpy_helper.from_array(weights, "w"),
         numpy_helper.from_array(bias, "b")])
    model = helper.make_model(
        graph, ir_version=10, opset_imports=[helper.make_opsetid("", 20)])
    onnx.checker.check_model(model)
    onnx.save(model, path)


if __name__ == "__main__":
    main(sys.argv[1])
