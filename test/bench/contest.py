# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Engines in turns: each in its own process, all in the same minutes.

A slice of one is followed by a slice of the next, so that what else happens on
the machine happens to all of them.
"""

import json
import select
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Contestant:
    """A worker.py and what it has answered so far."""

    def __init__(self, engine, path, threads, cpus):
        self.engine, self.threads = engine, threads
        self.times, self.cores, self.facts = [], [], {}
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "worker.py"), engine, str(path),
             str(threads), ",".join(map(str, cpus))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, bufsize=1)

    def hear(self, timeout):
        """Takes an answer; one that does not come ends the contestant."""
        ready, _, _ = select.select([self.process.stdout], [], [], timeout)
        line = self.process.stdout.readline() if ready else ""
        if line:
            return json.loads(line)
        self.process.kill()
        code = self.process.wait()
        return {"failure": f"died with exit code {code}" if ready else
                f"no answer within {timeout:g} s"}

    def prepare(self, timeout):
        self.facts = self.hear(timeout)

    def run(self, seconds):
        if "failure" in self.facts:
            return
        self.process.stdin.write(f"{seconds}\n")
        answer = self.hear(60 + 10 * seconds)
        if "failure" in answer:
            self.facts = answer
            return
        self.times += answer["times"]
        self.cores.append(answer["cores"])

    def end(self):
        """What is known of it, as a dictionary of numbers."""
        if self.process.poll() is None:
            self.process.stdin.close()
            self.facts.update(self.hear(60))
            self.process.wait()
        row = {"engine": self.engine, "threads": self.threads, **self.facts}
        if self.times and "failure" not in row:
            ordered = sorted(self.times)

            def at(share):
                return ordered[min(len(ordered) - 1,
                                   int(share * len(ordered)))]

            row.update(
                best=ordered[0], median=at(0.5), runs=len(ordered),
                # Between the ninth and the first tenth, as part of the median.
                spread=(at(0.9) - at(0.1)) / at(0.5),
                cores=sum(self.cores) / len(self.cores))
        return row


def compete(path, contestants, rounds, seconds, patience=900):
    """Runs (engine, threads, CPUs) in turns; returns a row each."""
    runners = []
    for engine, threads, cpus in contestants:
        runner = Contestant(engine, path, threads, cpus)
        runner.prepare(patience)  # one by one: a compile takes all cores
        runners.append(runner)
    for _ in range(rounds):
        for runner in runners:
            runner.run(seconds)
    return [runner.end() for runner in runners]


class Burner:
    """Another program that never rests, on one CPU, while it is entered."""

    def __init__(self, cpu):
        self.cpu = cpu

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", "import os\n"
             f"os.sched_setaffinity(0, [{self.cpu}])\nwhile True: pass"])
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
