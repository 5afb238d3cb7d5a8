# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes models with work on weights alone.

    weight_programs.py FOLDER

fold.onnx: transposes, a quotient of weights, and DequantizeLinear on both sides
of the budget. pack.onnx: products with weights of small whole numbers, whose
sums are exact in any order. zero.onnx: an integer division of weights by zero.
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def save(path, nodes, inputs, outputs, weights):
    infos = [
        [helper.make_tensor_value_info(name, kind, shape)
         for name, (kind, shape) in tensors.items()]
        for tensors in (inputs, outputs)
    ]
    graph = helper.make_graph(
        nodes, "graph", *infos,
        [numpy_helper.from_array(array, name)
         for name, array in weights.items()])
    onnx.save(helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9), path)


def main():
    folder = sys.argv[1]
    random = np.random.default_rng(7)
    real, whole = TensorProto.FLOAT, TensorProto.INT64

    def normal(*shape):
        return random.standard_normal(shape, dtype=np.float32)

    def bytes_of(*shape):
        return random.integers(-128, 128, shape).astype(np.int8)

    node = helper.make_node
    save(
        f"{folder}/fold.onnx",
        [
            node("Transpose", ["a"], ["at"], "turn_a", perm=[1, 0]),
            node("Transpose", ["b"], ["bt"], "turn_b", perm=[1, 0]),
            node("Add", ["x", "at"], ["sum"], "add"),
            node("Mul", ["sum", "bt"], ["turned"], "mul"),
            node("Sqrt", ["v"], ["root"], "root"),
            node("Div", ["g", "root"], ["quotient"], "divide"),
            node("DequantizeLinear", ["small", "s", "z"], ["ds"], "small"),
            node("Add", ["y", "ds"], ["with_small"], "add_small"),
            node("Mul", ["with_small", "quotient"], ["scaled"], "scale"),
            node("DequantizeLinear", ["large", "s", "z"], ["dl"], "large"),
            node("Add", ["u", "dl"], ["with_large"], "add_large"),
        ],
        {"x": (real, [256, 64]), "y": (real, [512, 512]),
         "u": (real, [1024, 512])},
        {"turned": (real, [256, 64]), "scaled": (real, [512, 512]),
         "with_large": (real, [1024, 512])},
        {"a": normal(64, 256), "b": normal(64, 256), "g": normal(512),
         "v": normal(512) ** 2 + 1, "small": bytes_of(512, 512),
         "large": bytes_of(1024, 512), "s": np.float32(0.1), "z": np.int8(3)},
    )
    def whole_numbers(*shape):
        return random.integers(-8, 9, shape).astype(np.float32)

    save(
        f"{folder}/pack.onnx",
        [
            node("MatMul", ["x", "wide"], ["h"], "wide"),
            node("Gemm", ["h", "turned"], ["y"], "turned", transB=1),
            node("Conv", ["image", "filters"], ["z"], "conv",
                 pads=[1, 1, 1, 1]),
            node("Conv", ["z", "pointwise"], ["out"], "pointwise"),
        ],
        {"x": (real, ["rows", 96]), "image": (real, [2, 8, 9, 11])},
        {"y": (real, ["rows", 40]), "out": (real, [2, 70, 9, 11])},
        {"wide": whole_numbers(96, 100), "turned": whole_numbers(40, 100),
         "filters": whole_numbers(30, 8, 3, 3),
         "pointwise": whole_numbers(70, 30, 1, 1)},
    )
    rows = np.arange(17 * 96) % 13 - 6
    np.save(f"{folder}/x.npy", rows.reshape(17, 96).astype(np.float32))
    np.save(f"{folder}/x1.npy", rows[:96].reshape(1, 96).astype(np.float32))
    image = np.arange(2 * 8 * 9 * 11) % 11 - 5
    np.save(f"{folder}/image.npy",
            image.reshape(2, 8, 9, 11).astype(np.float32))
    save(
        f"{folder}/zero.onnx",
        [
            node("Div", ["n", "d"], ["q"], "quotient"),
            node("Add", ["x", "q"], ["y"], "sum"),
        ],
        {"x": (whole, [512])}, {"y": (whole, [512])},
        {"n": np.arange(512), "d": np.arange(512) - 500},
    )


main()
