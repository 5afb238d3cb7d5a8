# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a graph computes, by implementations that are not ours.

Each node is run by itself: by onnxruntime (in float32 where it has no kernel for
a narrower type), by ONNX's reference evaluator where onnxruntime has no kernel
or departs from the specification (DEVIATES), or by reckon.py where neither is
right. A graph with one operator that onnxruntime lacks is thus judged by it in
all the others.
"""

import numpy as np
import onnx
import onnx.reference
import onnxruntime
from draw import names_read
from onnx import TensorProto, helper, numpy_helper
from reckon import RECKONED

NARROW = ("float16", "bfloat16")


class NoAnswer(Exception):
    """The oracle cannot run this graph."""


def _attributes(node):
    return {entry.name: helper.get_attribute_value(entry)
            for entry in node.attribute}


def _cubic_border(node, arrays):
    # "border: use border values for out-of-bound grid locations": if one
    # coordinate is out, onnxruntime moves the others as well.
    given = _attributes(node)
    return (given.get("mode") == b"cubic" and not given.get("align_corners")
            and given.get("padding_mode") == b"border")


# Operator -> whether onnxruntime departs from the text of the specification
# for (node, input arrays), or says only at run time that it has no kernel; then the reference evaluator judges.
DEVIATES = {
    # "Compute Y = alpha * A' * B' + beta * C": for A' of no columns it leaves
    # beta out.
    "Gemm": lambda node, arrays: arrays[0].size == 0,
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


# Operator -> whether the oracles answer what is no valid question, or one that
# the specification leaves open; then nobody judges.
UNJUDGED = {name: _no_window_fits
            for name in ("MaxPool", "AveragePool", "LpPool", "Conv")}
UNJUDGED["ScatterND"] = _updates_differ


def _is_narrow(value):
    return not isinstance(value, list) and value.dtype.name in NARROW


class Oracle:
    """Runs a graph node by node; call it with a feed."""

    def __init__(self, model):
        self.model = model
        graph = model.graph
        self.constants = {c.name: c for c in graph.initializer}
        self.arrays = {name: numpy_helper.to_array(c)
                       for name, c in self.constants.items()}
        self.types = {info.name: info.type
                      for info in [*graph.value_info, *graph.output]}

    def __call__(self, feed):
        values = self.all(feed)
        return [values[output.name] for output in self.model.graph.output]

    def all(self, feed):
        """Every value of the graph by its name."""
        values = {**self.arrays, **feed}
        for node in self.model.graph.node:
            results = self._run(node, values)
            names = [name for name in node.output if name]
            for name, array in zip(names, results):
                kind = self.types[name]
                if not kind.HasField("tensor_type"):
                    values[name] = array
                    continue
                # The reference evaluator sometimes answers in a wider type;
                # integers wrap, which commutes with what they went through.
                want = helper.tensor_dtype_to_np_dtype(
                    kind.tensor_type.elem_type)
                array = np.asarray(array)
                if array.dtype == "float32" and want == "float64":
                    raise NoAnswer(f"{node.op_type}: judged in float32 only")
                values[name] = array.astype(want, copy=False)
        return values

    def _run(self, node, values):
        arrays = [values[name] if name else None for name in node.input]
        if arrays and isinstance(arrays[0], np.ndarray):
            reckon = RECKONED.get(node.op_type) or RECKONED.get(
                (node.op_type, arrays[0].dtype.name))
            if reckon:
                return reckon(node, *arrays)
        read = {name: values[name] for name in names_read(node)
                if name in values}
        if node.op_type.startswith(("TreeEnsemble", "LinearRegressor")):
            # onnxruntime has not all integers, and the reference evaluator
            # rounds numbers to them; the small ones drawn fit float32.
            read = {name: array.astype("float32") if array.dtype.kind in "iu"
                    else array for name, array in read.items()}
        unjudged = UNJUDGED.get(node.op_type)
        if unjudged and unjudged(node, arrays):
            raise NoAnswer(f"{node.op_type}: not valid, or left open")
        narrow = not any(a.HasField("g") for a in node.attribute) and any(
            _is_narrow(value) for value in read.values())
        deviates = DEVIATES.get(node.op_type)
        departs = deviates and deviates(node, arrays)
        if not departs:
            for wide in (False, True) if narrow else (False,):
                model, feed = self._alone(node, read, wide)
                try:
                    session = _session(model)
                except Exception:
                    if wide:  # of BitCast the width is the point
                        break
                    raise
                results = session and session.run(None, feed)
                if results and _has_inferred_shapes(model, results):
                    return results
        model, feed = self._alone(node, read, departs and narrow)
        return onnx.reference.ReferenceEvaluator(model).run(None, feed)

    def _alone(self, node, values, wide):
        """A model of this node for inputs of just these shapes, and its feed;
        if `wide`, with float32 for all narrower floats."""
        if wide:
            values = {
                name: value.astype("float32") if _is_narrow(value) else value
                for name, value in values.items()}
        constants, inputs, feed = [], [], {}
        for name, array in values.items():
            if name in self.constants:
                constants.append(numpy_helper.from_array(array, name))
                continue
            feed[name] = array
            inputs.append(
                onnx.ValueInfoProto(name=name, type=self.types[name])
                if isinstance(array, list) else helper.make_tensor_value_info(
                    name, helper.np_dtype_to_tensor_dtype(array.dtype),
                    array.shape))
        outputs = []
        for name in filter(None, node.output):
            info = onnx.ValueInfoProto(name=name, type=self.types[name])
            kind = info.type.tensor_type
            if info.type.HasField("tensor_type"):
                kind.ClearField("shape")
                if wide and kind.elem_type in (TensorProto.FLOAT16,
                                               TensorProto.BFLOAT16):
                    kind.elem_type = TensorProto.FLOAT
            outputs.append(info)
        graph = helper.make_graph([node], "node", inputs, outputs, constants)
        return helper.make_model(
            graph, opset_imports=self.model.opset_import,
            ir_version=self.model.ir_version), feed


def _has_inferred_shapes(model, results):
    """Whether the results have the shapes of ONNX's own inference.

    onnxruntime's have not where a reduced dimension is empty: it keeps the 0
    where keepdims makes it 1.
    """
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
    for info, array in zip(inferred.graph.output, results):
        if isinstance(array, list):
            continue
        dims = info.type.tensor_type.shape.dim
        if len(dims) == np.ndim(array) and any(
                dim.HasField("dim_value") and dim.dim_value != size
                for dim, size in zip(dims, np.shape(array))):
            return False
    return True


def _session(model):
    """A session of onnxruntime, or None if it has no such kernel."""
    # Its Python side has no arrays of bfloat16.
    if any(info.type.tensor_type.elem_type == TensorProto.BFLOAT16
           for info in [*model.graph.input, *model.graph.output]):
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.graph_optimization_level = (
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL)
    try:
        return onnxruntime.InferenceSession(
            model.SerializeToString(), options,
            providers=["CPUExecutionProvider"])
    except Exception as error:  # its exceptions share no base
        # No kernel, no kernel of the type, no such opset.
        known = ("NOT_IMPLEMENTED", "Type Error", "ValidateOpset")
        if any(word in str(error) for word in known):
            return None
        raise


def ask(function, feed):
    """The arrays that function(feed) gives; NoAnswer with its error."""
    try:
        with np.errstate(all="ignore"):
            return function(feed)
    except Exception as error:
        raise NoAnswer(f"{type(error).__name__}: {error}") from None
