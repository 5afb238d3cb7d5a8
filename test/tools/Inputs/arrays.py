# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Values of model.onnx as onnxruntime computes them, and files that are wrong."""

import numpy as np
import onnx
import onnxruntime

x = np.random.default_rng(3).standard_normal((5, 64)).astype("float32")
np.save("x.npy", x)
model = onnx.load("model.onnx")
model.graph.output.append(onnx.ValueInfoProto(name="h"))
session = onnxruntime.InferenceSession(
    model.SerializeToString(), providers=["CPUExecutionProvider"])
y, h = session.run(["y", "h"], {"x": x})
np.savez("right.npz", y=y, h=h, unknown=x)
np.savez_compressed("packed.npz", y=y, h=h)
np.savez("other.npz", z=y)
np.savez("typed.npz", y=y.astype("float64"))
y[2, 7] += 0.01
np.savez("wrong.npz", y=y, h=h)
np.savez("last.npz", y=y)
