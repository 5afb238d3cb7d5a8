# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A random graph while it is being drawn.

An operator's table entry (tables.py) asks a Draw for operands and emits its
node; shapes and dtypes of the results come from ONNX's shape inference, so
that later nodes can use them.
"""

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import helper, numpy_helper

from kinds import filler, is_float, name_of, np_type, onnx_type

# The newest where onnxruntime has a kernel for nearly all, and the newest.
OPSET, NEWEST = 25, 28
DOMAINS = {"ai.onnx.ml": 4, "com.microsoft": 1, "ai.onnx.preview": 1,
           "ai.onnx.preview.training": 1}


def opsets(main):
    """{domain: version} of a graph whose main opset is this one. ai.onnx.ml 5
    withdrew operators: it comes with the newest."""
    return {**DOMAINS, "": main, **({"ai.onnx.ml": 5} if main == NEWEST else {})}


# Sizes that break loops: empty, one, odd, just past a vector, more than one.
SIZES = (1, 2, 3, 4, 5, 7, 16, 17, 33)
# Operators that make infinities or NaN of ordinary numbers.
ODD = {"Log", "Sqrt", "Asin", "Acos", "Acosh", "Atanh", "Reciprocal", "Pow",
       "Exp", "Sinh", "Cosh", "ReduceLogSum", "Cast"}


def names_read(node):
    """The names that a node reads, those of its subgraphs included."""
    names = [name for name in node.input if name]
    for attribute in node.attribute:
        graphs = [attribute.g] if attribute.HasField("g") else []
        for graph in [*graphs, *attribute.graphs]:
            for inner in graph.node:
                names += names_read(inner)
            names += [output.name for output in graph.output]
    return list(dict.fromkeys(names))


@dataclass
class Value:
    """A tensor of the graph.

    exact  free of rounding, so that a step function of it cannot differ
           between two correct implementations
    odd    may hold infinities or NaN
    """

    name: str
    dtype: str
    shape: tuple
    exact: bool
    odd: bool = False


@dataclass
class Input:
    """A graph input: how its data is made, for any shape."""

    value: Value
    fill: object  # (rng, shape) -> array
    dims: tuple = ()  # chosen at last, unless an operator did
    fixed: tuple = ()  # the dims whose sizes are never free


class Draw:
    """Draws one graph from one seed."""

    def __init__(self, seed, opset=OPSET):
        self.opset = opset
        self.rng = np.random.default_rng(seed)
        self.nodes, self.constants, self.inputs = [], [], []
        self.values, self.types, self.count = [], [], 0
        self.exact, self.outputs = {}, {}  # of each result, by name
        self.judges = {}  # name of a node -> what computes it instead
        self.scales = {}  # name of a result -> bound of the sums behind it

    # --- small choices
    def chance(self, probability):
        return self.rng.random() < probability

    def one(self, choices):
        return choices[int(self.rng.integers(len(choices)))]

    def size(self, low=1, empty=True):
        if empty and low <= 1 and self.chance(0.03):
            return 0
        return self.one([s for s in SIZES if s >= low])

    def shape(self, low=0, high=4, empty=True):
        """A shape of rank low..high with at most a few thousand elements."""
        rank = int(self.rng.integers(low, high + 1))
        shape = [self.size(empty=empty) for _ in range(rank)]
        while np.prod(shape, dtype=np.int64) > 4000:
            shape[int(np.argmax(shape))] = self.one((1, 2, 3))
        return tuple(shape)

    def axis(self, rank):
        return int(self.rng.integers(-rank, rank))

    # --- data
    def name(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def fresh(self, dtype, shape, low=None, high=None, special=True,
              fill=None, constant=None, fixed=()):
        """A new graph input or, one time in three, a constant.

        The sizes of its dims in `fixed` (True: of all) are never free.
        """
        fill = fill or filler(dtype, low, high, special)
        shape = tuple(int(size) for size in shape)
        if constant is None:
            constant = self.chance(0.3)
        if constant:
            return self.constant(fill(self.rng, shape))
        value = Value(self.name("in"), dtype, shape, True,
                      special == "all" and dtype.startswith(("float", "bf")))
        fixed = range(len(shape)) if fixed is True else fixed
        self.inputs.append(Input(value, fill, fixed=tuple(fixed)))
        self.values.append(value)
        return value

    def constant(self, array, dtype=None):
        array = np.asarray(array, dtype and np_type(dtype))
        kind = name_of(array.dtype)
        odd = not np.isfinite(array.astype("float64")).all()
        value = Value(self.name("c"), kind, array.shape, True, odd)
        self.constants.append(numpy_helper.from_array(array, value.name))
        return value

    def any(self, dtype, low=0, high=4, exact=False, special=True,
            empty=True, where=lambda value: True):
        """An operand: a value the graph has already, or a new one."""
        fitting = [v for v in self.values if v.dtype == dtype
                   and low <= len(v.shape) <= high and (v.exact or not exact)
                   and (empty or 0 not in v.shape)
                   and (special == "all" or not v.odd) and where(v)]
        if fitting and self.chance(0.7):
            return self.one(fitting[-6:])
        return self.fresh(dtype, self.shape(low, high, empty), special=special)

    def broadcastable(self, value, dtype=None, **options):
        """An operand whose shape broadcasts with that of `value`."""
        dtype = dtype or value.dtype
        shape = list(value.shape)
        kind = self.one(("same", "same", "ones", "short", "scalar"))
        if kind == "ones":
            shape = [1 if self.chance(0.4) else size for size in shape]
        elif kind == "short":
            shape = shape[int(self.rng.integers(0, len(shape) + 1)):]
        elif kind == "scalar":
            shape = []
        return self.fresh(dtype, shape, **options)

    # --- nodes
    def emit(self, operator, inputs, outputs=1, exact=None, domain="",
             reuse=True, rank=None, kind=None, captured=(), before=(),
             judge=None, sums=0.0, **attributes):
        """Adds a node, whose results later nodes may use if `reuse`.

        rank is that of the results (or a list of theirs), kind the dtype and
        shape of the only one (or a list), where inference cannot tell;
        captured are values that its subgraphs read; before are nodes whose
        results are no tensors, and that only this node reads, by name; judge
        computes the results from the input arrays where no oracle can; sums
        bounds the sums that the results come from, where those cancel.
        """
        names = [v if isinstance(v, str) else v.name if v is not None else ""
                 for v in inputs]
        inputs = [v for v in [*inputs, *captured] if isinstance(v, Value)]
        exact_in = all(v.exact for v in inputs)
        results = [self.name("t") if wanted else "" for wanted in (
            [True] * outputs if isinstance(outputs, int) else outputs)]
        attributes = {k: v for k, v in attributes.items() if v is not None}
        node = helper.make_node(
            operator, names, results, name=f"{operator}_{self.count}",
            domain=domain, **attributes)
        kinds = list(self._infer([*before, node], inputs, rank, kind))
        if judge:
            self.judges[node.name] = judge
        self.scales.update(dict.fromkeys(results, sums))
        self.nodes += [*before, node]
        self.types += [v.dtype for v in inputs]
        for name, (dtype, dims) in zip(filter(None, results), kinds):
            self._result(operator, name, dtype, dims, inputs, reuse,
                         exact_in and exact is not False and (
                             bool(exact) or not is_float(dtype)))

    def _result(self, operator, name, dtype, dims, inputs, reuse, exact):
        self.outputs[name] = helper.make_tensor_value_info(
            name, onnx_type(dtype), [None] * len(dims))
        shape = None if None in dims else tuple(dims)
        value = Value(name, dtype, shape, exact, is_float(dtype) and (
            operator in ODD or any(v.odd for v in inputs)))
        self.exact[name] = exact
        small = shape is not None and np.prod(shape, dtype=int) < 10000
        if small and reuse:
            self.values.append(value)
        self.types.append(dtype)

    def _infer(self, nodes, inputs, rank, kind):
        known = {c.name: c for c in self.constants}
        inputs = {v.name: v for v in inputs}
        graph = helper.make_graph(
            nodes, "g",
            [helper.make_tensor_value_info(name, onnx_type(v.dtype), v.shape)
             for name, v in inputs.items() if name not in known],
            [onnx.ValueInfoProto(name=n) for n in nodes[-1].output if n],
            [known[name] for name in inputs if name in known])
        inferred = onnx.shape_inference.infer_shapes(
            self._model(graph), strict_mode=True, data_prop=True)
        for at, info in enumerate(inferred.graph.output):
            tensor = info.type.tensor_type
            if not tensor.elem_type and kind is not None:
                yield kind[at] if isinstance(kind, list) else kind
                continue
            dtype = name_of(tensor.elem_type)
            dims = [d.dim_value if d.HasField("dim_value") else None
                    for d in tensor.shape.dim]
            if not tensor.HasField("shape"):
                if rank is None and kind is None:
                    raise ValueError("a result of unknown rank")
                many = (len((kind[at] if isinstance(kind, list) else kind)[1])
                        if rank is None else
                        rank[at] if isinstance(rank, list) else rank)
                dims = [None] * many
            yield dtype, dims

    def _model(self, graph):
        versions = [helper.make_opsetid(domain, version)
                    for domain, version in opsets(self.opset).items()]
        return helper.make_model(graph, opset_imports=versions, ir_version=11)

    def choose_dims(self):
        """Makes some sizes of the inputs free: a name for each size, or no
        name at all."""
        keep, named = self.chance(0.5), {s for s in SIZES if self.chance(0.5)}
        for item in self.inputs:
            if keep or item.dims:
                item.dims = item.dims or item.value.shape
                continue
            item.dims = tuple(
                size if at in item.fixed else
                f"n{size}" if size in named and self.chance(0.8) else
                None if self.chance(0.15) else size
                for at, size in enumerate(item.value.shape))

    def model(self):
        """The whole graph; what nothing reads is an output."""
        self.choose_dims()
        read = {name for node in self.nodes for name in names_read(node)}
        outputs = [self.outputs[name] for node in self.nodes
                   for name in node.output if name and name not in read]
        graph = helper.make_graph(
            self.nodes, "fuzz",
            [helper.make_tensor_value_info(
                i.value.name, onnx_type(i.value.dtype), i.dims)
             for i in self.inputs if i.value.name in read],
            outputs,
            [c for c in self.constants if c.name in read],
            value_info=[info for name, info in self.outputs.items()
                        if name in read])
        model = onnx.shape_inference.infer_shapes(
            self._model(graph), data_prop=True)
        return model

    def feed(self, rng, sizes=None):
        """Data for the inputs; `sizes` maps the names of dims to others."""
        read = {name for node in self.nodes for name in names_read(node)}
        arrays = {}
        for item in self.inputs:
            if item.value.name not in read:
                continue
            shape = tuple(
                sizes.get(dim, size) if sizes and isinstance(dim, str)
                else size
                for dim, size in zip(item.dims, item.value.shape))
            arrays[item.value.name] = item.fill(rng, shape)
        return arrays
