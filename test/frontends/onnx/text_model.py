# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the ONNX model whose text stands in a test file.

    text_model.py FILE OUT.onnx

The text is everything below a line of `---`, in the syntax of onnx.parser.
"""

import sys

import onnx.parser


def main():
    source, out = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        text = file.read().split("\n---\n", 1)[1]
    model = onnx.parser.parse_model(text)
    with open(out, "wb") as file:
        file.write(model.SerializeToString())


if __name__ == "__main__":
    main()
