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
from draw import Draw
from kinds import STORED, is_float, name_of, np_type

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
    judges: dict = field(default_factory=dict)
    scales: dict = field(default_factory=dict)


def draw_trial(seed, pairs, alone=False):
    """Pair number `seed` (round and round), alone or with random others."""

    def wanted(draw):
        first = pairs[seed % len(pairs)]
        fitting = [pair for pair in pairs if pair[0].opset == first[0].opset]
        others = 0 if alone else int(draw.rng.integers(0, MOST_NODES))
        return [first, *(draw.one(fitting) for _ in range(others))]

    return _draw(seed, pairs[seed % len(pairs)], wanted)


def draw_these(seed, pairs):
    """A trial of just these pairs, of which one at least could be drawn."""
    return _draw(seed, pairs[0], lambda _: pairs)


def _draw(seed, first, wanted):
    for attempt in range(20):
        draw = Draw([seed, attempt], first[0].opset)
        made = []
        for operator, dtype in wanted(draw):
            try:
                operator.make(draw, dtype)
                made.append((operator, dtype))
            except (onnx.shape_inference.InferenceError, ValueError,
                    IndexError, TypeError) as error:
                # A combination that ONNX does not allow.
                print(f"draw: {operator.name} {dtype}: {error}",
                      file=sys.stderr)
        if made and made[0] == first:
            break
    else:
        raise RuntimeError(f"seed {seed}: nothing drawn for "
                           f"{first[0].qualified} {first[1]}")
    trial = Trial(seed, made, draw.model(), exact=draw.exact,
                  types=set(draw.types), judges=draw.judges,
                  scales=draw.scales)
    trial.feeds.append(draw.feed(np.random.default_rng([seed, 1])))
    names = {d for i in draw.inputs for d in i.dims if isinstance(d, str)}
    if names:
        other = {name: draw.size() for name in sorted(names)}
        trial.feeds.append(draw.feed(np.random.default_rng([seed, 2]), other))
    return trial


def ask(judge, feed):
    """The oracle's answer; run.py sees by the line who was at work."""
    print("phase: oracle", file=sys.stderr, flush=True)
    with np.errstate(all="ignore"):
        return judge(feed)


# ---------------------------------------------------------------- comparison
def mismatch(trial, name, got, want, noise=None):
    """What differs between two results, or None."""
    if got.shape != want.shape or got.dtype != want.dtype:
        return (f"{got.dtype}{list(got.shape)} instead of "
                f"{want.dtype}{list(want.shape)}")
    kind = name_of(want.dtype)
    if kind in STORED or kind == "bool":
        # float32 holds all of them, each with its own place.
        a, b = got.astype("float32"), want.astype("float32")
        return _places((a != b) & ~(np.isnan(a) & np.isnan(b)), got, want)
    if not is_float(kind):
        allowed = 0
        if not trial.exact.get(name, True):
            # A tie of a narrow quotient falls to either of its neighbours.
            allowed = 1 + np.abs(want.astype("float64")) * max(
                (float(ml_dtypes.finfo(np_type(t)).eps)
                 for t in trial.types if is_float(t)), default=0)
        gap = np.abs(got.astype(object) - want.astype(object)) > allowed
        return _places(gap.astype(bool), got, want)
    narrow = [TOLERANCE[t] for t in trial.types if t in TOLERANCE]
    tolerance = max(narrow, default=1e-4)
    a, b = got.astype("float64"), want.astype("float64")
    with np.errstate(all="ignore"):
        finite = np.abs(b[np.isfinite(b)])
        scale = max(finite.max(initial=0.0), trial.scales.get(name, 0.0))
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
    rng = np.random.default_rng(0)
    moved = {name: np.asarray(array * (1 + 2 * step * rng.choice(
                 [-1.0, 1.0], array.shape))).astype(array.dtype)
             if is_float(array.dtype.name) else array
             for name, array in feed.items()}
    with np.errstate(all="ignore"):
        return [np.abs(a.astype("float64") - b.astype("float64"))
                if _judged(a) and _judged(b) and is_float(b.dtype.name)
                and a.shape == b.shape else None
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
    judge = oracle.Oracle(trial.model, trial.judges)
    unknown = [""] * len(names)  # or why no feed has an answer for it
    for at, feed in enumerate(trial.feeds):
        want = ask(judge, feed)
        if judge.loose:
            trial.types.add("float32")
        why = [str(w) for w in want if not _judged(w)]
        unknown = ["" if _judged(w) or (at and not known) else str(w)
                   for w, known in zip(want, unknown)]
        got = {}
        for path, model in paths.items():
            print(f"phase: run {path}", file=sys.stderr, flush=True)
            try:
                got[path] = list(model.run(feed).values())
            except (niello.CheckError, niello.BadInputError) as error:
                if not why:
                    return "MISMATCH", f"{path} path failed: {error}"
                got[path] = str(error)
        if isinstance(got["fast"], str) or isinstance(got["plain"], str):
            if isinstance(got["fast"], str) != isinstance(got["plain"], str):
                return "MISMATCH", f"one path failed: {got} ({why[0]})"
            continue
        found = _differences(trial, judge, feed, names, got, want)
        if found:
            return "MISMATCH", found
    return ("unjudged", max(unknown)) if any(unknown) else ("ok", "")


def _judged(answer):
    return not isinstance(answer, oracle.NoAnswer)


def _differences(trial, judge, feed, names, got, want):
    noise = None
    for i, name in enumerate(names):
        fast, plain = got["fast"][i], got["plain"][i]
        sides = [("onnxruntime", "plain", plain, want[i]),
                 ("onnxruntime", "fast", fast, want[i])]
        if not _judged(want[i]):
            sides = [("plain", "fast", fast, plain)]
        for other, path, ours, theirs in sides:
            found = mismatch(trial, name, ours, theirs)
            if found and _judged(want[i]) and found[0].isdigit() and is_float(
                    theirs.dtype.name):
                noise = noise or noise_of(trial, judge, feed, want)
                found = mismatch(trial, name, ours, theirs, noise[i])
            if found:
                return (f"output {name} of the {path} path, against {other}: "
                        f"{found}")
    return None
