# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Each node of a model is in one of the places that a trail's index lists.

    count_nodes.py MODEL.onnx INDEX.md
"""

import re
import sys

import onnx

model, index = sys.argv[1:]
graph = onnx.load(model, load_external_data=False).graph
nodes = graph.node
with open(index) as file:
    text = file.read().split("## Where the nodes went")[1]
counts = [int(n) for n in re.findall(r"^- [^:]+: (\d+)", text, re.M)]
listed = re.findall(r"`([^`]+)`", text)
assert sum(counts) == len(nodes), (counts, len(nodes))
assert len(listed) == len(set(listed)) == sum(counts[1:]), listed
assert set(listed) <= {node.name for node in nodes}, listed
