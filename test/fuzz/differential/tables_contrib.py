# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators of com.microsoft, and those of ai.onnx.ml whose attributes hang
together: the nodes of test/frontends/onnx/contrib_*.py, with other data, in all
dtypes, with sizes free where those have them free, between other nodes.
"""

import sys
from pathlib import Path

import ml_dtypes
import numpy as np
from onnx import TensorProto
from onnx.numpy_helper import to_array

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "frontends/onnx"))
import contrib_parts  # noqa: E402
import contrib_suite  # noqa: E402
import supported  # noqa: E402
import tables  # noqa: E402
from kinds import FLOATS, is_float, name_of, np_type  # noqa: E402


# Results that keep the type that they have beside any, by their place.
FIXED = {("SimplifiedLayerNormalization", 1), ("EmbedLayerNormalization", 1)}


def retyped(array, dtype):
    """The array in another dtype; what is not whole loses by it."""
    if is_float(dtype):
        return array.astype(np_type(dtype))
    wide = array.astype("float64")
    if name_of(array.dtype) in FLOATS:
        wide = np.rint(4 * wide)
    if dtype == "bool":
        return wide > 0
    if dtype.startswith("float"):
        return np.clip(wide, -6, 6).astype("float32").astype(np_type(dtype))
    info = ml_dtypes.iinfo(np_type(dtype))
    return np.clip(wide, int(info.min), int(info.max)).astype(np_type(dtype))


def stirred(rng, array):
    """Other data of the same nature: numbers of the same sign and about the
    size, bytes in another order; indices, lengths and masks as they are."""
    if is_float(name_of(array.dtype)):
        moved = array.astype("float64") * rng.uniform(0.5, 1.5, array.shape)
        # Quotients of more are beyond NumPy's integers.
        return np.clip(np.nan_to_num(moved), -1e6, 1e6).astype(array.dtype)
    if array.dtype.itemsize == 1 and array.ndim > 1:
        return rng.permutation(array.ravel()).reshape(array.shape)
    return array


def first(part):
    return next(array for array in part.runs[0] if array is not None)


def fitting(parts, dtype):
    """The parts that have the dtype, or that can be had in it."""
    exact = [p for p in parts if name_of(first(p).dtype) == dtype]
    if exact:
        return exact
    same = [p for p in parts
            if is_float(name_of(first(p).dtype)) == is_float(dtype)]
    return same or parts


def make_from(name, domain, parts, version):
    def make(draw, dtype):
        part = draw.one(fitting(parts, dtype))
        was = first(part).dtype
        run = int(draw.rng.integers(len(part.runs)))
        results = contrib_parts.oracle(part, run, version)
        operands = []
        for i, array in enumerate(part.runs[run]):
            if array is None:
                operands.append(None)
                continue
            if array.dtype == was:
                array = retyped(array, dtype)
            operands.append(draw.fresh(
                name_of(array.dtype), array.shape, constant=i in part.weights,
                fill=lambda rng, shape, a=array: np.asarray(stirred(rng, a))))
            if i not in part.weights:
                free = part.free.get(i, ())
                draw.inputs[-1].dims = tuple(
                    None if axis in free and draw.chance(0.5) else size
                    for axis, size in enumerate(array.shape))
                # Of a shape that others hang on: no operand of other nodes.
                draw.values.remove(operands[-1])
        follows = domain != contrib_parts.ML or name == "TreeEnsemble"
        types = [retyped(np.asarray(array), dtype)
                 if follows and array.dtype == was and (name, at) not in FIXED
                 else np.asarray(array) for at, array in enumerate(results)]

        def judge(*arrays):
            back = is_float(name_of(was))
            wide = [array.astype(was) if back and array is not None and
                    name_of(array.dtype) == dtype else array
                    for array in arrays]
            if not part.expect:
                return contrib_parts.oracle(contrib_parts.Part(
                    name, wide, part.attrs, domain=domain,
                    outputs=part.outputs), 0, version)
            out = part.expect(*wide)
            return list(out) if isinstance(out, (tuple, list)) else [out]

        # Tensors among the attributes have the type of the operands.
        attributes = {
            key: contrib_parts.tensor(retyped(to_array(value), dtype))
            if isinstance(value, TensorProto) and np_type(
                name_of(value.data_type)) == was else value
            for key, value in part.attrs.items()}
        follow = any(isinstance(value, TensorProto)
                     for value in attributes.values())
        draw.emit(name, operands, part.outputs, domain=domain, exact=False,
                  reuse=False, sums=part.scale,
                  judge=judge if part.expect or follow else None,
                  kind=[(name_of(a.dtype), a.shape) for a in types],
                  **attributes)

    return make


def channels_last(part):
    """NhwcMaxPool, of which onnxruntime has bytes only, by MaxPool."""

    def expect(x):
        wide = np.moveaxis(x, -1, 1)
        if x.dtype.itemsize == 2:
            wide = wide.astype("float32")
        out = contrib_parts.oracle(contrib_parts.Part(
            "MaxPool", [wide], part.attrs, domain=""), 0, 3)[0]
        return np.moveaxis(out, 1, -1).astype(x.dtype)

    part.expect = expect


def register():
    """Registers what other tables have not."""
    known = {(o.domain, o.name) for o in tables.OPERATORS}
    by_name = {}
    for _, parts, version in contrib_suite.groups():
        for part in parts:
            if part.op == "NhwcMaxPool":
                channels_last(part)
            if not part.compare:
                by_name.setdefault((part.domain, part.op), (version, []))[
                    1].append(part)
    for (domain, name), (version, parts) in by_name.items():
        homes = {domain, contrib_parts.MS} if domain == "" else {domain}
        for home in sorted(homes):
            if (home, name) in supported.operators().keys() - known:
                tables.operator(name, home)(
                    make_from(name, home, parts, version))
