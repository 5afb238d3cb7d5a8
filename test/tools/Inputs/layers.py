# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes a transformer encoder of equal layers, its weights in a sparse file.

    layers.py OUT.onnx LAYERS WIDTH

A layer has 12 WIDTH^2 weights: 24 layers of 1,856 are a billion. All of them
are zero and take no room on the disk.
"""

import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

HEADS, TOKENS = 16, 64


class Writer:
    def __init__(self, data):
        self.data, self.size = data, 0
        self.nodes, self.weights = [], []

    def weight(self, name, *shape):
        tensor = TensorProto(
            name=name, data_type=TensorProto.FLOAT, dims=shape,
            data_location=TensorProto.EXTERNAL)
        length = 4
        for size in shape:
            length *= size
        for key, value in [("location", self.data), ("offset", self.size),
                           ("length", length)]:
            tensor.external_data.add(key=key, value=str(value))
        self.size += length
        self.weights.append(tensor)
        return name

    def node(self, kind, name, inputs, **attributes):
        self.nodes.append(helper.make_node(
            kind, inputs, [f"{name}:0"], name, **attributes))
        return f"{name}:0"

    def linear(self, name, x, rows, columns):
        weight = self.weight(f"{name}.weight", rows, columns)
        bias = self.weight(f"{name}.bias", columns)
        product = self.node("MatMul", f"{name}/MatMul", [x, weight])
        return self.node("Add", f"{name}/Add", [product, bias])

    def norm(self, name, x, width):
        return self.node("LayerNormalization", name, [
            x, self.weight(f"{name}.scale", width),
            self.weight(f"{name}.shift", width)])

    def heads(self, name, x, order):
        split = self.node("Reshape", f"{name}/Reshape", [x, "split"])
        return self.node("Transpose", f"{name}/Transpose", [split], perm=order)

    def layer(self, at, x, width):
        q, k, v = (self.linear(f"{at}/{part}", x, width, width)
                   for part in "qkv")
        q = self.heads(f"{at}/q", q, [0, 2, 1, 3])
        k = self.heads(f"{at}/k", k, [0, 2, 3, 1])
        v = self.heads(f"{at}/v", v, [0, 2, 1, 3])
        scores = self.node("MatMul", f"{at}/scores", [q, k])
        scaled = self.node("Mul", f"{at}/scale", [scores, "scale"])
        weights = self.node("Softmax", f"{at}/softmax", [scaled])
        mixed = self.node("MatMul", f"{at}/mix", [weights, v])
        rows = self.node(
            "Transpose", f"{at}/rows", [mixed], perm=[0, 2, 1, 3])
        joined = self.node("Reshape", f"{at}/join", [rows, "join"])
        out = self.linear(f"{at}/out", joined, width, width)
        x = self.norm(f"{at}/norm1", self.node(
            "Add", f"{at}/residual1", [x, out]), width)
        up = self.linear(f"{at}/up", x, width, 4 * width)
        down = self.linear(f"{at}/down", self.node(
            "Gelu", f"{at}/gelu", [up]), 4 * width, width)
        return self.norm(f"{at}/norm2", self.node(
            "Add", f"{at}/residual2", [x, down]), width)


def main(path, layers, width):
    path = Path(path)
    writer = Writer(path.name + ".data")
    x = "x"
    for number in range(layers):
        x = writer.layer(f"/layers.{number}", x, width)
    x = writer.node("Identity", "/last", [x])
    ints = [
        helper.make_tensor("split", TensorProto.INT64, [4],
                           [1, TOKENS, HEADS, width // HEADS]),
        helper.make_tensor("join", TensorProto.INT64, [3], [1, TOKENS, width]),
        helper.make_tensor("scale", TensorProto.FLOAT, [], [0.125])]
    graph = helper.make_graph(
        writer.nodes, "layers",
        [helper.make_tensor_value_info(
            "x", TensorProto.FLOAT, [1, TOKENS, width])],
        [helper.make_tensor_value_info(
            x, TensorProto.FLOAT, [1, TOKENS, width])],
        writer.weights + ints)
    model = helper.make_model(
        graph, ir_version=10, opset_imports=[helper.make_opsetid("", 20)])
    path.write_bytes(model.SerializeToString())
    with (path.parent / writer.data).open("wb") as data:
        data.truncate(writer.size)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
