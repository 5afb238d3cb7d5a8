#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Taps, statistics and edits inside real models.

    inside.py                   all checks on three models
    inside.py --only NAME
    inside.py --time            what taps cost on the first of them: of its
                                blocks, and spread over all values, which
                                takes fused kernels apart

- 24 values, evenly spread over the graph, equal onnxruntime's by the rule of
  reference.py: within the model's tolerance or four times the noise of that
  value, which is how far onnxruntime is from itself with its optimisations on.
- Their statistics over the cases equal NumPy's on the values that were tapped:
  means and norms are sums in f64, so n roundings of 2^-53 of the summed
  absolute values; moments are f32 products, n roundings of 2^-24 of them.
- With these values edited by what changes nothing, or set to what they are,
  all of them and the outputs have the bits of the model that is only tapped,
  which splits the same blocks.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "python")]
import checkout  # noqa: E402
import corpus  # noqa: E402
import reference  # noqa: E402
from run import path_of  # noqa: E402

NAMES = ["paraphrase-minilm-l3", "mtcnn-rnet", "romanizer-enc"]
SITES = 24


def opened(path, optimized, outputs):
    """onnxruntime with these values as outputs too; None where it cannot."""
    import onnx

    model = onnx.load(path)
    known = {output.name for output in model.graph.output}
    for name in outputs:
        if name not in known:
            model.graph.output.append(onnx.ValueInfoProto(name=name))
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        file.write(model.SerializeToString())
        file.flush()
        return reference.session(file.name, optimized)


def sites(path):
    """Float values that nodes compute from the inputs, evenly spread."""
    import onnx

    graph = onnx.shape_inference.infer_shapes(onnx.load(path)).graph
    floats = {value.name for value in graph.value_info
              if value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT}
    depends = {value.name for value in graph.input}
    found = []
    for node in graph.node:
        if depends.isdisjoint(node.input) or node.op_type == "Shape":
            continue
        depends.update(node.output)
        found += [name for name in node.output if name in floats]
    step = max(1, len(found) // SITES)
    return found[step // 2::step][:SITES]


def check_taps(model, path, names):
    """The worst error in units of its tolerance, and what was tapped."""
    import niello

    compiled = niello.compile(path, threads=1, taps=names)
    plain, fast = opened(path, False, names), opened(path, True, names)
    references = reference.References(path_of)
    worst, seen = 0.0, []
    for number in range(len(model.cases)):
        feed = references.case(model, number)[0]
        got = compiled.run(feed)
        want = dict(zip(names, plain.run(names, feed)))
        other = dict(zip(names, fast.run(names, feed)))
        for name in names:
            noise = reference.relative_error(other[name], want[name], False)
            error = reference.relative_error(got[name], want[name], False)
            worst = max(worst, error / max(model.tolerance, 4 * noise))
        seen.append((feed, got))
    return worst, seen


def check_statistics(path, names, seen):
    """The worst error in units of its bound."""
    import niello

    kinds = "mean,variance,min,max,l1,l2,linf,moments"
    compiled = niello.compile(path, threads=1, taps=names,
                              stats=[f"{name}={kinds}" for name in names])
    worst, combined, values = 0.0, {}, {}
    for feed, _ in seen:
        out = compiled.run(feed)
        for name in names:  # sizes that differ are not combined
            key = name, out[name].shape[-1:]
            mark = f"{name}.stats."
            combined.setdefault(key, niello.Statistics()).add(
                {k: v for k, v in out.items() if k.startswith(mark)})
            values.setdefault(key, []).append(
                out[name].reshape(-1, *out[name].shape[-1:] or (1,)))
    for key, statistics in combined.items():
        x = np.concatenate(values[key]).astype(float)
        n, size, got = len(x), np.abs(x), statistics[key[0]]
        assert got["count"] == n, (key, got["count"], n)
        eps = n * 2.0**-53
        square = (size**2).sum(0)
        checks = {
            "mean": (x.mean(0), eps * size.mean(0)),
            # The mean's own error counts once more for each deviation.
            "variance": (x.var(0), 4 * eps * square / n),
            "min": (x.min(0), 0), "max": (x.max(0), 0),
            "linf": (size.max(0), 0),
            "l1": (size.sum(0), eps * size.sum(0)),
            "l2": (np.sqrt(square), 2 * eps * np.sqrt(square)),
            "moments": (x.T @ x, n * 2.0**-24 * (size.T @ size))}
        for kind, (want, bound) in checks.items():
            # A mask of -3.4e38 has squares beyond f32.
            fits = size.T @ size < 3e38 if kind == "moments" else ...
            want, bound = want[fits], np.broadcast_to(bound, want.shape)[fits]
            error = np.abs(got[kind][fits] - want)
            # Of the values that are stored: their size says what 0 means.
            bound = np.maximum(bound, 2.0**-52 * np.abs(want))
            share = np.where(error == 0, 0, error / np.maximum(bound, 1e-300))
            worst = max(worst, float(share.max(initial=0)))
    return worst


def nothing(kind, shape):
    """The data of an edit that changes no value of this shape."""
    ones = (1,) * len(shape)
    return {"add": lambda: np.zeros(ones, "f4"),
            "scale": lambda: np.ones(ones, "f4"),
            "mask": lambda: np.ones(ones, "bool"),
            "project": lambda: np.zeros((1, shape[-1]), "f4")}[kind]()


def check_edits(path, names, seen):
    """How many outputs differ in a bit, over all kinds of edits of nothing."""
    import niello

    differ = 0
    for kind in ("add", "scale", "mask", "project"):
        compiled = niello.compile(path, threads=1, taps=names,
                                  edits=[f"{name}={kind}" for name in names])
        for feed, want in seen:
            data = {f"{name}.{kind}": nothing(kind, want[name].shape)
                    for name in names}
            got = compiled.run({**feed, **data})
            for name, value in want.items():
                differ += got[name].tobytes() != value.tobytes()
    return differ


def check_strict(path, names, seen):
    """Nor does one inside a block change any, where no block is raised."""
    import niello

    plain = niello.compile(path, threads=1, numerics="strict")
    edited = niello.compile(path, threads=1, numerics="strict",
                            edits=[f"{name}=scale" for name in names])
    differ = 0
    for feed, want in seen:
        data = {f"{name}.scale": nothing("scale", want[name].shape)
                for name in names}
        got = edited.run({**feed, **data})
        differ += sum(got[name].tobytes() != value.tobytes()
                      for name, value in plain.run(feed).items())
    return differ


def check_set(path, names, seen):
    """A model cut at a value goes on from it as it went on through it."""
    import niello

    differ = 0
    compiled = niello.compile(path, threads=1, taps=names,
                              edits=[f"{name}=set" for name in names])
    for feed, want in seen:
        data = {f"{name}.set": want[name] for name in names}
        got = compiled.run({**feed, **data})
        differ += sum(got[name].tobytes() != value.tobytes()
                      for name, value in want.items())
    return differ


def check(model):
    path = path_of(model)
    names = sites(path)
    assert len(names) >= 12, names
    taps, seen = check_taps(model, path, names)
    figures = {
        f"{len(names)} taps, error over tolerance": (taps, 1),
        "statistics, error over bound": (
            check_statistics(path, names, seen), 1),
        "values that an edit of nothing changes": (
            check_edits(path, names, seen), 0),
        "outputs that one changes in a strict compile": (
            check_strict(path, names, seen), 0),
        "values that differ where all are set": (
            check_set(path, names, seen), 0)}
    for what, (figure, most) in figures.items():
        print(f"     {what}: {figure:.3g}")
    return all(figure <= most for figure, most in figures.values())


def time_taps(model):
    """Runs with and without taps in turn; prints the medians of the ratios."""
    import niello

    path = path_of(model)
    feed = reference.References(path_of).case(model, 1)[0]
    blocks = [f"blocks.*.{name}" for name in (
        "attention.heads", "attention.out", "mlp.hidden", "mlp.out")]
    plain = niello.compile(path, threads=1)
    for what, taps in (("of blocks", blocks), ("anywhere", sites(path))):
        tapped = niello.compile(path, threads=1, taps=taps)
        ratios = []
        for _ in range(200):
            times = []
            for compiled in (plain, tapped):
                start = time.perf_counter()
                compiled.run(feed)
                times.append(time.perf_counter() - start)
            ratios.append(times[1] / times[0])
        count = len(tapped.outputs) - len(plain.outputs)
        low, middle, high = np.quantile(ratios, (.25, .5, .75))
        print(f"{model.name}: with {count} taps {what} {middle:.3f} times as "
              f"long (half of the runs from {low:.3f} to {high:.3f})")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", choices=NAMES)
    parser.add_argument("--time", action="store_true")
    options = parser.parse_args()
    models = [next(model for model in corpus.MODELS if model.name == name)
              for name in NAMES if options.only in (None, name)]
    if options.time:
        time_taps(models[0])
        return 0
    passed = 0
    for model in models:
        start = time.monotonic()
        fine = check(model)
        passed += fine
        print(f"{'PASS' if fine else 'FAIL'} {model.name} "
              f"({time.monotonic() - start:.1f} s)", flush=True)
    return checkout.last_line(passed, len(models) - passed)


if __name__ == "__main__":
    sys.exit(main())
