# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""stub.py LIBC: its symbols are, at their versions, in this machine's glibc."""

import re
import subprocess
import sys


def symbols(path):
    done = subprocess.run(["llvm-nm", "-D", "--defined-only", path],
                          capture_output=True, text=True, check=True)
    return set(re.findall(r" \w (\w+@@GLIBC_[\d.]+)$", done.stdout, re.M))


maps = open("/proc/self/maps").read()
real = re.search(r"(/\S*/libc[.-]\S*)", maps)
assert real, "this Python has no libc.so"
stub = symbols(sys.argv[1])
assert len(stub) > 50, stub
missing = stub - symbols(real.group(1))
assert not missing, missing
