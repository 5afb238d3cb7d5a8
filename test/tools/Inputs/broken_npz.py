# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Breaks a .npz file in many ways and compares a model with each.

    broken_npz.py MODEL FILE.npz INPUT.npy
"""

import random
import subprocess
import sys
from pathlib import Path


def main(model, path, given):
    whole = Path(path).read_bytes()
    draw = random.Random(1)
    ends = [i for i in range(len(whole)) if whole[i:i + 2] == b"PK"]
    for number in range(60):
        data = bytearray(whole)
        if number % 3 == 0:
            data = data[:draw.randrange(len(data))]
        else:  # the headers, not the numbers
            at = draw.choice(ends) + draw.randrange(4, 46)
            data[at:at + 4] = draw.randbytes(draw.choice([1, 2, 4]))
        Path("broken.npz").write_bytes(data)
        done = subprocess.run(
            ["niello", "verify", model, "--against", "broken.npz", "--input",
             f"x={given}"], capture_output=True, text=True, errors="replace")
        if done.returncode not in (0, 1):
            sys.exit(f"{number}: {done.returncode} {done.stderr}")
    print("60 files, none crashed")


if __name__ == "__main__":
    main(*sys.argv[1:])
