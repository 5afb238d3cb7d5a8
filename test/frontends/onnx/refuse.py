# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles each file of a folder, a model in the syntax of onnx.parser.

    refuse.py FOLDER

Prints NAME: SENTENCE for each line that niello says; ends with 1, or with 0
where a model was compiled although it should not be, or with a wrong status.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import onnx.parser


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "model.onnx"))
        for file in sorted(Path(sys.argv[1]).iterdir()):
            model = onnx.parser.parse_model(file.read_text(encoding="utf-8"))
            Path(path).write_bytes(model.SerializeToString())
            done = subprocess.run(
                ["niello", "compile", path, "--emit=source", "-o",
                 str(Path(folder, "out"))], capture_output=True, text=True)
            for line in done.stderr.splitlines():
                print(f"{file.name}: {line}")
            if done.returncode not in (1, 2):
                print(f"{file.name}: ended with {done.returncode}")
                return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
