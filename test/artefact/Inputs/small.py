# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""small.py PROGRAM: its size and the time from start to output."""

import os
import subprocess
import sys
import time

program = sys.argv[1]
size = os.path.getsize(program)
assert size < 100 * 1024, f"{size} bytes"


def milliseconds():
    start = time.perf_counter()
    subprocess.run([program, "--input", "x=1,2,3"], check=True,
                   stdout=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - start)


best = min(milliseconds() for _ in range(20))
assert best < 5, f"{best} ms"
