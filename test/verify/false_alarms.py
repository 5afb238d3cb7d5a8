#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs `niello verify` on models that are compiled rightly.

    false_alarms.py corpus            each model of test/models, each case
    false_alarms.py suite             each case of onnx's suite that passes
    false_alarms.py differential      500 graphs of the differential fuzzer
        [--every N]                   one in N of them
        [--only REGEX] [--jobs N] [-v]

Their results are compared with an oracle elsewhere; so whatever `verify` calls
wrong here is a false alarm, and what it cannot judge is counted by its reason.
"""

import argparse
import collections
import concurrent.futures
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

HERE = Path(__file__).resolve().parent
TEST = HERE.parent
sys.path[:0] = [str(TEST / folder) for folder in (
    "python", "models", "frontends/onnx", "fuzz/differential")]
import checkout  # noqa: E402

SECONDS = 600  # for one; the largest model of the corpus takes a minute


def stored(array):
    """As NumPy's file format can hold it: types that it lacks by their bits."""
    array = np.asarray(array)
    name = array.dtype.name
    if name in ("int4", "int2"):
        return array.astype("int8")
    if name in ("uint4", "uint2", "float4_e2m1fn"):
        return (array.view("uint8") if name.startswith("float")
                else array.astype("uint8"))
    if name == "bfloat16":
        return array.view("uint16")
    return array.view("uint8") if name.startswith("float8") else array


def corpus_tasks(_):
    import corpus
    import reference
    import run as models

    references = reference.References(models.path_of)
    for model in corpus.MODELS:
        for number in range(len(model.cases)):
            yield (f"{model.name}/{number}", lambda m=model, n=number: (
                models.path_of(m), references.case(m, n)[0]))


def suite_tasks(_):
    import suite_cases

    not_passing = {
        line.split("\t")[0]
        for line in (TEST / "frontends/onnx/backend_not_passing.tsv")
        .read_text().splitlines() if not line.startswith("#")}

    class Backend:  # the suite wants one to make its cases for
        @staticmethod
        def supports_device(device):
            return device == "CPU"

    for case in suite_cases.collect(Backend):
        if case.name not in not_passing:
            yield case.name, lambda c=case: suite_case(c)


def suite_case(case):
    model = case.model()
    source = case.source
    if source.data_sets:
        arrays = source.data_sets[0][0]
    elif source.model_dir is None:
        arrays = []  # a light one; what is not given is made up
    else:
        folder = Path(source.model_dir) / "test_data_set_0"
        arrays = [numpy_helper.to_array(onnx.load_tensor(path)) for path in sorted(
            folder.glob("input_*.pb"), key=lambda p: int(p.stem[6:]))]
    given = {t.name for t in model.graph.initializer}
    names = [i.name for i in model.graph.input if i.name not in given]
    feed = {name: numpy_helper.to_array(a)
            if isinstance(a, onnx.TensorProto) else a
            for name, a in zip(names, arrays)}
    return model, feed


def differential_tasks(count):
    import catalogue
    import compare

    pairs = catalogue.all_pairs()
    for seed in range(count):
        def make(s=seed):
            trial = compare.draw_trial(s, pairs)
            return trial.model, trial.feeds[0]
        yield f"seed {seed}", make


def verify(make):
    """(exit code, what was said)"""
    with tempfile.TemporaryDirectory() as scratch:
        model, feed = make()
        if isinstance(model, onnx.ModelProto):
            path = f"{scratch}/model.onnx"
            onnx.save(model, path)
        else:
            path = str(model)
        arguments = []
        for number, (name, array) in enumerate(feed.items()):
            np.save(f"{scratch}/{number}.npy", stored(array))
            arguments += ["--input", f"{name}={scratch}/{number}.npy"]
        try:
            done = subprocess.run(
                [checkout.PROGRAM, "verify", path, *arguments], text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                timeout=SECONDS, errors="replace", cwd=scratch)
        except subprocess.TimeoutExpired:
            return -1, f"not done within {SECONDS} s"
        return done.returncode, done.stdout + done.stderr


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["corpus", "suite", "differential"])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--count", type=int, default=500,
                        help="seeds of the differential fuzzer")
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args()
    tasks = [task for task in {"corpus": corpus_tasks, "suite": suite_tasks,
                               "differential": differential_tasks}[
        options.what](options.count) if re.search(options.only, task[0])]
    tasks = tasks[::options.every]
    alarms, others = [], collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for (name, _), (code, said) in zip(
                tasks, pool.map(lambda task: verify(task[1]), tasks)):
            if options.v:
                print(f"{name}: {code}", flush=True)
            if code == 3 or code < 0:
                alarms.append(name)
                print(f"ALARM {name}\n{said}", flush=True)
            elif code:
                reason = re.sub(r"'[^']*'|\d+", "_", said.strip())[-200:]
                others[code, reason] += 1
                if options.v:
                    print(f"     {said.strip()[-300:]}", flush=True)
    for (code, reason), count in others.most_common(30):
        print(f"{count} could not be judged ({code}): {reason}")
    judged = len(tasks) - len(alarms) - sum(others.values())
    print(f"{judged} of {len(tasks)} judged right, {len(alarms)} alarms, "
          f"{sum(others.values())} not judged")
    return checkout.last_line(len(tasks) - len(alarms), len(alarms))


if __name__ == "__main__":
    sys.exit(main())
