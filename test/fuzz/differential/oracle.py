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
from onnx import helper, numpy_helper

from departures import (DEVIATES, NARROW, SAME, UNJUDGED, UNREFERENCED,
                        WIDE_ONLY)
from draw import OPSET, names_read
from kinds import STORED, name_of, onnx_type
from reckon import RECKONED

# The last opset at which onnxruntime has an operator that 22 only gave bfloat16.
OLDER = {"MaxRoiPool": 21}
# What Python's arrays for onnxruntime cannot hold.
FOREIGN = {onnx_type(dtype) for dtype in ("bfloat16", *STORED)}


class NoAnswer(Exception):
    """The oracle cannot run this graph, or this node of it: then it is what
    stands for the node's results."""


def _is_of(value, dtypes):
    return not isinstance(value, list) and value.dtype.name in dtypes


class Oracle:
    """Runs a graph node by node; call it with a feed. `judges` are functions
    that compute nodes, by their names, or answer None. It is `loose` once it
    judged something of float64 in float32."""

    def __init__(self, model, judges=()):
        self.model, self.judges, self.loose = model, dict(judges), False
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
        """Every value of the graph by its name; a NoAnswer for what nobody
        knows."""
        values = {**self.arrays, **feed}
        for node in self.model.graph.node:
            names = [name for name in node.output if name]
            lacking = [values[name] for name in names_read(node)
                       if isinstance(values.get(name), NoAnswer)]
            try:
                if lacking:
                    raise lacking[0]
                results = self._run(node, values)
                made = [self._typed(name, array)
                        for name, array in zip(names, results)]
            except Exception as error:  # onnxruntime's share no base
                if not isinstance(error, NoAnswer):
                    error = NoAnswer(
                        f"{node.op_type}: {type(error).__name__}: {error}")
                made = [error] * len(names)
            values.update(zip(names, made))
        return values

    def _typed(self, name, array):
        kind = self.types[name]
        if not kind.HasField("tensor_type"):
            return array
        # The reference evaluator sometimes answers in a wider type; integers
        # wrap, which commutes with what they went through.
        want = helper.tensor_dtype_to_np_dtype(kind.tensor_type.elem_type)
        array = np.asarray(array)
        if array.dtype == "float32" and want == "float64":
            self.loose = True
        return array.astype(want, copy=False)

    def _run(self, node, values):
        arrays = [values[name] if name else None for name in node.input]
        if node.name in self.judges:
            results = self.judges[node.name](*arrays)
            if results is None:
                raise NoAnswer(f"{node.op_type}: random")
            return results
        if arrays and isinstance(arrays[0], np.ndarray):
            reckon = RECKONED.get(node.op_type) or RECKONED.get(
                (node.op_type, arrays[0].dtype.name))
            if reckon and not node.domain:
                return reckon(node, *arrays)
        read = {name: values[name] for name in names_read(node)
                if name in values}
        if node.op_type.startswith(("TreeEnsemble", "LinearRegressor",
                                    "SVMRegressor")):
            # onnxruntime has not all integers, and the reference evaluator
            # rounds numbers to them; the small ones drawn fit float32.
            read = {name: array.astype("float32") if array.dtype.kind in "iu"
                    else array for name, array in read.items()}
        unjudged = not node.domain and UNJUDGED.get(node.op_type)
        if unjudged and unjudged(node, arrays):
            raise NoAnswer(f"{node.op_type}: not valid, or left open")
        narrow = not any(a.HasField("g") for a in node.attribute) and any(
            _is_of(value, NARROW) for value in read.values())
        deviates = not node.domain and DEVIATES.get(node.op_type)
        departs = deviates and deviates(node, arrays)
        if not departs:
            ways = [(), NARROW] if narrow else [()]
            if narrow and node.op_type in WIDE_ONLY:
                ways = [NARROW]
            results = self._by_onnxruntime(node, read, ways)
            if results:
                return results
        if node.domain == "com.microsoft":
            return self._contributed(node, read)
        model, feed = self._alone(node, read, NARROW if departs and narrow
                                  else ())
        try:
            if node.op_type not in UNREFERENCED:
                return onnx.reference.ReferenceEvaluator(model).run(None, feed)
        except onnx.reference.op_run.RuntimeImplementationError:
            pass
        results = self._by_onnxruntime(node, read, [(*NARROW, "float64")])
        if not results:
            raise NoAnswer(f"{node.op_type}: no kernel")
        self.loose = True
        return results

    def _by_onnxruntime(self, node, read, ways):
        """Results, or None if it has no kernel for any of the ways, each the
        dtypes that it gets as float32."""
        for wide in ways:
            model, feed = self._alone(node, read, wide)
            try:
                session = _session(model)
            except Exception:
                if wide:  # of BitCast the width is the point
                    return None
                raise
            results = session and session.run(None, feed)
            if results and _has_inferred_shapes(model, results):
                return results
        return None

    def _contributed(self, node, read):
        """A node of com.microsoft for whose dtypes onnxruntime has no kernel:
        the standard's of that name, or in float32."""
        reckon = RECKONED.get((node.op_type, read[node.input[0]].dtype.name))
        if node.op_type in SAME and reckon:
            return reckon(node, *[read[name] if name else None
                                  for name in node.input])
        if node.op_type in SAME:
            twin = onnx.NodeProto()
            twin.CopyFrom(node)
            twin.domain = ""
            results = self._by_onnxruntime(twin, read, [(), NARROW])
            if results:
                return results
            if onnx.defs.has(node.op_type):
                model, feed = self._alone(twin, read, ())
                return onnx.reference.ReferenceEvaluator(model).run(None, feed)
        self.loose = True
        results = self._by_onnxruntime(node, read, [(*NARROW, "float64")])
        if not results:  # it has indices of one type only
            read = {name: array.astype("int32") if array.dtype == "int64"
                    else array for name, array in read.items()}
            results = self._by_onnxruntime(node, read, [()])
        if not results:
            raise NoAnswer(f"{node.op_type}: no kernel")
        return results

    def _alone(self, node, values, wide):
        """A model of this node for inputs of just these shapes, and its feed;
        with float32 for the floats `wide`."""
        values = {name: value.astype("float32") if _is_of(value, wide)
                  else value for name, value in values.items()}
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
                if name_of(kind.elem_type) in wide:
                    kind.elem_type = onnx_type("float32")
            outputs.append(info)
        graph = helper.make_graph([node], "node", inputs, outputs, constants)
        return helper.make_model(
            graph, opset_imports=[self._version(node, entry)
                                  for entry in self.model.opset_import],
            ir_version=self.model.ir_version), feed

    def _version(self, node, entry):
        """onnxruntime refuses the newest opsets even for what they have not
        changed, and has not all operators at those that it knows."""
        if not entry.domain and node.op_type in OLDER:
            return helper.make_opsetid("", OLDER[node.op_type])
        if entry.domain or entry.version <= OPSET or node.domain or (
                onnx.defs.has(node.op_type) and onnx.defs.get_schema(
                    node.op_type, entry.version).since_version > OPSET):
            return entry
        return helper.make_opsetid("", OPSET)


def _has_inferred_shapes(model, results):
    """Whether the results have the shapes of ONNX's own inference.

    onnxruntime's have not where a reduced dimension is empty: it keeps the 0
    where keepdims makes it 1, or drops it.
    """
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
    for info, array in zip(inferred.graph.output, results):
        if isinstance(array, list):
            continue
        if not info.type.tensor_type.HasField("shape"):
            continue
        dims = info.type.tensor_type.shape.dim
        if len(dims) != np.ndim(array) or any(
                dim.HasField("dim_value") and dim.dim_value != size
                for dim, size in zip(dims, np.shape(array))):
            return False
    return True


def _session(model):
    """A session of onnxruntime, or None if it has no such kernel."""
    if any(info.type.tensor_type.elem_type in FOREIGN
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
        # No kernel, no kernel of the type, no such opset or operator.
        known = ("NOT_IMPLEMENTED", "Type Error", "ValidateOpset",
                 "is not a registered function/op")
        if any(word in str(error) for word in known):
            return None
        raise
