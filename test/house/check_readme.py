# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs what the README says, and compares what it shows.

    check_readme.py ROOT BUILD

Quick start: each line of its `sh` blocks that starts with build/bin/niello or
./ runs, in a folder with the model of block_model.py as model.onnx. Excerpts: a
block under a line `<!-- from: COMMAND -->` stands in that command's output,
locations and the names of values and registers aside; a line of `...` leaves
lines out, one at the end of a line its rest. Read Niello in an hour: its
files exist, and are at most 12.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

MOST_FILES, MOST_LINES = 12, 10


def section(text, title):
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.M | re.S)[1]


def run(command, folder):
    done = subprocess.run(command, shell=True, cwd=folder, text=True,
                          capture_output=True)
    if done.returncode:
        sys.exit(f"README: `{command}` ends with {done.returncode}:\n"
                 f"{done.stdout}{done.stderr}")
    return done.stdout


def plain(text):
    """Lines without indentation, locations, repeated blanks and names."""
    lines = []
    for line in text.splitlines():
        line = re.sub(r" loc\((#\w+|\"[^\"]*\")\)", "", line)
        line = re.sub(r"%[\w-]+", "%", line)
        line = re.sub(r"\s+", " ", line).strip()
        if line:
            lines.append(line)
    return lines


def is_line(excerpt, line):
    if excerpt.endswith(" ..."):
        return line.startswith(excerpt[:-4])
    return excerpt == line


def find(excerpt, output):
    """The first line of the excerpt that is not where it should be, or None."""
    runs = [[]]
    for line in excerpt:
        if line == "...":
            runs.append([])
        else:
            runs[-1].append(line)
    position = 0
    for run_of_lines in filter(None, runs):
        best = 0
        for start in range(position, len(output)):
            same = 0
            while (same < len(run_of_lines) and start + same < len(output)
                   and is_line(run_of_lines[same], output[start + same])):
                same += 1
            best = max(best, same)
            if same == len(run_of_lines):
                position = start + same
                break
        else:
            return run_of_lines[best]
    return None


def main(root, build):
    text = (Path(root) / "README.md").read_text()
    start = section(text, "Quick start")
    hour = section(text, "Read Niello in an hour")
    failed = []

    shell = "".join(re.findall(r"```sh\n(.*?)```", start, re.S)).splitlines()
    commands = [line for line in shell
                if line.startswith(("build/bin/niello", "./"))]
    if not commands or len(shell) > MOST_LINES:
        failed.append(f"the quick start has {len(commands)} commands to run in "
                      f"{len(shell)} lines")

    files = set(re.findall(r"`([\w./-]+/[\w.-]+\.\w+)`", hour))
    missing = [name for name in sorted(files)
               if not (Path(root) / name).is_file()]
    if missing or len(files) > MOST_FILES:
        failed.append(f"the hour names {len(files)} files, missing: {missing}")

    excerpts = re.findall(r"<!-- from: (.*?) -->\n```\w*\n(.*?)```", text, re.S)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "build").symlink_to(build)
        run(f"{sys.executable} {root}/test/house/block_model.py model.onnx",
            folder)
        for command in commands:
            run(command, folder)
        for command, excerpt in excerpts:
            output = run(f"build/bin/{command}", folder)
            line = find(plain(excerpt), plain(output))
            if line:
                failed.append(f"`{command}` does not print this there:\n  {line}")
    for what in failed:
        print(f"README: {what}")
    print(f"{len(commands)} commands, {len(excerpts)} excerpts, "
          f"{len(files)} files, {len(failed)} wrong")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
