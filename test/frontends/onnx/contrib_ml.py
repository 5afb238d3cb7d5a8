# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ai.onnx.ml features, linear models and support vector machines."""

import numpy as np

from contrib_parts import ML, Part, tensor

RANDOM = np.random.default_rng(3)
EDGES = np.array([[0.0, -0.0, np.inf, -np.inf], [np.nan, 1e-40, 3.5, -2.5]],
                 "float32")


def normal(*shape, dtype="float32"):
    return RANDOM.normal(size=shape).astype(dtype)


def part(op, inputs, attrs=None, **more):
    return op, Part(op, inputs, attrs, domain=ML, **more)


def features():
    ints = np.array([[-3, 0, 7, 2], [1, 2, 3, 2**31]], "int64")
    for x in (EDGES, ints, ints.astype("int32"), EDGES.astype("float64")):
        if x.dtype != "float64":
            yield part("Scaler", [x], {"offset": [0.5, 1, -2, 3],
                                       "scale": [2.0, -1, 0.25, 1]})
        yield part("Scaler", [x], {"offset": [1.5], "scale": [3.0]})
        # onnxruntime takes float32 alone, and no NaN.
        yield part("Binarizer", [x], {"threshold": 0.5},
                   expect=lambda x: (x > 0.5).astype(x.dtype))
    yield part("Binarizer", [EDGES[0]])
    yield part("Scaler", [EDGES[0]], {"offset": [0.5], "scale": [2.0]})
    rows = np.array([[1, -2, 3], [0, 0, 0], [-4, -5, -6], [1e-40, 0, 0],
                     [np.nan, 1, 2], [np.inf, 1, 0]], "float32")
    for norm in ("MAX", "L1", "L2"):
        yield part("Normalizer", [rows[:3]], {"norm": norm}, terms=3,
                   free={0: (0,)}, more=[[normal(7, 3)]])
        yield part("Normalizer", [rows[:3].astype("int64")], {"norm": norm},
                   terms=3)
        yield part("Normalizer", [rows[0]], {"norm": norm}, terms=3)
        yield part("Normalizer", [normal(2, 5, dtype="float64")],
                   {"norm": norm}, terms=5)
    yield part("Imputer", [EDGES], {"imputed_value_floats": [9.0],
                                    "replaced_value_float": float("nan")})
    yield part("Imputer", [EDGES], {"imputed_value_floats": [1, 2, 3, 4.0],
                                    "replaced_value_float": 3.5})
    yield part("Imputer", [EDGES], {"imputed_value_floats": [8.0]})
    yield part("Imputer", [ints], {"imputed_value_int64s": [1, 2, 3, 4],
                                   "replaced_value_int64": 7})
    yield part("Imputer", [ints], {"imputed_value_int64s": [5],
                                   "replaced_value_int64": 2})
    a, b = normal(3, 2), np.arange(6, dtype="int64").reshape(3, 2)
    yield part("FeatureVectorizer", [a], {"inputdimensions": [2]})
    yield part("FeatureVectorizer", [a, normal(3, 1)],
               {"inputdimensions": [2, 1]}, free={0: (0,), 1: (0,)},
               more=[[normal(5, 2), normal(5, 1)]])
    yield part("FeatureVectorizer", [b], {"inputdimensions": [2]})


def one_hot(x):
    """onnxruntime's, which lacks it for numbers in some versions."""
    return (x[..., None] == np.array([3, -1, 7])).astype("float32")


def lookups():
    op = "ArrayFeatureExtractor"
    x = normal(2, 3, 4)
    for data in (x, x.astype("float64"), (x * 9).astype("int64"),
                 (x * 9).astype("int32")):
        yield part(op, [data, np.array([3, 0, 3], "int64")])
    yield part(op, [x[0, 0], np.array([[2]], "int64")])
    yield part(op, [x[0, 0], np.array([[2, 1]], "int64")])
    yield part(op, [x[0], np.array([[0, 1]], "int64")], free={0: (0,)},
               more=[[normal(5, 4), np.array([[3, 3]], "int64")]])
    op = "OneHotEncoder"
    attrs = {"cats_int64s": [3, -1, 7]}
    for dtype in ("int64", "int32", "float32", "float64"):
        yield part(op, [np.array([[7, 3], [5, -1]], dtype)],
                   {**attrs, "zeros": 1}, expect=one_hot)
    yield part(op, [np.array([7, 3, -1, 7], "int64")], {**attrs, "zeros": 0},
               expect=one_hot)
    op = "LabelEncoder"
    keys = np.array([3, 1, 2, 9, 3], "int64")
    for attrs in ({"keys_int64s": [1, 2, 3], "values_floats": [0.5, 1.5, 2.5]},
                  {"keys_int64s": [1, 2, 3], "values_int64s": [7, 8, 9],
                   "default_int64": -5},
                  {"keys_int64s": [1, 2, 3], "values_floats": [0.5, 1.5, 2.5],
                   "default_float": 42.0}):
        yield part(op, [keys], attrs)
    reals = np.array([1.5, np.nan, -0.0, 0.0, 2.5], "float32")
    yield part(op, [reals], {"keys_floats": [1.5, 2.5],
                             "values_floats": [4, 5.0]})
    # The standard: a NaN is a key like others. onnxruntime finds none.
    yield part(op, [reals], {"keys_floats": [1.5, float("nan"), 0.0],
                             "values_int64s": [4, 5, 6]},
               expect=lambda x: np.array([4, 5, 6, 6, -1]))


def tensors():
    """LabelEncoder of ai.onnx.ml 4: keys and values as tensors."""
    for kind, to in (("int64", "int64"), ("float32", "int64"),
                     ("int64", "float64"), ("float64", "float64"),
                     ("float32", "float32")):
        keys = np.array([1, 5, 3], kind)
        yield part("LabelEncoder", [np.array([[3, 1], [4, 5]], kind)], {
            "keys_tensor": tensor(keys),
            "values_tensor": tensor(np.array([7, 8, 9], to)),
            "default_tensor": tensor(np.array([2], to))})


KINDS = ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT")


def logistic(x):
    return (1 / (1 + np.exp(-x.astype("float64")))).astype("float32")


def linear():
    w, c = normal(3, 4), [0.5, -1.0, 2.0]
    small = [[normal(5, 4)], [normal(1, 4)]]
    for kind in KINDS[:-1]:
        attrs = {"coefficients": w.ravel().tolist(), "intercepts": c,
                 "post_transform": kind}
        yield part("LinearRegressor", [normal(2, 4)], {**attrs, "targets": 3},
                   terms=4, scale=4, free={0: (0,)}, more=small)
        yield part("LinearClassifier", [normal(2, 4)],
                   {**attrs, "classlabels_ints": [5, 3, 9]}, outputs=2,
                   terms=4, scale=4, free={0: (0,)}, more=small)
    for dtype in ("float64", "int32", "int64"):
        x = (normal(2, 4) * 3).astype(dtype)
        # onnxruntime takes float32 alone.
        yield part("LinearRegressor", [x], {
            "coefficients": w[0].tolist(), "intercepts": [0.25]},
            terms=4, scale=20, expect=lambda x: (
                x.astype("float32") @ w[:1].T + np.float32(0.25)))
        yield part("LinearClassifier", [x], {
            "coefficients": w.ravel().tolist(), "intercepts": c,
            "classlabels_ints": [0, 1, 2]}, outputs=2, terms=4, scale=20)
    yield part("LinearRegressor", [normal(2, 4)],
               {"coefficients": w[1].tolist()}, terms=4, scale=4)
    # onnxruntime transforms no single target; the standard does.
    yield part("LinearRegressor", [normal(2, 4)],
               {"coefficients": w[1].tolist(), "post_transform": "LOGISTIC"},
               terms=4, scale=4, expect=lambda x: logistic(x @ w[1:2].T))
    # Scores within (0, 1), where a probit has a meaning.
    yield part("LinearRegressor", [normal(2, 4)],
               {"coefficients": (w[:2] * 1e-2).ravel().tolist(), "targets": 2,
                "intercepts": [0.3, 0.6], "post_transform": "PROBIT"},
               terms=4, scale=4)
    yield part("LinearClassifier", [normal(5, 4)],
               {"coefficients": w[0].tolist(), "intercepts": [0.1],
                "classlabels_ints": [4, 6]}, outputs=2, terms=4, scale=4)
    yield part("LinearClassifier", [normal(5, 4)],
               {"coefficients": w[:2].ravel().tolist(), "intercepts": c[:2],
                "classlabels_ints": [4, 6], "post_transform": "LOGISTIC"},
               outputs=2, terms=4, scale=4)


def vectors():
    x, v = normal(4, 3), normal(5, 3)
    common = {"kernel_type": "LINEAR", "support_vectors": v.ravel().tolist(),
              "kernel_params": [0.4, 0.3, 3.0]}
    for kernel in ("LINEAR", "POLY", "RBF", "SIGMOID"):
        attrs = {**common, "kernel_type": kernel}
        # Powers of sums of 3 products: up to about 30.
        loose = {"terms": 20, "scale": 30}
        yield part("SVMRegressor", [x], {
            **attrs, "coefficients": [0.5, -1, 2, 0.25, 1.0], "rho": [0.1],
            "n_supports": 5}, **loose, free={0: (0,)}, more=[[normal(2, 3)]])
        yield part("SVMClassifier", [x], {
            **attrs, "coefficients": normal(10).tolist(),
            "rho": [0.1, -0.2, 0.3], "vectors_per_class": [2, 1, 2],
            "classlabels_ints": [3, 1, 2]}, outputs=2, **loose,
            free={0: (0,)}, more=[[normal(2, 3)]])
        yield part("SVMClassifier", [x], {
            **attrs, "coefficients": normal(5).tolist(), "rho": [0.1],
            "vectors_per_class": [2, 3], "classlabels_ints": [7, 8]},
            outputs=2, **loose)
        yield part("SVMClassifier", [normal(9, 3)], {
            **attrs, "coefficients": normal(10).tolist(),
            "rho": [0.1, -0.2, 0.3], "vectors_per_class": [2, 1, 2],
            "prob_a": [-1.2, -0.7, -2.0], "prob_b": [0.1, -0.3, 0.2],
            "classlabels_ints": [3, 1, 2]}, outputs=2, terms=200, scale=1)
    yield part("SVMClassifier", [normal(9, 3)], {
        **common, "coefficients": normal(5).tolist(), "rho": [0.1],
        "vectors_per_class": [2, 3], "prob_a": [-1.2], "prob_b": [0.1],
        "classlabels_ints": [3, 1]}, outputs=2, terms=200, scale=1)
    yield part("SVMRegressor", [x], {
        **common, "coefficients": [0.5, -1, 2, 0.25, 1.0], "rho": [0.1],
        "n_supports": 5, "one_class": 1}, terms=20)
    yield part("SVMRegressor", [x], {
        "kernel_type": "LINEAR", "kernel_params": [0.0] * 3,
            "coefficients": [0.5, -1, 2], "rho": [0.1]}, terms=3, scale=4)
    for kind in KINDS[:-1]:
        yield part("SVMClassifier", [x], {
            "kernel_type": "LINEAR", "kernel_params": [0.0] * 3,
            "coefficients": normal(9).tolist(),
            "rho": [0.1], "post_transform": kind, "classlabels_ints": [3, 1, 2]},
            outputs=2, terms=3, scale=4)
    for dtype in ("float64", "int32", "int64"):
        y = (x * 3).astype(dtype)
        yield part("SVMClassifier", [y], {
            "kernel_type": "LINEAR", "kernel_params": [0.0] * 3,
            "coefficients": normal(9).tolist(),
            "rho": [0.1], "classlabels_ints": [3, 1, 2]}, outputs=2, terms=3, scale=20)


def groups():
    for version, makes in ((3, (features, lookups, linear, vectors)),
                           (4, (tensors,))):
        by_op = {}
        for make in makes:
            for op, made in make():
                by_op.setdefault(op, []).append(made)
        for op, parts in by_op.items():
            yield op if version == 3 else f"{op}/tensors", parts, version
