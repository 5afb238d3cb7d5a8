# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Breaks artefacts in many ways and looks at each with `niello inspect`.

    broken_artefacts.py EXECUTABLE ARCHIVE

Prints what is said of a few that are broken on purpose, then of how many that
are broken at random: each has to end with 0, or with 1 and a sentence.
"""

import random
import re
import struct
import subprocess
import sys
from pathlib import Path

ABI = struct.pack("<II", 104, 1)  # how a descriptor starts


def inspect(path):
    done = subprocess.run(["niello", "inspect", path], capture_output=True,
                          text=True, errors="replace", timeout=60)
    sentence = re.sub(r"^niello: '[^']*' ", "", done.stderr).strip()
    if done.returncode not in (0, 1) or (done.returncode and not sentence):
        sys.exit(f"{path} ended with {done.returncode}: {done.stderr}")
    return sentence


def main():
    exe = Path(sys.argv[1])
    whole, archive = exe.read_bytes(), Path(sys.argv[2]).read_bytes()
    broken = str(exe) + ".broken"
    tried = 0

    def look(data, name=None):
        nonlocal tried
        tried += 1
        Path(broken).write_bytes(data)
        sentence = inspect(broken)
        if name:
            print(f"{name}: {sentence}")

    def patched(at, data):
        return whole[:at] + data + whole[at + len(data):]

    descriptor = whole.index(ABI)
    look(whole[:len(whole) // 2], "cut")
    look(patched(descriptor + 4, struct.pack("<I", 9)), "version")
    look(patched(descriptor + 88, struct.pack("<I", 2**32 - 1)), "entries")
    look(archive[:200], "archive")

    # The headers and the tables that lead to the descriptor, not the weights.
    draw = random.Random(1)
    size = len(whole)
    sections = struct.unpack_from("<Q", whole, 40)[0]
    places = [(0, 64), (sections, size), (descriptor - 512, descriptor + 128)]
    for i in range(120):
        low, high = places[i % len(places)]
        at = draw.randrange(low, min(high, size - 8))
        look(patched(at, draw.randbytes(draw.choice([1, 4, 8]))))
    for i in range(20):
        look(whole[:draw.randrange(size)])
    print(f"{tried} files, none crashed")


if __name__ == "__main__":
    main()
