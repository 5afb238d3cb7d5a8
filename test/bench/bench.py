#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Times compiled models beside onnxruntime, and the compiler itself.

    bench.py                 everything below
    bench.py --only G[,G]    of: speed, table, one-op
    bench.py --seconds 5     how long each engine is timed (4)

speed   MiniLM-L6 at 1 x 128 and ResNet-50: ratio to onnxruntime, one thread,
        in turns in the same run; time and peak memory of the compile
table   a model with an external table of 4 GB: peak memory of the compile,
        time from start to answer of its executable and of its library
one-op  a one-operator model: size of the static executable, start to answer

Each figure is printed beside its limit; the last line counts those within.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "python"))
import numpy as np  # noqa: E402

import checkout  # noqa: E402

# Where the compiled model may still be slower, as a ratio to onnxruntime.
SLOWER = {"a_minilm": 3.0, "c_resnet50": 6.0}
# The disk must hold the artefact with the table twice.
TABLE_DISK = 10 << 30
COUNTS = [0, 0]


def figure(what, value, limit, unit):
    """Prints one figure and counts whether it keeps its limit."""
    kept = value <= limit
    COUNTS[not kept] += 1
    print(f"{'ok  ' if kept else 'OVER'} {what}: {value:.3g} {unit} "
          f"(limit {limit:g})", flush=True)


def measured(command):
    """(seconds, peak memory in MB, exit code) of a command."""
    begin = time.monotonic()
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    child.returncode = code
    return time.monotonic() - begin, usage.ru_maxrss / 1024, code


def compile_to(path, output, kind):
    """Compiles; returns (seconds, MB) or raises."""
    seconds, memory, code = measured(
        [str(checkout.PROGRAM), "compile", str(path), "-o", str(output),
         f"--emit={kind}"])
    if code:
        raise RuntimeError(f"niello compile {path.name} ended with {code}")
    return seconds, memory


def best_of(repeats, command):
    """Least seconds of a few runs of a program."""
    times = []
    for _ in range(repeats):
        seconds, _, code = measured(command)
        if code:
            raise RuntimeError(f"{command[0]} ended with {code}")
        times.append(seconds)
    return min(times)


def run_flags(feed, folder):
    flags = []
    for name, array in feed.items():
        file = Path(folder) / f"{name}.npy"
        np.save(file, array)
        flags += ["--input", f"{name}={file}"]
    return flags


# ---------------------------------------------------------------------- speed
def times_in_turns(runs, seconds):
    """Least and median milliseconds of each function, called in turns."""
    times = [[] for _ in runs]
    end = time.monotonic() + seconds * len(runs)
    while time.monotonic() < end or len(times[0]) < 5:
        for run, record in zip(runs, times):
            begin = time.perf_counter()
            run()
            record.append(1e3 * (time.perf_counter() - begin))
    return [(min(record), float(np.median(record))) for record in times]


def speed(folder, options):
    import models
    import niello
    import onnxruntime

    for name, limit in SLOWER.items():
        path, feed = models.write(name, folder)
        library = Path(folder) / f"{name}.so"
        seconds, memory = compile_to(path, library, "shared")
        if name == "a_minilm":
            figure(f"{name}, compile", seconds, 15, "s")
        else:
            print(f"     {name}, compile: {seconds:.3g} s")
        print(f"     {name}, peak memory of the compile: {memory:.0f} MB")
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = settings.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(path), settings, providers=["CPUExecutionProvider"])
        model = niello.load(library, threads=1)
        got = list(model.run(feed).values())[0]
        want = session.run(None, feed)[0]
        error = float(np.abs(got - want).max() / np.abs(want).max())
        figure(f"{name}, error relative to the largest value", error, 1e-3, "")
        ours, theirs = times_in_turns(
            [lambda: model.run(feed), lambda: session.run(None, feed)],
            options.seconds)
        print(f"     {name}: niello {ours[0]:.1f} ms least, {ours[1]:.1f} "
              f"median; onnxruntime {theirs[0]:.1f}, {theirs[1]:.1f}")
        figure(f"{name}, times onnxruntime (least)", ours[0] / theirs[0],
               limit, "")


# ---------------------------------------------------------------- large table
LOAD_AND_RUN = """
import sys, time, numpy
sys.path.insert(0, sys.argv[1])
import niello
ids = numpy.load(sys.argv[3])
begin = time.monotonic()
out = niello.load(sys.argv[2], threads=1).run({"ids": ids})["y"]
seconds = time.monotonic() - begin
assert (out[:, 0] == ids + numpy.float32(0.5)).all(), out[:, 0]
print(seconds)
"""


def table(folder, options):
    import models

    free = os.statvfs(folder)
    if free.f_bavail * free.f_frsize < TABLE_DISK:
        raise RuntimeError(f"needs {TABLE_DISK >> 30} GB free in {folder}")
    path, feed = models.write("embedding", folder)
    program, library = Path(folder) / "table", Path(folder) / "table.so"
    for output, kind in ((program, "exe"), (library, "shared")):
        seconds, memory = compile_to(path, output, kind)
        figure(f"4 GB table, peak memory of the compile ({kind})", memory,
               1024, "MB")
        print(f"     4 GB table, compile ({kind}): {seconds:.3g} s")
    flags = run_flags(feed, folder)
    figure("4 GB table, executable from start to answer",
           1e3 * best_of(5, [str(program), *flags]), 50, "ms")
    ids = str(Path(folder) / "ids.npy")
    times = [float(subprocess.run(
        [sys.executable, "-c", LOAD_AND_RUN, str(checkout.BUILD / "python"),
         str(library), ids], check=True, capture_output=True, text=True
        ).stdout) for _ in range(5)]
    figure("4 GB table, library from load to answer", 1e3 * min(times), 50,
           "ms")


# ------------------------------------------------------------------- one node
def one_op(folder, options):
    import models

    path, feed = models.write("one_op", folder)
    program = Path(folder) / "one_op"
    seconds, _ = compile_to(path, program, "exe")
    print(f"     one operator, compile: {seconds:.3g} s")
    figure("one operator, static executable", program.stat().st_size / 1000,
           100, "KB")
    figure("one operator, from start to answer", 1e3 * best_of(
        20, [str(program), *run_flags(feed, folder)]), 5, "ms")


GROUPS = {"speed": speed, "table": table, "one-op": one_op}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", default=",".join(GROUPS))
    parser.add_argument("--seconds", type=float, default=4)
    options = parser.parse_args()
    chosen = options.only.split(",")
    if unknown := set(chosen) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    for name in chosen:
        with tempfile.TemporaryDirectory(prefix="niello-bench-") as folder:
            try:
                GROUPS[name](folder, options)
            except Exception as error:
                COUNTS[1] += 1
                print(f"FAIL {name}: {error}", flush=True)
    return checkout.last_line(*COUNTS)


if __name__ == "__main__":
    sys.exit(main())
