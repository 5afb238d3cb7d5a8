#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Gives broken model files to `niello compile` and reads what it says.

    run.py                every case
    run.py --only REGEX   these
    run.py --write DIR    keep the files, a folder a case, and stop
    run.py --show         print what was said for each case

A case passes when the exit code is the expected one, a line of the output
matches the expected sentence, the sentence names the file, no words of a
compiler's inside are in it, and nothing is left where the artefact should be.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2] / "python")]
import checkout  # noqa: E402
from cases import CASES  # noqa: E402
import graphs  # noqa: E402,F401  (registers its cases)

# What a user must never read.
INSIDE = re.compile(
    r"failed to legalize|Assertion|Stack dump|PLEASE submit|LLVM ERROR|"
    r"terminate called|Segmentation|std::|loc\(|AddressSanitizer")
SECONDS = 20


def problem(case, show):
    """What is wrong about one case, or None."""
    with tempfile.TemporaryDirectory(prefix="niello-bad-") as folder:
        inputs, outputs = Path(folder, "in"), Path(folder, "out")
        inputs.mkdir()
        outputs.mkdir()
        path = case.make(str(inputs))
        command = [str(checkout.PROGRAM), "compile", path,
                   "-o", str(outputs / "model"), *case.flags]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True,
                text=True, errors="replace", timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return f"still running after {SECONDS} s"
        text = done.stderr.strip()
        if show:
            print(f"--- {case.name}: exit code {done.returncode}\n{text}")
        last = text.splitlines()[-1] if text else "nothing"
        if done.returncode != case.code:
            return f"exit code {done.returncode}, not {case.code}: {last}"
        if INSIDE.search(text):
            return f"speaks of the compiler's inside: {last}"
        if not re.search(case.sentence, text):
            return f"needs a sentence like /{case.sentence}/, got: {text}"
        if not case.flags and os.path.basename(path) not in text:
            return f"does not name the file: {text}"
        if any(outputs.iterdir()):
            return "left a file behind"
    return None


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", metavar="REGEX", default=".*")
    parser.add_argument("--write", metavar="DIR")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    chosen = [c for c in CASES if re.fullmatch(options.only, c.name)]
    if options.write:
        for case in chosen:
            folder = Path(options.write, case.name)
            folder.mkdir(parents=True)
            print(case.make(str(folder)))
        return 0
    failed = 0
    for case in chosen:
        wrong = problem(case, options.show)
        if wrong:
            failed += 1
            print(f"FAIL {case.name}: {wrong}", flush=True)
    return checkout.last_line(len(chosen) - failed, failed)


if __name__ == "__main__":
    sys.exit(main())
