# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Times the image kernels at run-time sizes, for bench.py's group `image`.

Each model is timed three times in turns in the same run: as it is compiled, by
the plain loops (-O0) and by onnxruntime, one thread. Printed as ratios; there
is no limit, since the point is to see where a stencil stops paying.
"""

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

IMAGE, FEATURES = (1, 3, 480, 640), (1, 64, 112, 112)
FLOAT = TensorProto.FLOAT
POOL = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}


def resize(mode, scale, **attributes):
    return (helper.make_node("Resize", ["x", "", "scales"], ["y"], mode=mode,
                             **attributes), IMAGE, scale)


def sample(mode):
    return helper.make_node("GridSample", ["x", "grid"], ["y"], mode=mode), \
        IMAGE, None


def pool(kind, stride):
    return helper.make_node(f"{kind}Pool", ["x"], ["y"],
                            strides=[stride] * 2, **POOL), FEATURES, None


MODELS = {
    "resize linear, 480 x 640 to twice": resize("linear", 2),
    "resize cubic, to twice": resize("cubic", 2),
    "resize nearest, to twice": resize("nearest", 2),
    "resize linear, to half": resize("linear", 0.5),
    "resize linear antialias, to half": resize("linear", 0.5, antialias=1),
    "grid sample linear, 480 x 640": sample("linear"),
    "grid sample cubic": sample("cubic"),
    "max pool 3 x 3, 64 x 112 x 112": pool("Max", 1),
    "max pool 3 x 3 by 2": pool("Max", 2),
    "average pool 3 x 3 by 2": pool("Average", 2),
    "RoiAlign, 200 regions of 7 x 7": (
        helper.make_node(
            "RoiAlign", ["x", "regions", "batches"], ["y"], output_height=7,
            output_width=7, sampling_ratio=2, spatial_scale=0.25),
        FEATURES, None),
}


def write(name, folder):
    """(path, inputs) of the model of that name; every size is free."""
    node, shape, scale = MODELS[name]
    rng = np.random.default_rng(0)
    feed = {"x": rng.standard_normal(shape, dtype=np.float32)}
    constants = []
    if scale:
        constants.append(numpy_helper.from_array(
            np.array([1, 1, scale, scale], np.float32), "scales"))
    if node.op_type == "GridSample":
        feed["grid"] = rng.uniform(-1.1, 1.1, (1, 480, 640, 2)).astype(
            np.float32)
    if node.op_type == "RoiAlign":
        corners = rng.uniform(0, 200, (200, 4)).astype(np.float32)
        corners[:, 2:] += corners[:, :2]
        feed.update(regions=corners, batches=np.zeros(200, np.int64))
    inputs = []
    for key, array in feed.items():
        # A grid's last size and a region's are the operator's own.
        dims = [f"{key}{i}" for i in range(array.ndim)]
        if key in ("grid", "regions"):
            dims[-1] = array.shape[-1]
        if key in ("regions", "batches"):
            dims[0] = "regions"
        inputs.append(helper.make_tensor_value_info(
            key, helper.np_dtype_to_tensor_dtype(array.dtype), dims))
    graph = helper.make_graph(
        [node], "image", inputs,
        [helper.make_tensor_value_info("y", FLOAT, [None] * 4)], constants)
    path = folder / "image.onnx"
    # The newest opset that onnxruntime has all of these for.
    version = 16 if node.op_type == "RoiAlign" else 20
    save(helper.make_model(graph, ir_version=8, opset_imports=[
        helper.make_opsetid("", version)]), path)
    return path, feed
