# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""One node with data, many nodes as one model, and how results are compared.

A Part is one node. Its inputs are arrays (None: left out); those in `weights`
become initializers, the others are inputs of the model with the sizes of
`free` axes unknown. `more` holds inputs of other sizes for the same compiled
model. onnxruntime says what is expected, node by node, unless `expect` does: a
function of the inputs, for what the ONNX standard says otherwise.
"""

import ml_dtypes
import numpy as np
import onnx.numpy_helper
import onnxruntime
from onnx import helper

ML = "ai.onnx.ml"
MS = "com.microsoft"

# Relative distance of neighbours: results are rounded to it at every step.
EPSILON = {
    np.dtype("float64"): 2.0**-52,
    np.dtype("float32"): 2.0**-23,
    np.dtype("float16"): 2.0**-10,
    np.dtype(ml_dtypes.bfloat16): 2.0**-7,
}
# Roundings that every float result is allowed: a few steps each way, and 4 for
# an exp, tanh or erf, which both sides approximate to 1 or 2 units.
STEPS = 16


class Part:
    """See above. `terms` is the longest sum behind an element, each product of
    which may be rounded; `scale` bounds the partial sums where they cancel;
    `steps` is how far the whole units of an integer result may be off."""

    def __init__(self, op, inputs, attrs=None, *, domain=MS, outputs=1,
                 weights=(), free=(), more=(), terms=1, scale=0.0, expect=None,
                 steps=0, compare=None):
        self.op, self.domain = op, domain
        self.runs = [list(inputs), *[list(other) for other in more]]
        self.attrs = attrs or {}
        self.outputs = [True] * outputs if isinstance(outputs, int) else outputs
        self.weights, self.free = set(weights), dict(free)
        self.terms, self.scale, self.expect = terms, scale, expect
        self.steps, self.compare = steps, compare

    def node(self, prefix):
        """(node, inputs, initializers, output names) with names of its own."""
        names, inputs, initializers = [], [], []
        for i, array in enumerate(self.runs[0]):
            name = f"{prefix}_in{i}" if array is not None else ""
            names.append(name)
            if array is None:
                continue
            if i in self.weights:
                initializers.append(tensor(array, name))
                continue
            shape = list(array.shape)
            for axis in self.free.get(i, ()):
                shape[axis] = f"{prefix}_{i}_{axis}"
            inputs.append(helper.make_tensor_value_info(
                name, element_type(array), shape))
        outputs = [f"{prefix}_out{i}" if wanted else ""
                   for i, wanted in enumerate(self.outputs)]
        node = helper.make_node(self.op, names, outputs, name=prefix,
                                domain=self.domain, **self.attrs)
        return node, inputs, initializers, [name for name in outputs if name]

    def feed(self, prefix, run):
        run = self.runs[min(run, len(self.runs) - 1)]
        return {f"{prefix}_in{i}": array for i, array in enumerate(run)
                if array is not None and i not in self.weights}


def element_type(array):
    return helper.np_dtype_to_tensor_dtype(array.dtype)


def tensor(array, name=""):
    return onnx.numpy_helper.from_array(array, name)


def model(parts, ml_version, results=None):
    """All parts side by side as one model, part i with the prefix p<i>.

    results: arrays of the outputs' types, in order; without them the outputs
    have none, which onnxruntime takes."""
    pieces = [part.node(f"p{i}") for i, part in enumerate(parts)]
    names = [name for piece in pieces for name in piece[3]]
    declared = [onnx.ValueInfoProto(name=name) for name in names]
    if results:
        declared = [helper.make_tensor_value_info(
            name, element_type(np.asarray(array)),
            [None] * np.asarray(array).ndim)
            for name, array in zip(names, results)]
    graph = helper.make_graph(
        [piece[0] for piece in pieces], "parts",
        [value for piece in pieces for value in piece[1]],
        declared,
        [array for piece in pieces for array in piece[2]])
    return helper.make_model(graph, ir_version=10, opset_imports=[
        helper.make_opsetid("", 21), helper.make_opsetid(ML, ml_version),
        helper.make_opsetid(MS, 1)])


def oracle(part, run, ml_version):
    """The expected outputs of one part."""
    if part.expect:
        out = part.expect(*part.runs[run])
        return list(out) if isinstance(out, (tuple, list)) else [out]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    options.graph_optimization_level = (
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL)
    session = onnxruntime.InferenceSession(
        model([part], ml_version).SerializeToString(), options,
        providers=["CPUExecutionProvider"])
    return session.run(None, part.feed("p0", run))


def difference(part, got, wanted):
    """A sentence, or None where the arrays agree."""
    got, wanted = np.asarray(got), np.asarray(wanted)
    if got.shape != wanted.shape or got.dtype != wanted.dtype:
        return (f"{got.dtype}{list(got.shape)} instead of "
                f"{wanted.dtype}{list(wanted.shape)}")
    if got.size == 0:
        return None
    if got.dtype not in EPSILON:
        off = np.abs(got.astype("int64") - wanted.astype("int64"))
        if (off <= part.steps).all():
            return None
        return f"{(off > part.steps).sum()} of {off.size} integers differ " + (
            show(got, wanted, off > part.steps))
    epsilon = EPSILON[got.dtype]
    got, wanted = got.astype("float64"), wanted.astype("float64")
    finite = np.isfinite(wanted)
    strange = ~((got == wanted) | (np.isnan(got) & np.isnan(wanted)) |
                (finite & np.isfinite(got)))
    if strange.any():
        return f"{strange.sum()} infinities or NaN differ " + show(
            got, wanted, strange)
    scale = max(part.scale, np.abs(wanted[finite]).max(initial=0.0))
    allowed = epsilon * (STEPS + part.terms) * scale
    off = np.where(finite, np.abs(got - wanted), 0.0)
    if (off <= allowed).all():
        return None
    return (f"off by {off.max():.3g}, allowed {allowed:.3g} " +
            show(got, wanted, off > allowed))


def show(got, wanted, where):
    place = tuple(int(i[0]) for i in np.nonzero(where))
    return f"(at {list(place)}: {got[place]} instead of {wanted[place]})"
