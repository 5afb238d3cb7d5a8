#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""kill at random moments of a compile and of a cached run.

    kill.py [--moments N] [--seed N] [--keep DIR]

Four of five by signal 9, which nothing can catch, the fifth by 15, which leaves
nothing at once. After each, what has the final name is whole: the file before or the file after.
The next run works, gives the same bytes or outputs, and removes what the killed
one left. Half of the moments are in the last quarter of the time, in which
files are written. At the end, runs that start at once on one empty cache.
"""

import argparse
import ctypes
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "python"))
from checkout import PROGRAM as NIELLO  # noqa: E402

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
PART = re.compile(r".+\.part-[^.]{6}")


def start(command, **more):
    return subprocess.Popen(command, start_new_session=True,
                            stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, **more)


def signal_of(number):
    return signal.SIGTERM if number % 5 == 4 else signal.SIGKILL


def kill_at(number, seconds, written, command, **more):
    """Whether it was still running then: so long after its start or, where a
    folder is given, after it began to write there."""
    process = start(command, **more)
    while written and process.poll() is None and not any(
            PART.fullmatch(name) for name in os.listdir(written)):
        time.sleep(0.0005)
    time.sleep(seconds)
    ended = process.poll()
    if ended is None:
        os.kill(process.pid, signal_of(number))
        process.wait()
    while True:  # what it has started dies with it, and comes to us
        try:
            os.waitpid(-process.pid, 0)
        except ChildProcessError:
            return ended is None


def timed(command, **more):
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{command} gave {done.returncode}: {done.stderr}")
    return time.monotonic() - begun


class Kills:
    def __init__(self, folder, moments, seed):
        self.folder, self.moments = folder, moments
        self.random = random.Random(seed)
        self.problems = []
        self.passed = 0
        self.model = folder / "block.onnx"
        subprocess.run([sys.executable, HERE.parent / "house/block_model.py",
                        self.model], check=True)

    def moment(self, number, seconds, folder):
        """What kill_at wants; linking takes a tenth of the time."""
        if number // 2 % 2:
            return number, seconds / 10 * self.random.random(), folder
        return number, seconds * self.random.random(), None

    def check(self, what, holds):
        if not holds:
            self.problems.append(what)
            print(f"FAIL {what}", flush=True)
        else:
            self.passed += 1

    def left(self, folder):
        """(names of whole files, of parts) in a folder."""
        names = [path.name for path in folder.iterdir()]
        parts = [name for name in names if PART.fullmatch(name)]
        return sorted(set(names) - set(parts)), parts

    def compiles(self):
        output = self.folder / "out/model"
        output.parent.mkdir()
        command = [NIELLO, "compile", self.model, "-o", output,
                   "--no-cache"]
        seconds = max(timed(command), timed(command))
        whole, killed, parts = output.read_bytes(), 0, 0
        for number in range(self.moments):
            what, old = f"compile {number}", None
            output.unlink(missing_ok=True)
            if number % 2:
                old = b"what was there before"
                output.write_bytes(old)
            killed += kill_at(*self.moment(number, seconds, output.parent),
                              command)
            names, left = self.left(output.parent)
            parts += bool(left)
            self.check(f"{what}: stopped, it leaves {left}",
                       not left or signal_of(number) == signal.SIGKILL)
            found = output.read_bytes() if output.exists() else None
            self.check(f"{what}: the file before or after",
                       found in (old, whole) and names in ([], ["model"]))
            timed(command)
            names, left = self.left(output.parent)
            self.check(f"{what}: the next one works",
                       output.read_bytes() == whole and names == ["model"])
            self.check(f"{what}: nothing stays, but {left}", not left)
        print(f"{self.moments} compiles of {seconds:.2f} s: {killed} killed, "
              f"{parts} left files to remove", flush=True)

    def run(self, cache, outputs):
        return dict(args=[NIELLO, "run", self.model, "--input",
                          "x[3,64]=random:1", "--output-dir", outputs],
                    env=dict(os.environ, NIELLO_CACHE=str(cache)))

    def outputs(self, folder):
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    def runs(self):
        cache = self.folder / "cache"
        made, killed_one = self.folder / "made", self.folder / "killed"
        for folder in (made, killed_one):
            folder.mkdir()
        how = self.run(cache, made)
        seconds = timed(how["args"], env=how["env"])
        expected = self.outputs(made)
        (entry,), _ = self.left(cache / "run")
        whole = (cache / "run" / entry).read_bytes()
        again = timed(how["args"], env=how["env"])
        broken, killed, parts = self.run(cache, killed_one), 0, 0
        for number in range(self.moments):
            what, cached = f"run {number}", number % 4 == 0
            if not cached:
                (cache / "run" / entry).unlink()
            killed += kill_at(*self.moment(
                number, again if cached else seconds,
                None if cached else cache / "run"),
                broken["args"], env=broken["env"])
            names, left = self.left(cache / "run")
            parts += bool(left)
            self.check(f"{what}: stopped, it leaves {left}",
                       not left or signal_of(number) == signal.SIGKILL)
            self.check(f"{what}: a whole entry or none", names in
                       ([entry], [] if not cached else None) and all(
                           (cache / "run" / name).read_bytes() == whole
                           for name in names))
            for file in made.iterdir():
                file.unlink()
            timed(how["args"], env=how["env"])
            names, left = self.left(cache / "run")
            self.check(f"{what}: the next one works",
                       self.outputs(made) == expected and names == [entry])
            self.check(f"{what}: nothing stays, but {left}", not left)
        print(f"{self.moments} runs of {seconds:.2f} s, cached "
              f"{again:.2f} s: {killed} killed, {parts} left files to remove",
              flush=True)
        return expected

    def at_once(self, expected):
        cache, folders = self.folder / "shared", []
        for number in range(4):
            folders.append(self.folder / f"at-once-{number}")
            folders[-1].mkdir()
        processes = [start(how["args"], env=how["env"]) for how in
                     (self.run(cache, folder) for folder in folders)]
        codes = [process.wait() for process in processes]
        self.check(f"four runs at once end with {codes}", not any(codes))
        self.check("they give the same", all(
            self.outputs(folder) == expected for folder in folders))
        names, left = self.left(cache / "run")
        self.check("one entry for all", len(names) == 1 and not left)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--moments", type=int, default=250,
                        help="of compiles, and as many of runs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="DIR",
                        help="work there and leave it")
    options = parser.parse_args()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        kills = Kills(folder, options.moments, options.seed)
        kills.compiles()
        kills.at_once(kills.runs())
    print(f"{kills.passed} passed, {len(kills.problems)} failed")
    return bool(kills.problems)


if __name__ == "__main__":
    sys.exit(main())
