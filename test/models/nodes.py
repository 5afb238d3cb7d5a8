#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every kernel of a plan names a node, every node is somewhere.

    nodes.py                    all models of corpus.py
    nodes.py --only NAME,..     these
    nodes.py FILE..             model files

Asks `niello inspect --json`. A model counts as one test. The trail of the model
whose size is promised is measured as well.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "python")]
import checkout  # noqa: E402
import resume  # noqa: E402

REASONS = {"constant", "arithmetic on sizes", "nothing reads it",
           "the same as another"}
TRAILS = {"paraphrase-minilm-l3": 2_000_000}  # bytes, at most


def nodes_of(path):
    """Names of the graph's nodes, as the compiler calls them."""
    import onnx

    graph = onnx.load(path, load_external_data=False).graph
    return [node.name or ":".join([node.op_type, *node.output[:1]])
            for node in graph.node]


def check_nodes(path):
    """What is wrong with the nodes of the model, or nothing."""
    done = subprocess.run(
        [str(checkout.PROGRAM), "inspect", str(path), "--json"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        return done.stderr.strip()
    facts = json.loads(done.stdout)
    nameless = [kernel["results"] for kernel in facts["plan"]
                if not kernel["nodes"]]
    if nameless:
        return f"kernels of no node, which make {nameless}"
    places = dict(facts["nodes"])
    folded = places.pop("folded")
    strange = {node["reason"] for node in folded} - REASONS
    if strange:
        return f"reasons {strange}"
    listed = [name for place in places.values() for name in place]
    listed += [node["name"] for node in folded]
    twice = {name for name in listed if listed.count(name) > 1}
    missing = set(nodes_of(path)) - set(listed)
    in_kernels = {name for kernel in facts["plan"] for name in kernel["nodes"]}
    lost = in_kernels - set(places["in_kernels"])
    for what, names in [("listed twice", twice), ("nowhere", missing),
                        ("of kernels and not listed so", lost)]:
        if names:
            return f"{len(names)} nodes are {what}: {sorted(names)[:5]}"
    return None


def check_trail(path, most):
    """What is wrong with the size of the model's trail, or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        problem = resume.niello(path, "--dump-ir", f"{folder}/trail",
                                "-o", f"{folder}/model")
        if problem:
            return problem
        size = sum(file.stat().st_size
                   for file in Path(folder, "trail").iterdir())
    return f"its trail has {size} bytes" if size > most else None


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--only", help="names, separated by commas")
    options = parser.parse_args()
    models = ([(file.name, file.resolve()) for file in options.files]
              or resume.corpus_models(options.only))
    passed = failed = 0
    for name, path in models:
        problem = check_nodes(path)
        if not problem and name in TRAILS:
            problem = check_trail(path, TRAILS[name])
        failed, passed = failed + bool(problem), passed + (not problem)
        print(f"FAIL {name}: {problem}" if problem else f"PASS {name}",
              flush=True)
    return checkout.last_line(passed, failed)


if __name__ == "__main__":
    sys.exit(main())
