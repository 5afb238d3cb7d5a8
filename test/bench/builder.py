# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A small builder of ONNX graphs: op(...) adds a node and returns its result.

It counts the multiply-adds of what its own layers add (`flops`, two each), and
keeps one fixed array an input (`feed`).
"""

import math

import numpy as np
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


class Builder:
    """One graph; all its random weights come from one seed."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.nodes, self.weights, self.count = [], [], 0
        self.inputs, self.feed, self.flops = [], {}, 0

    def name(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def weight(self, array):
        name = self.name("w")
        array = np.asarray(array, order="C")
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def ints(self, *numbers):
        return self.weight(np.array(numbers, np.int64))

    def number(self, value):
        return self.weight(np.array(value, np.float32))

    def random(self, *shape, fan):
        data = self.rng.standard_normal(shape) / math.sqrt(fan)
        return self.weight(data.astype(np.float32))

    def input(self, name, array):
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        self.inputs.append(
            helper.make_tensor_value_info(name, kind, array.shape))
        self.feed[name] = array
        return name

    def op(self, operator, *inputs, **attributes):
        return self.ops(operator, 1, *inputs, **attributes)[0]

    def ops(self, operator, count, *inputs, **attributes):
        """A node of `count` results."""
        results = [self.name("t") for _ in range(count)]
        self.nodes.append(helper.make_node(
            operator, list(inputs), results,
            name=f"{operator}_{self.count}", **attributes))
        return results

    def product(self, x, weight, rows):
        """x times a matrix [inner, columns]; x has `rows` rows in all."""
        self.flops += 2 * rows * weight.shape[0] * weight.shape[1]
        return self.op("MatMul", x, self.weight(weight))

    def matrix(self, inner, columns, scale=None):
        """A random matrix that keeps the size of what it is applied to."""
        scale = 1 / math.sqrt(inner) if scale is None else scale
        return (self.rng.standard_normal((inner, columns)) * scale).astype(
            np.float32)

    def linear(self, x, inner, columns, rows):
        """A product and a bias, both random."""
        product = self.product(x, self.matrix(inner, columns), rows)
        bias = self.rng.standard_normal(columns) * 0.02
        return self.op("Add", product, self.weight(bias.astype(np.float32)))

    def gelu(self, x):
        """The erf form, as PyTorch exports it below opset 20."""
        bent = self.op("Erf", self.op("Div", x, self.number(math.sqrt(2.0))))
        bent = self.op("Mul", x, self.op("Add", bent, self.number(1.0)))
        return self.op("Mul", bent, self.number(0.5))

    def silu(self, x):
        return self.op("Mul", x, self.op("Sigmoid", x))

    def model(self, result, name, shape):
        self.nodes.append(helper.make_node("Identity", [result], [name]))
        output = helper.make_tensor_value_info(name, FLOAT, shape)
        graph = helper.make_graph(
            self.nodes, "graph", self.inputs, [output], self.weights)
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
