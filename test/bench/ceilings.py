# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the machine can do at most, by roofline.c, built where it runs."""

import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def measure(threads):
    """{"read 1": (figure, unit), ..}; empty, with a word, without clang."""
    compiler = shutil.which("clang-22") or shutil.which("clang")
    if not compiler:
        print("no ceilings: needs clang-22 to build roofline.c")
        return {}
    with tempfile.TemporaryDirectory(prefix="niello-bench-") as folder:
        program = Path(folder) / "roofline"
        subprocess.run(
            [compiler, "-std=c11", "-O2", "-march=native",
             str(HERE / "roofline.c"), "-lpthread", "-o", str(program)],
            check=True)
        done = subprocess.run([program, str(threads)], check=True,
                              capture_output=True, text=True)
    found = {}
    for line in done.stdout.splitlines():
        what, count, figure, unit = line.split()
        found[f"{what} {count}"] = (float(figure), unit)
    return found
