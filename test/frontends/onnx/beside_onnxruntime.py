# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that ONNX's suite has one case of, or none, beside onnxruntime.

    beside_onnxruntime.py [REGEX]     the cases of that name, all without one

A case is a function that gives a model's text in the syntax of onnx.parser,
further initializers, and the inputs' arrays; sizes in the text may be free.
Integers must be equal; floats differ by a few roundings of f32, 1e-5 relative
and absolute: all values here are around 1.
"""

import re
import sys

import numpy as np
import onnx.parser
import onnxruntime
from onnx import numpy_helper

import niello

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def rng():
    return np.random.default_rng(7)


def integers(dtype, *shape):
    info = np.iinfo(dtype)
    return rng().integers(info.min, info.max, shape, dtype, endpoint=True)


def convolution(x, w, scales, zeros, attributes="", bias=None, free=False):
    """QLinearConv: scales are those of x, w and y, zeros too."""
    shape = ",".join("n" + str(i) if free else str(size)
                     for i, size in enumerate(x.shape))
    given = "".join(", b" if bias is not None else "")
    kind = x.dtype.name
    text = f"""<ir_version: 8, opset_import: ["" : 13]>
    g ({kind}[{shape}] x) => ({kind}[a, b, c, d] y) {{
      y = QLinearConv{attributes}(x, xs, xz, w, ws, wz, ys, yz{given})
    }}"""
    constants = {"w": w, **{n: np.asarray(s, "float32") for n, s in zip(
        ("xs", "ws", "ys"), scales)}}
    constants.update(xz=np.asarray(zeros[0], x.dtype),
                     wz=np.asarray(zeros[1], w.dtype),
                     yz=np.asarray(zeros[2], x.dtype))
    if bias is not None:
        constants["b"] = np.asarray(bias, "int32")
    return text, constants, {"x": x}


@case
def qlinear_conv_one_scale():
    return convolution(integers("uint8", 1, 3, 7, 6),
                       integers("uint8", 4, 3, 3, 3),
                       (0.02, 0.01, 0.9), (120, 131, 90))


@case
def qlinear_conv_a_scale_a_channel():
    return convolution(
        integers("uint8", 2, 3, 7, 6), integers("int8", 4, 3, 3, 3),
        (0.02, [0.01, 0.02, 0.005, 0.03], 0.5), (120, [0] * 4, 100),
        "<pads = [1, 1, 0, 2], strides = [2, 1]>", [300, -4000, 0, 77])


@case
def qlinear_conv_signed():
    return convolution(
        integers("int8", 2, 3, 7, 6), integers("int8", 4, 3, 3, 3),
        (0.02, [0.01, 0.02, 0.005, 0.03], 0.5), (-3, [0] * 4, 11),
        "<pads = [1, 2, 0, 1], dilations = [2, 1]>", [1, 2, 3, -4])


@case
def qlinear_conv_same_upper():
    return convolution(
        integers("uint8", 2, 3, 7, 6), integers("uint8", 4, 3, 3, 2),
        (0.02, [0.01, 0.02, 0.005, 0.03], 0.5), (3, [40] * 4, 11),
        "<auto_pad = \"SAME_UPPER\", strides = [2, 1]>")


@case
def qlinear_conv_groups():
    return convolution(
        integers("uint8", 1, 4, 5, 5), integers("uint8", 4, 2, 2, 2),
        (0.02, 0.01, 0.4), (3, 140, 255), "<group = 2>", [9, 8, 7, -60000],
        free=True)


@case
def linear_regressor():
    text = """<ir_version: 8, opset_import: ["" : 17, "ai.onnx.ml" : 1]>
    g (float[n, 3] x) => (float[n, 2] y) {
      y = ai.onnx.ml.LinearRegressor<targets = 2, intercepts = [0.5, -1.0],
        coefficients = [1.0, 2.0, -0.5, 0.25, 3.0, 1.5]>(x)
    }"""
    return text, {}, {"x": rng().normal(size=(5, 3)).astype("float32")}


def classifier(labels, coefficients, intercepts, transform):
    text = f"""<ir_version: 8, opset_import: ["" : 17, "ai.onnx.ml" : 1]>
    g (float[n, 3] x) => (int64[n] label, float[n, m] scores) {{
      label, scores = ai.onnx.ml.LinearClassifier<
        classlabels_ints = {labels}, coefficients = {coefficients},
        intercepts = {intercepts}, post_transform = "{transform}">(x)
    }}"""
    return text, {}, {"x": rng().normal(size=(6, 3)).astype("float32")}


NINE = [1.0, 2.0, -0.5, 0.25, 3.0, 1.5, -2.0, 0.5, 0.125]


@case
def linear_classifier_softmax():
    return classifier([3, 5, 9], NINE, [0.5, -1.0, 0.25], "SOFTMAX")


@case
def linear_classifier_logistic():
    return classifier([3, 5, 9], NINE, [0.5, -1.0, 0.25], "LOGISTIC")


@case
def linear_classifier_two():
    # As skl2onnx writes a logistic regression of two classes.
    two = [-1.0, -2.0, 0.5, 1.0, 2.0, -0.5]
    return classifier([0, 1], two, [-0.5, 0.5], "LOGISTIC")


@case
def linear_classifier_two_softmax():
    two = [-1.0, -2.0, 0.5, 1.0, 2.0, -0.5]
    return classifier([4, 7], two, [-0.5, 0.5], "SOFTMAX")


def regressor(kernel, parameters):
    text = f"""<ir_version: 8, opset_import: ["" : 17, "ai.onnx.ml" : 1]>
    g (float[n, 3] x) => (float[n, 1] y) {{
      y = ai.onnx.ml.SVMRegressor<n_supports = 3, rho = [0.25],
        kernel_type = "{kernel}", kernel_params = {parameters},
        coefficients = [1.0, -0.5, 2.0], support_vectors = {NINE}>(x)
    }}"""
    return text, {}, {"x": rng().normal(size=(5, 3)).astype("float32")}


@case
def svm_regressor_rbf():
    return regressor("RBF", [0.3, 0.0, 3.0])


@case
def svm_regressor_poly():
    return regressor("POLY", [0.3, 0.5, 3.0])


@case
def svm_regressor_linear():
    return regressor("LINEAR", [0.3, 0.0, 3.0])


@case
def ngrams_with_gaps():
    text = """<ir_version: 8, opset_import: ["" : 17]>
    g (int64[n, m] x) => (float[n, 7] y) {
      y = TfIdfVectorizer<mode = "TFIDF", min_gram_length = 1,
        max_gram_length = 3, max_skip_count = 2, ngram_counts = [0, 3, 9],
        ngram_indexes = [6, 0, 1, 3, 2, 4, 5],
        pool_int64s = [1, 2, 3, 1, 2, 2, 2, 3, 1, 1, 2, 3],
        weights = [1.0, 2.0, 3.0, 0.5, 0.25, 1.5, 4.0]>(x)
    }"""
    return text, {}, {"x": rng().integers(1, 4, (3, 12))}


@case
def max_roi_pool():
    text = """<ir_version: 8, opset_import: ["" : 17]>
    g (float[n, c, h, w] x, float[r, 5] rois) => (float[r, c, 3, 2] y) {
      y = MaxRoiPool<pooled_shape = [3, 2], spatial_scale = 0.5>(x, rois)
    }"""
    rois = np.array([[0, 0, 0, 13, 11], [1, 3, 4, 9, 10], [1, 5, 5, 5, 5],
                     [0, -6, -7, 40, 3]], "float32")
    x = rng().normal(size=(2, 3, 7, 8)).astype("float32")
    return text, {}, {"x": x, "rois": rois}


@case
def deform_conv():
    text = """<ir_version: 8, opset_import: ["" : 19]>
    g (float[n, 4, h, w] x, float[n, 16, p, q] offset, float[n, 8, p, q] mask)
        => (float[n, 6, p, q] y) {
      y = DeformConv<group = 2, offset_group = 2, pads = [1, 0, 1, 0],
        strides = [1, 2], dilations = [2, 1]>(x, weight, offset, bias, mask)
    }"""
    draw = rng()
    weight = draw.normal(size=(6, 2, 2, 2)).astype("float32")
    bias = draw.normal(size=6).astype("float32")
    x = draw.normal(size=(2, 4, 7, 8)).astype("float32")
    # Rows (7 + 2 - 3) / 1 + 1, columns (8 - 2) / 2 + 1.
    offset = (2 * draw.normal(size=(2, 16, 7, 4))).astype("float32")
    mask = draw.uniform(size=(2, 8, 7, 4)).astype("float32")
    return (text, {"weight": weight, "bias": bias},
            {"x": x, "offset": offset, "mask": mask})


@case
def scan_of_a_batch():
    text = """<ir_version: 8, opset_import: ["" : 8]>
    g (float[n, 3] start, float[n, t, 3] x, float[n, t, 2] z)
        => (float[n, 3] last, float[n, t, 3] sums, float[n, t, 2] back) {
      last, sums, back = Scan<num_scan_inputs = 2, directions = [0, 1],
        body = step (float[3] s, float[3] v, float[2] w)
            => (float[3] next, float[3] out, float[2] u) {
          next = Add(s, v)
          out = Mul(next, s)
          u = Neg(w)
        }>("", start, x, z)
    }"""
    draw = rng()
    return text, {}, {
        name: draw.normal(size=shape).astype("float32") for name, shape in
        (("start", (4, 3)), ("x", (4, 5, 3)), ("z", (4, 5, 2)))}


def proportional(policy, free):
    height, width = ("h", "w") if free else (5, 8)
    text = f"""<ir_version: 8, opset_import: ["" : 18]>
    g (float[1, 2, {height}, {width}] x, int64[2] sizes)
        => (float[1, 2, p, q] y) {{
      y = Resize<mode = "linear", axes = [2, 3],
        keep_aspect_ratio_policy = "{policy}">(x, , , sizes)
    }}"""
    x = rng().normal(size=(1, 2, 5, 8)).astype("float32")
    return text, {}, {"x": x, "sizes": np.array([7, 10], "int64")}


@case
def resize_not_larger():
    return proportional("not_larger", free=True)


@case
def resize_not_smaller():
    return proportional("not_smaller", free=False)


def check(name):
    text, constants, feed = CASES[name]()
    model = onnx.parser.parse_model(text)
    model.graph.initializer.extend(
        numpy_helper.from_array(array, key)
        for key, array in constants.items())
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    outputs = [output.name for output in session.get_outputs()]
    wanted = dict(zip(outputs, session.run(outputs, feed)))
    got = niello.compile(model).run(feed)
    for key, want in wanted.items():
        if want.dtype.kind == "f":
            np.testing.assert_allclose(got[key], want, 1e-5, 1e-5, err_msg=key)
        else:
            np.testing.assert_array_equal(got[key], want, err_msg=key)
        if got[key].dtype != want.dtype:
            raise AssertionError(f"{key} is {got[key].dtype}, not {want.dtype}")


def main():
    failed = 0
    names = [n for n in CASES if re.fullmatch((sys.argv[1:] or [".*"])[0], n)]
    for name in names:
        try:
            check(name)
        except Exception as error:  # each case says what it had
            failed += 1
            print(f"{name}: {type(error).__name__}: {error}")
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
