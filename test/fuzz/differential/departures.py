# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where an oracle is no judge, with the reason: the words of the standard that
it departs from, or that it is silent.
"""

import numpy as np
from onnx import helper

NARROW = ("float16", "bfloat16")

# Operators of com.microsoft that mean what the standard's of the name does,
# for the dtypes that onnxruntime lacks.
SAME = {"DequantizeLinear", "QuantizeLinear", "GatherND", "Trilu", "Gelu",
        "Range", "SimplifiedLayerNormalization"}
# Those whose float16 kernels in onnxruntime are further from its own in
# float32 than the results are large.
WIDE_ONLY = {"MoE", "QMoE"}
# Those of which the reference evaluator is no judge: "the sum of the element
# values within the window defined by the kernel_shape and dilations", which it
# takes elsewhere if dilations stand beside strides.
UNREFERENCED = {"AveragePool"}


def _attributes(node):
    return {entry.name: helper.get_attribute_value(entry)
            for entry in node.attribute}


def _cubic_border(node, arrays):
    # "border: use border values for out-of-bound grid locations": if one
    # coordinate is out, onnxruntime moves the others as well.
    given = _attributes(node)
    return (given.get("mode") == b"cubic"
            and given.get("padding_mode") == b"border")


# Operator -> whether onnxruntime departs from the text of the specification for
# (node, input arrays), or says only at run time that it has no kernel; then the
# reference evaluator judges.
DEVIATES = {
    # "Compute Y = alpha * A' * B' + beta * C": for A' of no columns it leaves
    # beta out.
    "Gemm": lambda node, arrays: arrays[0].size == 0,
    # The same: it leaves what the memory held.
    "MatMulInteger": lambda node, arrays: arrays[0].shape[-1] == 0,
    "MatMul": lambda node, arrays: arrays[0].shape[-1] == 0,
    "GridSample": _cubic_border,
    # An integer product that overflows wraps, as a product of two does; it
    # ends at the least number.
    "ReduceProd": lambda node, arrays: arrays[0].dtype.kind in "iu",
    "ScatterND": lambda node, arrays: arrays[0].dtype.name in (
        *NARROW, "bool"),
    "ScatterElements": lambda node, arrays: arrays[0].dtype.name in NARROW,
}


def _no_window_fits(node, arrays):
    # "floor((input + pad - dilation * (kernel - 1) - 1) / stride + 1)": of a
    # negative number onnxruntime rounds the quotient towards 0.
    given = _attributes(node)
    kernel = given["kernel_shape"]
    sizes = np.array(arrays[0].shape[2:])
    dilations = np.array(given.get("dilations", [1] * len(kernel)))
    pads = given.get("pads", [0] * 2 * len(kernel))
    room = sizes + pads[:len(kernel)] + pads[len(kernel):]
    return bool(np.any((np.array(kernel) - 1) * dilations + 1 > room))


def _updates_differ(node, arrays):
    # "updates tensor of rank q + r - indices_shape[-1] - 1", in sizes; NumPy
    # would stretch them.
    data, indices, updates = arrays
    whole = indices.shape[:-1] + data.shape[indices.shape[-1]:]
    return updates.shape != whole


def _parts_differ(node, arrays):
    # "Sum of the values must be equal to the dim value at 'axis'": the
    # reference evaluator, which has the types that onnxruntime lacks, cuts.
    axis = _attributes(node).get("axis", 0)
    return (len(arrays) > 1 and arrays[1] is not None
            and arrays[1].sum() != arrays[0].shape[axis])


def _parts_do_not_fit(node, arrays):
    # "All input tensors must have the same shape, except for the dimension
    # size of the axis to concatenate on": onnxruntime leaves out empty ones.
    axis = _attributes(node)["axis"]
    shapes = [list(array.shape) for array in arrays[0]]
    if not _attributes(node).get("new_axis"):
        for shape in shapes:
            shape[axis] = 0
    return any(shape != shapes[0] for shape in shapes)


# Operator -> whether the oracles answer what is no valid question, or one that
# the specification leaves open; then nobody judges.
UNJUDGED = {name: _no_window_fits
            for name in ("MaxPool", "AveragePool", "LpPool", "Conv")}
UNJUDGED["ScatterND"] = _updates_differ
UNJUDGED["Split"] = _parts_differ
UNJUDGED["ConcatFromSequence"] = _parts_do_not_fit
