# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints what llvm-symbolizer calls the code of each kernel of a program.

    symbolize.py PROGRAM

A line is a stack of functions, innermost first, and how many of the addresses
looked at, one in four bytes, are in it.
"""

import collections
import subprocess
import sys

program = sys.argv[1]


def output(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          text=True, **options).stdout


addresses = []
for line in output("llvm-nm", "--print-size", program).splitlines():
    fields = line.split()
    if len(fields) == 4 and fields[3].startswith("kernel_"):
        start, size = int(fields[0], 16), int(fields[1], 16)
        addresses += range(start, start + size, 4)
text = output(
    "llvm-symbolizer", f"--obj={program}", "--inlines", "--functions=linkage",
    input="".join(f"{hex(a)}\n" for a in addresses))
stacks = collections.Counter(
    " < ".join(block.splitlines()[::2]) for block in text.strip().split("\n\n"))
for stack, count in sorted(stacks.items()):
    print(count, stack)
