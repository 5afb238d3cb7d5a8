# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models that step along a sequence: a Mamba stack by Scan, LSTM, GRU."""

import numpy as np
from onnx import helper

from builder import FLOAT, Builder


def step(q, state, dt, u, into, out, decay):
    """One step of the selective state space, for a state [channels, cells]:
    state' = exp(dt * decay) * state + dt * u * into;  y = state' . out"""
    one, zero = q.ints(1), q.ints(0)
    dt = q.op("Unsqueeze", dt, one)
    kept = q.op("Mul", q.op("Exp", q.op("Mul", dt, decay)), state)
    fresh = q.op("Mul", q.op("Mul", dt, q.op("Unsqueeze", u, one)),
                 q.op("Unsqueeze", into, zero))
    state = q.op("Add", kept, fresh)
    y = q.op("MatMul", state, q.op("Unsqueeze", out, one))
    return state, q.op("Squeeze", y, one)


def scan(b, block, dt, u, into, out, channels, cells):
    """The steps of a block over all rows; decay rates are 1, 2, .., cells."""
    rates = np.tile(np.arange(1, cells + 1, dtype=np.float32), (channels, 1))
    decay = b.weight(-rates)
    q = Builder(0)
    q.count = 100000 * (block + 1)  # names apart from the graph's around it
    shapes = {"state": [channels, cells], "dt": [channels], "u": [channels],
              "into": [cells], "out": [cells]}
    names = [f"block{block}_{name}" for name in shapes]
    state, y = step(q, *names, decay)
    body = helper.make_graph(
        q.nodes, f"block{block}",
        [helper.make_tensor_value_info(name, FLOAT, shape)
         for name, shape in zip(names, shapes.values())],
        [helper.make_tensor_value_info(state, FLOAT, [channels, cells]),
         helper.make_tensor_value_info(y, FLOAT, [channels])], q.weights)
    first = b.weight(np.zeros((channels, cells), np.float32))
    return b.ops("Scan", 2, first, dt, u, into, out, num_scan_inputs=4,
                 body=body)[1]


def mamba(length=128, blocks=30, width=256, cells=16, taps=4):
    b = Builder(6)
    wide, rank = 2 * width, width // 16
    rows = np.random.default_rng(7).standard_normal((1, length, width))
    x = b.input("x", rows.astype(np.float32))
    for block in range(blocks):
        y = b.op("LayerNormalization", x, b.weight(np.ones(width, "f4")),
                 b.weight(np.zeros(width, "f4")), axis=-1, epsilon=1e-5)
        y = b.product(y, b.matrix(width, 2 * wide), length)
        u, gate = b.ops("Split", 2, y, b.ints(wide, wide), axis=2)
        u = b.op("Conv", b.op("Transpose", u, perm=[0, 2, 1]),
                 b.random(wide, 1, taps, fan=taps),
                 b.weight(np.zeros(wide, "f4")), kernel_shape=[taps],
                 pads=[taps - 1, 0], group=wide)
        u = b.silu(b.op("Transpose", u, perm=[0, 2, 1]))
        b.flops += length * wide * (2 * taps + 9 * cells)
        y = b.product(u, b.matrix(wide, rank + 2 * cells), length)
        dt, into, out = b.ops(
            "Split", 3, y, b.ints(rank, cells, cells), axis=2)
        dt = b.product(dt, b.matrix(rank, wide), length)
        dt = b.op("Softplus", b.op(
            "Add", dt, b.weight(np.full(wide, -2, "f4"))))
        rows = [b.op("Squeeze", t, b.ints(0)) for t in (dt, u, into, out)]
        y = b.op("Unsqueeze", scan(b, block, *rows, wide, cells), b.ints(0))
        y = b.op("Add", y, b.op("Mul", u, b.weight(np.ones(wide, "f4"))))
        y = b.op("Mul", y, b.silu(gate))
        x = b.op("Add", x, b.product(y, b.matrix(wide, width), length))
    return b.model(x, "y", [1, length, width]), b


def recurrent(kind, gates, results, length=200, width=512, **attributes):
    """Two layers of LSTM or GRU."""
    b = Builder(8)
    rows = np.random.default_rng(7).standard_normal((length, 1, width))
    x = b.input("x", rows.astype(np.float32))
    for _ in range(2):
        y = b.ops(kind, results, x,
                  b.random(1, gates * width, width, fan=width),
                  b.random(1, gates * width, width, fan=width),
                  b.random(1, 2 * gates * width, fan=400),
                  hidden_size=width, **attributes)[0]
        x = b.op("Squeeze", y, b.ints(1))
        b.flops += 4 * length * gates * width * width
    return b.model(x, "y", [length, 1, width]), b


def lstm():
    return recurrent("LSTM", 4, 3)


def gru():
    return recurrent("GRU", 3, 2, linear_before_reset=1)
