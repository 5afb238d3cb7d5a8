# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Edits of the model in edits.test, beside the same made in NumPy.

The arithmetic between site and output is one rounding an operator on both
sides, so all but projections are compared by their bits; those sum 4 products,
which either side may do in another order: 4 epsilons of the largest term.
"""

import sys

import niello
import numpy as np

F = np.float32
PATH = sys.argv[1]
X = (np.arange(12, dtype=F).reshape(3, 4) - F(5.5)) / F(3)  # no zero
K = np.array([4, -7])
R = np.random.default_rng(0)
DATA = R.standard_normal((3, 4), dtype=F)


def run(edits, taps=(), optimize=True, x=X, **data):
    model = niello.compile(PATH, edits=edits, taps=taps, optimize=optimize)
    return model.run({"x": x, "k": K, **data})


def bits(a, b):
    a, b = np.ascontiguousarray(a), np.ascontiguousarray(b)
    assert a.dtype == b.dtype and a.shape == b.shape and \
        a.tobytes() == b.tobytes(), (a, b)


def after(square):
    """y from the value `square`."""
    return -(square + F(0.5))


def check_kinds(optimize):
    v = (X + X) * X
    rows = np.linalg.qr(R.standard_normal((4, 4)))[0][:2].astype(F)

    def made(edit, **data):
        return run([edit], optimize=optimize, **data)["y"]

    bits(made("square=set", **{"square.set": DATA}), after(DATA))
    for d in (DATA, DATA[:1], DATA[:, 1:2], DATA[:1, :1]):
        bits(made("square=add", **{"square.add": d}), after(v + d))
        bits(made("square=scale", **{"square.scale": d}), after(v * d))
        bits(made("square=mask", **{"square.mask": d > 0}),
             after(np.where(d > 0, v, F(0))))
    for d in (rows, rows[:1], rows[:0]):
        error = made("square=project", **{"square.project": d}) - \
            after(v - (v @ d.T) @ d)
        assert np.abs(error).max() <= 4 * 2**-24 * np.abs(v).max() * 4
    at = np.array([2, -3])
    some = v.copy()
    some[at] += DATA[:2]
    bits(made("square=add@0", **{"square.add": DATA[:2],
                                 "square.add.positions": at}), after(some))
    some = v.copy()
    some[:, at] = DATA[:, :2]
    bits(made("square=set@-1", **{"square.set": DATA[:, :2],
                                  "square.set.positions": at}), after(some))
    some = v.copy()
    some[at] -= (v[at] @ rows.T) @ rows
    error = made("square=project@0",
                 **{"square.project": rows,
                    "square.project.positions": at}) - after(some)
    assert np.abs(error).max() <= 4 * 2**-24 * np.abs(v).max() * 4


def check_many():
    """Several edits of a value in their order, numbers, bools and taps."""
    out = run(["double=add", "square=scale", "square=add", "isbig=set",
               "y=mask"], ["square", "y", "isbig"],
              **{"double.add": K, "square.scale": DATA, "square.add": DATA,
                 "isbig.set": DATA > 0, "y.mask": DATA > 0})
    v = (X + X) * X
    y = after(v * DATA + DATA)
    masked = np.where(DATA > 0, y, F(0))
    bits(out["square"], v)
    bits(out["y.tap"], y)
    bits(out["y"], masked)
    bits(out["isbig.tap"], masked > F(0.5))
    bits(out["isbig"], DATA > 0)
    bits(out["double"], K * 3)
    # a size that only the run tells: the edit has as many elements
    out = run(["places=set", "found=add"], ["found"],
              **{"places.set": np.ones((2, 12), np.int64),
                 "found.add": np.arange(24)})
    bits(out["found"], 1 + np.arange(24))


def check_nothing():
    """Edits that change nothing change no bit of any float."""
    x = np.array([[0.0, -0.0, np.inf, -np.inf], [np.nan, 1e-45, -1, 3e38],
                  [-0.0, 0.0, 0.0, -0.0]], F)
    x[1, 0] = np.array([0x7FA00001], np.uint32).view(F)[0]  # signaling
    nothing = {"add": np.full((3, 1), -0.0, F), "scale": np.ones((1, 4), F),
               "mask": np.ones((1, 1), bool), "project": np.zeros((2, 4), F)}
    nothing["add"][1] = 0
    for optimize in (True, False):
        plain = run([], ["y"], optimize, x)["y"]
        for site in ("twice", "square", "moved", "y"):
            data = {f"{site}.{kind}": d for kind, d in nothing.items()}
            out = run([f"{site}={kind}" for kind in nothing], [], optimize, x,
                      **data)
            bits(out["y"], plain)


def check_refusals():
    def says(text, edit, **data):
        try:
            run([edit], **data)
        except niello.Error as error:
            assert text in str(error), error
        else:
            raise AssertionError(f"{edit}: not refused")

    says("need the same size 'N'", "square=set", **{"square.set": DATA[:2]})
    says("input 'square.set' needs size 4 in dimension 1, but got 2",
         "square=set", **{"square.set": DATA[:, :2]})
    says("input 'square.set' needs rank 2, but got 1", "square=set",
         **{"square.set": DATA[0]})
    says("input 'square.add' needs size 1 or 3 in dimension 0, but got 2",
         "square=add", **{"square.add": DATA[:2]})
    says("input 'places.set' needs size 12 in dimension 1, but got 5",
         "places=set", **{"places.set": np.ones((2, 5), np.int64)})
    says("input 'square.add' needs size 1 or 2 in dimension 0, but got 3",
         "square=add@0", **{"square.add": DATA,
                            "square.add.positions": np.array([0, 1])})
    says("index 3 is outside a size of 3", "square=add@0",
         **{"square.add": DATA[:2], "square.add.positions": np.array([0, 3])})


check_kinds(True)
check_kinds(False)
check_many()
check_nothing()
check_refusals()
