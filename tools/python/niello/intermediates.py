# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What onnxruntime computes inside a model: `niello verify --against` runs it.

    python intermediates.py MODEL NAMES OUT.npz

NAMES has a line `in<TAB>name<TAB>file.npy` for each input and `out<TAB>name`
for each value that is wanted. Optimisations are off, so that each node of the
file is computed as it stands there. It needs onnx and onnxruntime.
"""

import sys


def main(model_path, names, out):
    try:
        import numpy as np
        import onnx
        import onnxruntime as ort
    except ImportError as error:
        sys.exit(f"it needs the packages onnx and onnxruntime: {error}")
    feed, wanted = {}, []
    with open(names, encoding="utf-8") as lines:
        for line in lines:
            kind, name, file = line.rstrip("\n").split("\t")
            if kind == "in":
                feed[name] = np.load(file)
            else:
                wanted.append(name)
    model = onnx.load(model_path)
    made = {name for node in model.graph.node for name in node.output}
    known = {output.name for output in model.graph.output}
    wanted = [name for name in wanted if name in made]
    model.graph.output.extend(
        onnx.ValueInfoProto(name=name) for name in wanted if name not in known)
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = ort.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    types = {i.name: i.type for i in session.get_inputs()}
    # NumPy has no such type; the file holds its bits.
    for name, array in feed.items():
        if "bfloat16" in types.get(name, ""):
            sys.exit(f"input '{name}' is bfloat16, which it cannot be given")
    values = dict(zip(wanted, session.run(wanted, feed)))
    np.savez(out, **{name: value for name, value in values.items()
                     if isinstance(value, np.ndarray)})


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Exception as error:  # its last line becomes the sentence
        sys.exit(f"{type(error).__name__}: " + " ".join(str(error).split())[:400])
