# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A quantised linear layer as quantisers write it, static and dynamic.

    quantized_layer.py check TARGET..      compiles them, compares with NumPy
    quantized_layer.py write KIND OUT      writes one: static, gemm or dynamic

The sum of integers is exact, and so must ours be. What is left are four
roundings to f32 behind it: of the sum, of the product of the scales, of their
product and of the sum with the bias.
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import niello

ROWS, DEPTH, COLUMNS = 37, 196, 80


def tensors():
    random = np.random.default_rng(3)
    return {
        "w": random.integers(-128, 128, (DEPTH, COLUMNS)).astype(np.int8),
        "ws": random.uniform(0.001, 0.01, COLUMNS).astype(np.float32),
        "wz": np.zeros(COLUMNS, np.int8),
        "bias": random.standard_normal(COLUMNS).astype(np.float32),
        "s": np.array(0.021, np.float32), "z": np.array(113, np.uint8),
    }


def feed():
    random = np.random.default_rng(4)
    return random.standard_normal((ROWS, DEPTH)).astype(np.float32)


def layer(kind):
    """The nodes and the initializers that they read."""
    make, parts = helper.make_node, tensors()
    if kind == "dynamic":
        parts.pop("s"), parts.pop("z")
        return [
            make("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]),
            make("MatMulInteger", ["q", "w", "z", "wz"], ["sum"]),
            make("Cast", ["sum"], ["number"], to=TensorProto.FLOAT),
            make("Mul", ["s", "ws"], ["scale"]),
            make("Mul", ["number", "scale"], ["product"]),
            make("Add", ["product", "bias"], ["y"]),
        ], parts
    if kind == "gemm":
        parts["w"] = np.ascontiguousarray(parts["w"].T)
    axis = 0 if kind == "gemm" else 1
    nodes = [
        make("QuantizeLinear", ["x", "s", "z"], ["q"]),
        make("DequantizeLinear", ["q", "s", "z"], ["a"]),
        make("DequantizeLinear", ["w", "ws", "wz"], ["b"], axis=axis),
    ]
    if kind == "gemm":
        return nodes + [make("Gemm", ["a", "b", "bias"], ["y"], transB=1)], parts
    return nodes + [make("MatMul", ["a", "b"], ["product"]),
                    make("Add", ["product", "bias"], ["y"])], parts


def model(kind):
    nodes, parts = layer(kind)
    graph = helper.make_graph(
        nodes, "layer",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT,
                                       ["rows", DEPTH])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT,
                                       ["rows", COLUMNS])],
        [numpy_helper.from_array(array, name)
         for name, array in parts.items()])
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def expected(kind, x):
    """The result in float64 behind the exact sum, and what it may be off."""
    parts = tensors()
    scale, zero = parts["s"], parts["z"].astype(np.int64)
    if kind == "dynamic":
        low, high = min(x.min(), np.float32(0)), max(x.max(), np.float32(0))
        scale = np.float32((high - low) / np.float32(255))
        zero = np.int64(np.clip(np.rint(-low / scale), 0, 255))
    q = np.clip(np.rint(x / scale) + np.float32(zero), 0, 255).astype(np.int64)
    sums = (q - zero) @ parts["w"].astype(np.int64)
    product = sums * (scale.astype(np.float64) * parts["ws"])
    return (product + parts["bias"],
            4 * 2.0**-24 * (np.abs(product) + np.abs(parts["bias"])))


def check(target):
    x = feed()
    for kind in ("static", "gemm", "dynamic"):
        got = niello.compile(model(kind), target=target).run({"x": x})["y"]
        want, off = expected(kind, x)
        worst = (np.abs(got - want) / off).max()
        assert worst <= 1, f"{kind} {target}: {worst} times what it may be off"


def main():
    command, *arguments = sys.argv[1:]
    if command == "write":
        onnx.save(model(arguments[0]), arguments[1])
        return
    for target in arguments:
        check(target)


if __name__ == "__main__":
    main()
