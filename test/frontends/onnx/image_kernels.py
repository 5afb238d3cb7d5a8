#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares the image kernels with the plain path at sizes given at run time.

    image_kernels.py FOLDER [--only REGEX]

Each model is compiled twice, plain (-O0) and fast, and runs over sizes 0, 1,
odd and of huge ratio. Results of 1 and 3 threads, and of all ISA levels that
this machine has, must be equal to the bit; those of the plain path within the
bound of the case. Prints a line a case that differs, and exits with 1.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, save

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "python"))
import checkout  # noqa: E402
import niello  # noqa: E402

EPSILON = float(np.finfo(np.float32).eps)
CASES = []


class Case:
    """A node, its inputs by size, and how far the two paths may be apart."""

    def __init__(self, name, node, inputs, feeds, bound, levels=False):
        self.name, self.node, self.inputs = name, node, inputs
        self.feeds, self.bound, self.levels = feeds, bound, levels
        CASES.append(self)

    def write(self, folder):
        rank = len(self.inputs[0][2])
        kind = self.inputs[0][1]
        graph = helper.make_graph(
            [self.node], self.name,
            [helper.make_tensor_value_info(*entry) for entry in self.inputs],
            [helper.make_tensor_value_info("y", kind, [None] * rank)])
        path = folder / f"{self.name}.onnx"
        save(helper.make_model(graph, ir_version=10, opset_imports=[
            helper.make_opsetid("", 22)]), path)
        return path


def random(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


# --------------------------------------------------------------------- resize
SIZES = [((1, 1, 1, 1), (7, 5)), ((2, 3, 5, 7), (1, 1)),
         ((1, 2, 17, 31), (33, 64)), ((1, 1, 3, 1000), (1000, 3)),
         ((1, 1, 2000, 1), (1, 300)), ((0, 3, 4, 5), (8, 9)),
         ((1, 2, 4, 5), (0, 9)), ((2, 2, 40, 70), (150, 130))]
MODES = ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel",
         "align_corners", "asymmetric", "tf_crop_and_resize"]


def resize_bound(feed):
    """Both sum products of weights and elements of at most 1: their relative
    error is an epsilon a tap, rounded up by the weights' own sums, and the
    weights of a cubic in two dimensions add up to less than 2."""
    ratio = max(max(a, 1) / max(b, 1)
                for a, b in zip(feed["x"].shape[2:], feed["sizes"]))
    return 2 * EPSILON * (2 * 4 * max(ratio, 1) + 4)


def resize(name, mode, sizes=SIZES, kind=TensorProto.FLOAT, bound=resize_bound,
           levels=False, roi=None, **attributes):
    rank = len(sizes[0][0])
    inputs = [("x", kind, [f"d{i}" for i in range(rank)]),
              ("sizes", TensorProto.INT64, [len(sizes[0][1])])]
    feeds = []
    for shape, to in sizes:
        x = random(*shape)
        if kind != TensorProto.FLOAT:
            x = (x * 100).astype(helper.tensor_dtype_to_np_dtype(kind))
        feeds.append({"x": x, "sizes": np.array(to, np.int64)})
    if roi is not None:
        inputs.append(("roi", TensorProto.FLOAT, [2 * len(sizes[0][1])]))
        for feed in feeds:
            feed["roi"] = np.array(roi, np.float32)
    if "axes" not in attributes and len(sizes[0][1]) == 2:
        attributes["axes"] = [2, 3]
    node = helper.make_node(
        "Resize", ["x", "roi" if roi is not None else "", "", "sizes"], ["y"],
        mode=mode, **attributes)
    Case(f"resize_{name}", node, inputs, feeds, bound, levels)


def exact(feed):
    """Elements are copied."""
    return 0.0


def add_resizes():
    crop = [0.2, -0.3, 0.9, 1.4]
    for place in MODES:
        resize(f"linear_{place}", "linear",
               coordinate_transformation_mode=place,
               levels=place == "half_pixel", extrapolation_value=7.0,
               roi=crop if place == "tf_crop_and_resize" else None)
    resize("cubic", "cubic", levels=True)
    resize("cubic_exclude", "cubic", exclude_outside=1, cubic_coeff_a=-0.5)
    # Not bound to the level: the weights' own sums are in vectors of its width.
    resize("antialias", "linear", antialias=1)
    resize("cubic_antialias", "cubic", antialias=1, exclude_outside=1)
    # One unit in the last place below 128.
    resize("linear_float16", "linear", kind=TensorProto.FLOAT16,
           bound=lambda feed: 2.0 ** -4)
    resize("nearest", "nearest", bound=exact, levels=True)
    for kind in (TensorProto.UINT8, TensorProto.FLOAT16, TensorProto.DOUBLE):
        name = TensorProto.DataType.Name(kind).lower()
        resize(f"nearest_{name}", "nearest", kind=kind, bound=exact,
               nearest_mode="round_prefer_ceil",
               coordinate_transformation_mode="asymmetric")
    inner = [((2, 5, 7, 3), (9, 4)), ((1, 1, 1, 1), (3, 3)),
             ((0, 5, 7, 3), (9, 4))]
    for mode in ("linear", "nearest"):
        bound = exact if mode == "nearest" else lambda feed: 16 * EPSILON
        resize(f"{mode}_nhwc", mode, sizes=inner, axes=[1, 2], bound=bound)
        resize(f"{mode}_rows", mode, axes=[2], bound=bound,
               sizes=[((2, 3, 5, 7), (9,)), ((1, 1, 6, 1), (1,))])
        resize(f"{mode}_volume", mode, axes=[4, 2, 3], bound=bound,
               sizes=[((1, 2, 3, 4, 5), (7, 5, 6)), ((2, 1, 9, 1, 3), (1, 4, 1))])
        resize(f"{mode}_all_axes", mode, bound=bound, sizes=[
            ((2, 3, 5, 7), (1, 5, 9, 9)), ((1, 1, 1, 1), (2, 2, 2, 2))])
        resize(f"{mode}_line", mode, bound=bound,
               sizes=[((5,), (12,)), ((7,), (1,))])


# ---------------------------------------------------- samples, regions, pools
def add_grids():
    sizes = [((1, 1, 1, 1), (1, 1)), ((2, 3, 5, 7), (6, 9)),
             ((1, 2, 40, 30), (130, 77)), ((0, 1, 2, 2), (3, 3)),
             ((1, 1, 3, 300), (0, 5)), ((1, 2, 0, 5), (3, 3))]
    feeds = []
    for shape, to in sizes:
        # To 1.6 outside; what is no number reads element 0 in both paths.
        grid = 1.6 * random(shape[0], *to, 2, seed=1)
        grid.reshape(-1)[5:100:50] = np.nan
        grid.reshape(-1)[7:100:50] = 1e30
        feeds.append({"x": random(*shape), "g": grid})
    inputs = [("x", TensorProto.FLOAT, ["n", "c", "h", "w"]),
              ("g", TensorProto.FLOAT, ["n", "oh", "ow", 2])]
    for mode in ("linear", "nearest", "cubic"):
        for edge in ("zeros", "border", "reflection"):
            for corners in (0, 1):
                node = helper.make_node(
                    "GridSample", ["x", "g"], ["y"], mode=mode,
                    padding_mode=edge, align_corners=corners)
                Case(f"grid_{mode}_{edge}_{corners}", node, inputs, feeds,
                     exact, levels=edge == "reflection")


def add_regions():
    feeds = []
    for shape, count in [((2, 3, 20, 30), 9), ((1, 1, 1, 1), 2),
                         ((1, 2, 5, 5), 0), ((3, 40, 17, 9), 30)]:
        corners = 40 * random(count, 4, seed=2)
        corners[:, 2:] += corners[:, :2] + 20
        corners[4:5, 1] = np.nan
        feeds.append({"x": random(*shape), "r": corners,
                      "b": np.arange(count) % shape[0]})
    inputs = [("x", TensorProto.FLOAT, ["n", "c", "h", "w"]),
              ("r", TensorProto.FLOAT, ["k", 4]),
              ("b", TensorProto.INT64, ["k"])]
    for mode in ("avg", "max"):
        for place in ("half_pixel", "output_half_pixel"):
            node = helper.make_node(
                "RoiAlign", ["x", "r", "b"], ["y"], mode=mode, output_height=7,
                output_width=5, sampling_ratio=2, spatial_scale=0.5,
                coordinate_transformation_mode=place)
            Case(f"roi_{mode}_{place}", node, inputs, feeds, exact,
                 levels=place == "half_pixel")


def pool_bound(feed):
    """Means of at most 35 elements of at most 1, summed in another order."""
    return 36 * EPSILON


def add_pools():
    feeds = [{"x": random(*shape)} for shape in [
        (1, 1, 3, 3), (2, 3, 7, 5), (1, 2, 40, 65), (0, 2, 9, 9),
        (2, 0, 9, 9), (1, 1, 3, 500), (2, 5, 112, 112)]]
    feeds[2]["x"][0, 0, 3, 3] = np.nan
    inputs = [("x", TensorProto.FLOAT, ["n", "c", "h", "w"])]
    windows = {
        "3x3": {"pads": [1, 1, 1, 1]}, "3x3_2": {"strides": [2, 2]},
        "5x2_3": {"kernel_shape": [5, 2], "strides": [1, 3],
                  "pads": [2, 0, 1, 1]},
        "dilated": {"dilations": [2, 3], "pads": [2, 3, 2, 3]},
        "ceil": {"strides": [2, 2], "ceil_mode": 1},
        "same": {"strides": [2, 2], "auto_pad": "SAME_UPPER"},
        "same_lower": {"auto_pad": "SAME_LOWER", "kernel_shape": [4, 2]},
        "wide": {"kernel_shape": [5, 7], "pads": [2, 3, 2, 3]}}
    for kind, bound in ("Max", exact), ("Average", pool_bound):
        for name, window in windows.items():
            window = {"kernel_shape": [3, 3], **window}
            if kind == "Average" and name != "same":
                window["count_include_pad"] = int(name in ("ceil", "5x2_3"))
            node = helper.make_node(f"{kind}Pool", ["x"], ["y"], **window)
            Case(f"pool_{kind}_{name}".lower(), node, inputs, feeds, bound,
                 levels=name == "3x3")


# ----------------------------------------------------------------- comparison
def library(path, flags):
    out = path.with_name(path.stem + "".join(flags) + ".so")
    result = subprocess.run(
        [str(checkout.PROGRAM), "compile", str(path), "-o", str(out),
         "--emit=shared", *flags], capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{path.name} {flags}: {result.stderr}")
    return out


def levels_here():
    """The standard levels that this machine can run, lowest first."""
    flags = Path("/proc/cpuinfo").read_text().split("\n\n")[0].split()
    return ["x86-64-v2"] + ["x86-64-v3"] * ("avx2" in flags) + [
        "x86-64-v4"] * ("avx512vl" in flags)


def answer(model, feed):
    """The result, or the sentence that refuses the sizes."""
    try:
        return model.run(feed)["y"]
    except niello.Error as error:
        return str(error)


def same(a, b):
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and isinstance(b, str) and a == b
    return a.shape == b.shape and a.tobytes() == b.tobytes()


def difference(a, b):
    """The largest; NaN agrees with NaN."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    if a.size == 0 or np.array_equal(a, b, equal_nan=True):
        return 0.0
    return float(np.nanmax(np.where(np.isnan(a) == np.isnan(b), np.abs(a - b),
                                    np.inf)))


def check(case, folder):
    """Yields a line for each result that differs."""
    path = case.write(folder)
    plain = niello.load(library(path, ["-O0"]), threads=1)
    fast = library(path, [])
    one, three = niello.load(fast, threads=1), niello.load(fast, threads=3)
    others = [niello.load(library(path, [f"--target={level}"]), threads=1)
              for level in (levels_here() if case.levels else [])]
    for feed in case.feeds:
        sizes = {name: array.shape for name, array in feed.items()}
        want, got = answer(plain, feed), answer(one, feed)
        if isinstance(want, str) or isinstance(got, str):
            if not same(want, got):
                yield f"{sizes}: {got} instead of {want}"
            continue
        if got.shape != want.shape:
            yield f"{sizes}: {got.shape} instead of {want.shape}"
            continue
        error, bound = difference(got, want), case.bound(feed)
        if error > bound:
            yield f"{sizes}: off by {error:.3g}, bound {bound:.3g}"
        if not same(answer(three, feed), got):
            yield f"{sizes}: depends on the number of threads"
        results = [answer(model, feed) for model in others]
        if not all(same(result, results[0]) for result in results):
            yield f"{sizes}: depends on the ISA level"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for add in (add_resizes, add_grids, add_regions, add_pools):
        add()
    wrong = 0
    for case in CASES:
        if not re.search(options.only, case.name):
            continue
        for line in check(case, options.folder):
            wrong += 1
            print(f"{case.name}: {line}", flush=True)
    print(f"{wrong} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
