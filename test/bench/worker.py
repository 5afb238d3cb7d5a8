# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""One engine with one model in a process, told by lines when to run.

    worker.py ENGINE MODEL.onnx THREADS [CPU,..]

It first prints a JSON object: {"load", "error"} with the seconds until the
model was ready and the error of its outputs relative to the largest reference
value, or {"failure": text}. To each line with a number of seconds it answers
{"times": [milliseconds of each run], "cores": how many were busy}; at the end of
its input it prints {"memory": MB at most} and ends.

Without CPUs it may use all; with them, only those.
"""

import json
import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


def error_of(got, want):
    """The largest error of all outputs, each relative to its largest value."""
    import numpy as np

    worst = 0.0
    if len(got) != len(want):
        raise RuntimeError(f"{len(got)} outputs, not {len(want)}")
    for a, b in zip(got, want):
        a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
        if a.shape != b.shape:
            raise RuntimeError(f"an output of shape {a.shape}, not {b.shape}")
        scale = np.abs(b).max(initial=0) or 1
        difference = np.abs(a - b).max(initial=0) / scale
        worst = max(worst, float(np.nan_to_num(difference, nan=np.inf)))
    return worst


def peak_memory():
    """In MB, since this program began: getrusage also counts its parent."""
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def serve(run, say):
    for line in sys.stdin:
        end = time.perf_counter() + float(line)
        times, begin, busy = [], time.perf_counter(), time.process_time()
        while not times or time.perf_counter() < end:
            start = time.perf_counter()
            run()
            times.append(1e3 * (time.perf_counter() - start))
        say({"times": times, "cores": (time.process_time() - busy)
             / (time.perf_counter() - begin)})
    say({"memory": peak_memory()})


def main(engine, path, threads, cpus=None):
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what an engine prints is no answer

    def say(answer):
        print(json.dumps(answer), file=answers, flush=True)

    if cpus:
        os.sched_setaffinity(0, [int(cpu) for cpu in cpus.split(",")])
    import engines
    import workloads

    path = Path(path)
    try:
        begin = time.perf_counter()
        run = engines.ENGINES[engine][0](
            path, int(threads), workloads.load(path, "in"))
        load = time.perf_counter() - begin
        wrong = error_of(run(), list(workloads.load(path, "out").values()))
    except Exception as problem:  # whatever an engine throws is its answer
        say({"failure": f"{type(problem).__name__}: {problem}"[:400]})
        return
    say({"load": load, "error": wrong})
    serve(run, say)


if __name__ == "__main__":
    main(*sys.argv[1:])
