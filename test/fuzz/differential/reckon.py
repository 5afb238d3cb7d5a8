# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A few operators in NumPy, word by word from ONNX's specification, for where
neither onnxruntime nor the reference evaluator follows it.

Each is a function (node, *input arrays) -> list of results; an operand that
the node leaves out is None.
"""

import math

import numpy as np
from onnx import helper


def attribute(node, name, default=None):
    for entry in node.attribute:
        if entry.name == name:
            return helper.get_attribute_value(entry)
    return default


def slice_(node, data, starts, ends, axes=None, steps=None):
    # onnxruntime takes an end of INT64_MAX with a negative step as "to the
    # first element", but the end "is clamped to [-1, dims[axes[i]]-1]"; the
    # reference evaluator is NumPy, where a start before the first element
    # gives nothing, but it "is clamped to range [0, dims[axes[i]]-1]".
    axes = range(len(starts)) if axes is None else axes.tolist()
    steps = [1] * len(starts) if steps is None else steps.tolist()
    for start, end, axis, step in zip(
            starts.tolist(), ends.tolist(), axes, steps):
        size = data.shape[axis]
        start, end = (at + size if at < 0 else at for at in (start, end))
        if step > 0:
            kept = range(min(max(start, 0), size), min(end, size), step)
        else:
            kept = range(min(max(start, 0), size - 1),
                         min(max(end, -1), size - 1), step)
        data = np.take(data, np.array(kept, "int64"), axis)
    return [data]


def by_number(function):
    """A function of (node, one number) on all elements of an array."""

    def apply(node, x):
        wide = [function(node, float(v)) for v in x.ravel().tolist()]
        return [np.array(wide, "float64").reshape(x.shape)]

    return apply


@by_number
def erf(node, x):
    return math.erf(x)


@by_number
def shrink(node, x):
    edge, bias = attribute(node, "lambd", 0.5), attribute(node, "bias", 0.0)
    return x + bias if x < -edge else x - bias if x > edge else 0.0


@by_number
def gelu(node, x):
    if attribute(node, "approximate", b"none") == b"tanh":
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
        return 0.5 * x * (1 + math.tanh(inner))
    # erfc keeps the digits that 1 + erf(x) cancels for negative x.
    return 0.5 * x * math.erfc(-x / math.sqrt(2))


def unique(node, x):
    # sorted=0: "in the same order that they occur", which the reference
    # evaluator does not regard, and onnxruntime lacks most types.
    axis = attribute(node, "axis")
    rows = x.reshape(-1, 1) if axis is None else np.moveaxis(x, axis, 0)
    keys = [row.tobytes() for row in np.ascontiguousarray(rows)]
    first = dict(zip(reversed(keys), reversed(range(len(keys)))))
    order = sorted(first, key=lambda key: (
        rows[first[key]].ravel().tolist() if attribute(node, "sorted", 1)
        else first[key]))
    place = {key: at for at, key in enumerate(order)}
    picked = [first[key] for key in order]
    y = x.ravel()[picked] if axis is None else np.take(x, picked, axis)
    counts = [keys.count(key) for key in order]
    results = [y, *(np.array(column, "int64") for column in (
        picked, [place[key] for key in keys], counts))]
    return [result for result, _ in zip(results, node.output)]


def lrn(node, x):
    # "square_sum[n, c, ...] = sum(X[n, i, ...] ^ 2)" over a window of channels,
    # which the reference evaluator walks along the batch instead.
    size = attribute(node, "size")
    alpha, beta, bias = (attribute(node, name, default) for name, default in (
        ("alpha", 1e-4), ("beta", 0.75), ("bias", 1.0)))
    squares = np.zeros_like(x)
    for c in range(x.shape[1]):
        first, last = c - (size - 1) // 2, c + size // 2
        squares[:, c] = (x[:, max(first, 0):last + 1]**2).sum(axis=1)
    return [x / (bias + alpha / size * squares)**beta]


def global_lp_pool(node, x):
    p = attribute(node, "p", 2)
    powers = np.abs(x.astype("float64"))**p
    return [powers.sum(axis=tuple(range(2, x.ndim)), keepdims=True)**(1 / p)]


def mean_variance(node, x):
    # Of equal numbers E[X^2] - E[X]^2, rounded, may be below 0.
    axes, x = tuple(attribute(node, "axes", [0, 2, 3])), x.astype("float64")
    mean = x.mean(axis=axes, keepdims=True)
    variance = (x * x).mean(axis=axes, keepdims=True) - mean * mean
    return [(x - mean) / (np.sqrt(np.maximum(variance, 0)) + 1e-9)]


def over_space(function):
    """A reduction of all dims after batch and channel, which stay as 1."""
    return lambda node, x: [
        function(x, axis=tuple(range(2, x.ndim)), keepdims=True)]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _rnn_step(gates, recurrent, bias, state, cell, reset_after):
    return np.tanh(gates + recurrent @ state + bias[0] + bias[1]), cell


def _gru_step(gates, recurrent, bias, state, cell, reset_after):
    # Gates z, r, h.
    (z, r, h), (rz, rr, rh) = np.split(gates, 3), np.split(recurrent, 3)
    (bz, br, bh), (cz, cr, ch) = np.split(bias[0], 3), np.split(bias[1], 3)
    z = sigmoid(z + rz @ state + bz + cz)
    r = sigmoid(r + rr @ state + br + cr)
    inner = r * (rh @ state + ch) if reset_after else rh @ (r * state) + ch
    return (1 - z) * np.tanh(h + inner + bh) + z * state, cell


def _lstm_step(gates, recurrent, bias, state, cell, reset_after):
    i, o, f, c = np.split(gates + recurrent @ state + bias[0] + bias[1], 4)
    cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(c)
    return sigmoid(o) * np.tanh(cell), cell


STEPS = {"RNN": _rnn_step, "GRU": _gru_step, "LSTM": _lstm_step}


def recurrent(node, x, w, r, b=None, lengths=None, state0=None, cell0=None):
    """RNN, GRU and LSTM with the default activations.

    The reference evaluator ignores direction and lengths; onnxruntime has
    float32 only.
    """
    x, w, r = (a.astype("float64") for a in (x, w, r))
    steps, batch, _ = x.shape
    ways, _, hidden = r.shape
    bias = np.zeros((ways, 2, w.shape[1])) if b is None else (
        b.astype("float64").reshape(ways, 2, -1))
    direction = attribute(node, "direction", b"forward")
    after = attribute(node, "linear_before_reset", 0)
    y = np.zeros((steps, ways, batch, hidden))
    last = np.zeros((2, ways, batch, hidden))
    for way in range(ways):
        for at in range(batch):
            order = range(steps if lengths is None else int(lengths[at]))
            if direction == b"reverse" or way == 1:
                order = reversed(order)
            state, cell = (
                np.zeros(hidden) if first is None else
                first[way, at].astype("float64") for first in (state0, cell0))
            for step in order:
                state, cell = STEPS[node.op_type](
                    w[way] @ x[step, at], r[way], bias[way], state, cell,
                    after)
                y[step, way, at] = state
            last[:, way, at] = state, cell
    results = [y, last[0], last[1]]
    return [result for result, name in zip(results, node.output) if name]


def dequantize(node, x, scale, zero=None):
    # "y = (x - x_zero_point) * x_scale", for stored floats "the dequantization
    # formula remains the same for consistency"; the reference evaluator leaves
    # their zero point out.
    if scale.ndim == 1:
        shape, axis = [1] * x.ndim, attribute(node, "axis", 1)
        if x.shape[axis] != scale.size:
            raise ValueError("a scale an element of the axis")
        shape[axis] = -1
        scale, zero = (a if a is None else a.reshape(shape)
                       for a in (scale, zero))
    wide = x.astype("float64")
    if zero is not None:
        wide = wide - zero.astype("float64")
    return [(wide * scale.astype("float64")).astype(scale.dtype)]


def same(node, x):
    return [x]


# An operator, or one with the dtype of its first operand. In float64 often
# onnxruntime has no kernel and the reference evaluator computes in float32.
RECKONED = {
    "Slice": slice_,
    "GlobalLpPool": global_lp_pool,
    "Unique": unique,
    "MeanVarianceNormalization": mean_variance,
    # Of an optional the reference evaluator makes another dimension.
    "Optional": same,
    "OptionalGetElement": same,
    "OptionalHasElement": lambda node, x: [np.array(True)],
    **{("DequantizeLinear", kind): dequantize for kind in (
        "float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz",
        "float4_e2m1fn", "int2", "uint2", "int4", "uint4")},
    ("Erf", "float64"): erf,
    ("Gelu", "float64"): gelu,
    ("Shrink", "float64"): shrink,
    ("LRN", "float64"): lrn,
    ("GlobalMaxPool", "float64"): over_space(np.max),
    ("GlobalAveragePool", "float64"): over_space(np.mean),
    ("RNN", "float64"): recurrent,
    ("GRU", "float64"): recurrent,
    ("LSTM", "float64"): recurrent,
}
