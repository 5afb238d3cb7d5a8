# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Broken model files, each with the exit code and the sentence it must get.

A case writes its files into a folder of its own and returns the path to
compile. The sentence is a regular expression that one line must match.
"""

import os
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MODEL, UNSUPPORTED = 1, 2
CASES = []


@dataclass
class Case:
    name: str
    code: int
    sentence: str
    make: object
    flags: list = field(default_factory=list)


def case(code, sentence, *flags):
    """Registers the function below; its name is the case's name."""

    def register(make):
        name = make.__name__.strip("_")
        CASES.append(Case(name, code, sentence, make, list(flags)))
        return make

    return register


# ------------------------------------------------------------ pieces of models
def value(name, shape=(2, 3), dtype=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


def model(nodes, inputs, outputs, initializers=(), opset=17, **extra):
    graph = helper.make_graph(
        nodes, "graph", inputs, outputs, initializer=list(initializers))
    opsets = [helper.make_opsetid("", opset)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8, **extra)


def write(folder, data, name="model.onnx"):
    path = os.path.join(folder, name)
    if not isinstance(data, bytes):
        data = data.SerializeToString()
    with open(path, "wb") as file:
        file.write(data)
    return path


def small():
    """A correct model with a weight above the size that stays in the IR."""
    weight = np.arange(1024, dtype="float32").reshape(2, 512)
    node = helper.make_node("Add", ["x", "w"], ["y"], name="sum")
    return model([node], [value("x", (2, 512))], [value("y", (2, 512))],
                 [numpy_helper.from_array(weight, "w")])


def external(location, offset=None, length=None, shape=(2, 512)):
    """The same with the weight in another file."""
    proto = small()
    tensor = proto.graph.initializer[0]
    tensor.ClearField("raw_data")
    del tensor.dims[:]
    tensor.dims.extend(shape)
    tensor.data_location = TensorProto.EXTERNAL
    entries = {"location": location, "offset": offset, "length": length}
    for key, text in entries.items():
        if text is not None:
            tensor.external_data.add(key=key, value=str(text))
    return proto


# ------------------------------------------------------------- not a model
@case(MODEL, r"nowhere\.onnx' cannot be read: No such file or directory")
def _missing_file(folder):
    return os.path.join(folder, "nowhere.onnx")


@case(MODEL, r"is a folder")
def _folder(folder):
    return folder


@case(MODEL, r"model\.onnx' is empty")
def _empty_file(folder):
    return write(folder, b"")


@case(MODEL, r"is not (an ONNX model|a complete ONNX model)")
def _text_file(folder):
    return write(folder, b"Dear reader, this is no model at all.\n" * 40)


@case(MODEL, r"is not (an ONNX model|a complete ONNX model)")
def _zeros(folder):
    return write(folder, bytes(4096))


@case(MODEL, r"is not (an ONNX model|a complete ONNX model)")
def _picture(folder):
    return write(folder, b"\x89PNG\r\n\x1a\n" + os.urandom(64) + bytes(900))


@case(MODEL, r"has no graph|breaks the ONNX rules")
def _no_graph(folder):
    return write(folder, onnx.ModelProto(ir_version=8))


@case(MODEL, r"cannot be read: |is not a regular file")
def _unreadable(folder):
    # A socket opens for nobody, not even for root.
    import socket

    path = os.path.join(folder, "model.onnx")
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(path)
    return path


# --------------------------------------------------------------- cut short
def _register_truncated():
    size = len(small().SerializeToString())
    for percent in (1, 10, 30, 50, 70, 90, 99):
        at = max(1, size * percent // 100)
        CASES.append(Case(
            f"truncated_at_{percent}_percent", MODEL,
            r"is not a complete ONNX model: .* at byte \d+|is not an ONNX",
            lambda folder, at=at: write(
                folder, small().SerializeToString()[:at])))


_register_truncated()


@case(MODEL, r"is not a complete ONNX model: a field of \d+ bytes where \d+ "
             r"are left")
def _length_past_the_end(folder):
    # Field 7 (graph), 2^40 bytes long.
    return write(folder, b"\x3a\x80\x80\x80\x80\x80\x20" + bytes(100))


@case(MODEL, r"is not a complete ONNX model: a (number|length|field key) that "
             r"does not end")
def _number_that_does_not_end(folder):
    return write(folder, b"\x08" + b"\xff" * 100)


@case(MODEL, r"more than \d+ nested messages")
def _millions_of_empty_nodes(folder):
    nodes = b"\x0a\x00" * 5_000_000
    length, prefix = len(nodes), b"\x3a"
    while length >= 128:
        prefix += bytes([length & 127 | 128])
        length >>= 7
    return write(folder, prefix + bytes([length]) + nodes)


@case(MODEL, r"nested more than \d+ deep")
def _huge_recursion(folder):
    def varint(number):
        out = b""
        while number >= 128:
            out += bytes([number & 127 | 128])
            number >>= 7
        return out + bytes([number])

    def field(number, payload):
        return varint(number << 3 | 2) + varint(len(payload)) + payload

    graph = b""
    for _ in range(5000):  # node { attribute { g { ...
        graph = field(1, field(5, field(6, graph)))
    return write(folder, b"\x08\x08" + field(7, graph))


# ------------------------------------------------------------ wrong counts
@case(MODEL, r"tensor name: w.* \(4096 bytes\) is too small for .* \(8192 bytes")
def _shape_larger_than_data(folder):
    proto = small()
    proto.graph.initializer[0].dims[0] = 4
    return write(folder, proto)


@case(MODEL, r"dimension product overflow \(tensor name: w\)")
def _dims_of_2_to_the_62(folder):
    proto = small()
    proto.graph.initializer[0].dims[:] = [2**62, 2]
    return write(folder, proto)


@case(MODEL, r"Negative dimension value \(tensor name: w\)")
def _negative_dim(folder):
    proto = small()
    proto.graph.initializer[0].dims[:] = [-2, -512]
    return write(folder, proto)


@case(MODEL, r"'?w'?.*shape.* 4 elements, but its data has 3|rules.*w")
def _typed_data_too_short(folder):
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4])
    tensor.float_data.extend([1.0, 2.0, 3.0])
    node = helper.make_node("Add", ["x", "w"], ["y"])
    return write(folder, model(
        [node], [value("x", (4,))], [value("y", (4,))], [tensor]))


@case(MODEL, r"")
def _product_of_dims_overflows(folder):
    node = helper.make_node("Reshape", ["x", "shape"], ["y"], name="big")
    shape = numpy_helper.from_array(
        np.array([2**40, 2**40], "int64"), "shape")
    return write(folder, model(
        [node], [value("x")], [value("y", (None, None))], [shape]))


# ----------------------------------------------------------- external data
@case(MODEL, r"external data '/etc/passwd' is not a path relative to the model")
def _external_absolute_path(folder):
    return write(folder, external("/etc/passwd"))


@case(MODEL, r"external data '\.\./secret' leaves the model's folder")
def _external_parent_folder(folder):
    inner = os.path.join(folder, "inner")
    os.mkdir(inner)
    write(folder, bytes(4096), "secret")
    return write(inner, external("../secret"))


@case(MODEL, r"external data 'a/\.\./\.\./secret' leaves the model's folder")
def _external_parent_in_the_middle(folder):
    inner = os.path.join(folder, "inner")
    os.makedirs(os.path.join(inner, "a"))
    write(folder, bytes(4096), "secret")
    return write(inner, external("a/../../secret"))


@case(MODEL, r"external data 'weights' is a link out of the model's folder")
def _external_symbolic_link(folder):
    inner = os.path.join(folder, "inner")
    os.mkdir(inner)
    write(folder, bytes(4096), "secret")
    os.symlink(os.path.join("..", "secret"), os.path.join(inner, "weights"))
    return write(inner, external("weights"))


@case(MODEL, r"external data 'pipe' is not a regular file")
def _external_pipe(folder):
    os.mkfifo(os.path.join(folder, "pipe"))
    return write(folder, external("pipe"))


@case(MODEL, r"external data 'weights' cannot be read")
def _external_missing(folder):
    return write(folder, external("weights"))


@case(MODEL, r"4096 bytes at offset 0 of 'weights', which has 100")
def _external_too_short(folder):
    write(folder, bytes(100), "weights")
    return write(folder, external("weights"))


@case(MODEL, r"4096 bytes at offset \d+ of 'weights', which has 4096")
def _external_offset_overflows(folder):
    write(folder, bytes(4096), "weights")
    return write(folder, external("weights", offset=2**64 - 16))


@case(MODEL, r"external data offset '-4' is not a number")
def _external_negative_offset(folder):
    write(folder, bytes(4096), "weights")
    return write(folder, external("weights", offset=-4))


@case(MODEL, r"(4096|9999).* bytes")
def _external_wrong_length(folder):
    write(folder, bytes(4096), "weights")
    return write(folder, external("weights", length=9999))


@case(MODEL, r"external data '' ")
def _external_without_location(folder):
    return write(folder, external(None))
