# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""One drawn graph through the fast path, the plain path and onnxruntime.

Everything here runs in a forked child of run.py.
"""

import sys
from dataclasses import dataclass, field

import ml_dtypes
import numpy as np
import onnx

import oracle
from draw import Draw, is_float, np_type
from tables import OPERATORS

# What a result may differ by, relative to itself and to its tensor's largest
# value: a few dozen roundings of the narrowest type in the graph.
TOLERANCE = {"float64": 1e-8, "float32": 1e-4, "float16": 1e-2,
             "bfloat16": 6e-2}
MOST_NODES = 8


@dataclass
class Trial:
    """A graph with its data, drawn from a seed."""

    seed: int
    pairs: list  # (operator, dtype) for each node that was drawn
    model: onnx.ModelProto
    feeds: list = field(default_factory=list)
    exact: dict = field(default_factory=dict)
    types: set = field(default_factory=set)


def all_pairs():
    """(operator, dtype) of the tables, shuffled, so that any range of seeds
    holds operators of all kinds."""
    pairs = [(operator, dtype) for operator in OPERATORS
             for dtype in operator.dtypes]
    order = np.random.default_rng(0).permutation(len(pairs))
    return [pairs[at] for at in order]


def draw_trial(seed, pairs, alone=False):
    """Pair number `seed` (round and round), alone or with random others."""
    for attempt in range(20):
        wanted = [pairs[seed % len(pairs)]]
        draw = Draw([seed, attempt], wanted[0][0].opset)
        fitting = [pair for pair in pairs if pair[0].opset == draw.opset]
        others = 0 if alone else int(draw.rng.integers(0, MOST_NODES))
        wanted += [draw.one(fitting) for _ in range(others)]
        made = []
        for operator, dtype in wanted:
            try:
                operator.make(draw, dtype)
                made.append((operator, dtype))
            except (onnx.shape_inference.InferenceError, ValueError,
                    IndexError, TypeError) as error:
                # A combination that ONNX does not allow.
                print(f"draw: {operator.name} {dtype}: {error}",
                      file=sys.stderr)
        if made and made[0] == wanted[0]:
            break
    else:
        raise RuntimeError(f"seed {seed}: nothing drawn for "
                           f"{wanted[0][0].name} {wanted[0][1]}")
    trial = Trial(seed, made, draw.model(), exact=draw.exact,
                  types=set(draw.types))
    trial.feeds.append(draw.feed(np.random.default_rng([seed, 1])))
    names = {d for i in draw.inputs for d in i.dims if isinstance(d, str)}
    if names:
        other = {name: draw.size() for name in sorted(names)}
        trial.feeds.append(draw.feed(np.random.default_rng([seed, 2]), other))
    return trial


def ask(judge, feed):
    """The oracle's answer; run.py sees by the line who was at work."""
    print("phase: oracle", file=sys.stderr, flush=True)
    return oracle.ask(judge, feed)


# ---------------------------------------------------------------- comparison
def mismatch(trial, name, got, want, noise=None):
    """What differs between two results, or None."""
    if got.shape != want.shape or got.dtype != want.dtype:
        return (f"{got.dtype}{list(got.shape)} instead of "
                f"{want.dtype}{list(want.shape)}")
    if not is_float(want.dtype.name):
        if want.dtype.kind == "b":
            gap = got != want
        else:
            allowed = 0 if trial.exact.get(name, True) else 1
            gap = np.abs(got.astype(object) - want.astype(object)) > allowed
        return _places(gap.astype(bool), got, want)
    narrow = [TOLERANCE[t] for t in trial.types if t in TOLERANCE]
    tolerance = max(narrow, default=1e-4)
    a, b = got.astype("float64"), want.astype("float64")
    with np.errstate(all="ignore"):
        finite = np.abs(b[np.isfinite(b)])
        scale = finite.max() if finite.size else 0.0
        room = tolerance * (np.abs(b) + 0.1 * scale + 1e-3)
        if noise is not None:
            room = room + 8 * np.nan_to_num(noise, nan=np.inf, posinf=np.inf)
        same = (a == b) | (np.isnan(a) & np.isnan(b)) | (
            np.abs(a - b) <= room) | np.isinf(room)
    return _places(~same, got, want)


def _places(wrong, got, want):
    if not wrong.any():
        return None
    at = tuple(int(i) for i in np.argwhere(wrong)[0]) if wrong.ndim else ()
    return (f"{int(wrong.sum())} of {wrong.size} elements, first at "
            f"{list(at)}: {got[at]} instead of {want[at]}")


def noise_of(trial, judge, feed, want):
    """How far the oracle's results move with the last bit of its inputs."""
    narrow = [np_type(t) for t in trial.types if is_float(t)]
    step = max(float(ml_dtypes.finfo(t).eps) for t in narrow)
    moved = {name: np.asarray(array * (1 + 2 * step)).astype(array.dtype)
             if is_float(array.dtype.name) else array
             for name, array in feed.items()}
    with np.errstate(all="ignore"):
        return [np.abs(a.astype("float64") - b.astype("float64"))
                if is_float(b.dtype.name) and a.shape == b.shape else None
                for a, b in zip(ask(judge, moved), want)]


def check(trial):
    """(status, sentence): ok, unjudged, refused, or what went wrong."""
    import niello

    names = [output.name for output in trial.model.graph.output]
    paths = {}
    for path, optimize in (("fast", True), ("plain", False)):
        print(f"phase: compile {path}", file=sys.stderr, flush=True)
        try:
            paths[path] = niello.compile(
                trial.model, threads=1, optimize=optimize)
        except niello.UnsupportedError as error:
            return "refused", str(error)
    judge = oracle.Oracle(trial.model)
    judged, why = 0, ""
    for feed in trial.feeds:
        want = None
        try:
            want = ask(judge, feed)
            judged += 1
        except oracle.NoAnswer as error:
            why = str(error)
        got = {}
        for path, model in paths.items():
            print(f"phase: run {path}", file=sys.stderr, flush=True)
            try:
                got[path] = list(model.run(feed).values())
            except (niello.CheckError, niello.BadInputError) as error:
                if want is not None:
                    return "MISMATCH", f"{path} path failed: {error}"
                got[path] = str(error)
        if isinstance(got["fast"], str) or isinstance(got["plain"], str):
            if isinstance(got["fast"], str) != isinstance(got["plain"], str):
                return "MISMATCH", f"one path failed: {got} ({why})"
            continue
        found = _differences(trial, judge, feed, names, got, want)
        if found:
            return "MISMATCH", found
    return ("ok", "") if judged else ("unjudged", why)


def _differences(trial, judge, feed, names, got, want):
    sides = [("plain", "the fast path", got["fast"], got["plain"])]
    if want is not None:
        sides = [("onnxruntime", f"the {path} path", got[path], want)
                 for path in ("plain", "fast")]
    for other, who, ours, theirs in sides:
        noise = None
        for i, name in enumerate(names):
            found = mismatch(trial, name, ours[i], theirs[i])
            if found and want is not None and is_float(
                    theirs[i].dtype.name) and found[0].isdigit():
                noise = noise or noise_of(trial, judge, feed, theirs)
                found = mismatch(trial, name, ours[i], theirs[i], noise[i])
            if found:
                return f"output {name} of {who}, against {other}: {found}"
    return None
