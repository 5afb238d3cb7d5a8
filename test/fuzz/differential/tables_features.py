# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators of ai.onnx.ml: features of tables, and forests."""

import numpy as np
from onnx import numpy_helper

from kinds import is_float, np_type
from tables import operator

ML = "ai.onnx.ml"


def features(draw, dtype, rows=None):
    return draw.fresh(dtype, (rows or draw.size(empty=False),
                              draw.one((1, 3, 5))), fixed=(1,), special=False)


@operator("ArrayFeatureExtractor", ML)
def _array_feature_extractor(draw, dtype):
    x = features(draw, dtype)
    count = draw.one((1, 4))
    picked = draw.fresh("int64", (count,), 0, x.shape[1] - 1, fixed=True)
    draw.emit("ArrayFeatureExtractor", [x, picked], domain=ML,
              exact=x.exact, rank=2)


@operator("Binarizer", ML)
def _binarizer(draw, dtype):
    draw.emit("Binarizer", [draw.any(dtype, exact=True)], domain=ML,
              threshold=draw.one((0.0, 1.5)))


@operator("FeatureVectorizer", ML)
def _feature_vectorizer(draw, dtype):
    rows = draw.size(empty=False)
    parts = [draw.fresh(dtype, (rows, draw.one((1, 3))), fixed=True)
             for _ in range(draw.one((1, 2, 3)))]
    width = sum(part.shape[1] for part in parts)
    draw.emit("FeatureVectorizer", parts, domain=ML,
              kind=("float32", (rows, width)),
              inputdimensions=[p.shape[1] for p in parts])


@operator("Imputer", ML)
def _imputer(draw, dtype):
    x = features(draw, dtype)
    count = draw.one((1, x.shape[1]))
    if is_float(dtype):
        values = draw.rng.uniform(-2, 2, count).tolist()
        given = dict(imputed_value_floats=values, replaced_value_float=1.0)
    else:
        values = draw.rng.integers(-9, 9, count).tolist()
        given = dict(imputed_value_int64s=values, replaced_value_int64=1)
    draw.emit("Imputer", [x], domain=ML, exact=True, kind=(dtype, x.shape),
              **given)


@operator("LabelEncoder", ML)
def _label_encoder(draw, dtype):
    keys = np.arange(5).astype(dtype)
    values = draw.rng.permutation(5).astype(draw.one(("float32", "int64")))
    default = np.array([-1]).astype(values.dtype)
    x = draw.fresh(dtype, draw.shape(1, 2), fill=lambda rng, shape: np.asarray(
        rng.integers(0, 8, shape)).astype(dtype))
    draw.emit("LabelEncoder", [x], domain=ML, exact=True,
              keys_tensor=numpy_helper.from_array(keys),
              values_tensor=numpy_helper.from_array(values),
              default_tensor=numpy_helper.from_array(default))


@operator("Normalizer", ML)
def _normalizer(draw, dtype):
    x = features(draw, dtype)
    draw.emit("Normalizer", [x], domain=ML, kind=("float32", x.shape),
              norm=draw.one(("MAX", "L1", "L2")))


@operator("OneHotEncoder", ML)
def _one_hot_encoder(draw, dtype):
    x = draw.fresh(dtype, draw.shape(1, 2), fill=lambda rng, shape: np.asarray(
        rng.integers(0, 6, shape)).astype(dtype))
    draw.emit("OneHotEncoder", [x], domain=ML, exact=True,
              cats_int64s=[0, 2, 3, 5], zeros=1)


@operator("Scaler", ML)
def _scaler(draw, dtype):
    x = features(draw, dtype)
    offset, scale = draw.rng.uniform(-1, 1, (2, x.shape[1])).tolist()
    draw.emit("Scaler", [x], domain=ML, kind=("float32", x.shape),
              offset=offset, scale=scale)


def _forest(draw, columns):
    """Two whole trees of depth 2, with thresholds between the quarters that
    the data are: nodes 0 1 2 decide, 3 4 5 6 are leaves."""
    return dict(
        nodes_treeids=[0] * 7 + [1] * 7,
        nodes_nodeids=[*range(7)] * 2,
        nodes_featureids=draw.rng.integers(0, columns, 14).tolist(),
        nodes_values=(draw.rng.integers(-8, 8, 14) / 4 + 0.125).tolist(),
        nodes_modes=(["BRANCH_LEQ"] * 3 + ["LEAF"] * 4) * 2,
        nodes_truenodeids=[1, 3, 5, 0, 0, 0, 0] * 2,
        nodes_falsenodeids=[2, 4, 6, 0, 0, 0, 0] * 2)


def _quarters(draw, dtype):
    shape = (draw.size(empty=False), draw.one((1, 3)))
    fill = (lambda rng, shape: (rng.integers(-10, 10, shape) / (
        4 if is_float(dtype) else 1)).astype(dtype))
    return draw.fresh(dtype, shape, fill=fill, fixed=(1,))


def _leaves(kind, classes, draw):
    return {f"{kind}_treeids": [0] * 4 + [1] * 4,
            f"{kind}_nodeids": [3, 4, 5, 6] * 2,
            f"{kind}_ids": draw.rng.integers(0, classes, 8).tolist(),
            f"{kind}_weights": draw.rng.uniform(0, 1, 8).tolist()}


@operator("TreeEnsembleRegressor", ML)
def _tree_ensemble_regressor(draw, dtype):
    x, targets = _quarters(draw, dtype), draw.one((1, 2))
    draw.emit("TreeEnsembleRegressor", [x], domain=ML, n_targets=targets,
              aggregate_function=draw.one(("SUM", "AVERAGE", "MAX")),
              **_forest(draw, x.shape[1]), **_leaves("target", targets, draw))


@operator("TreeEnsembleClassifier", ML)
def _tree_ensemble_classifier(draw, dtype):
    x, classes = _quarters(draw, dtype), 3
    draw.emit("TreeEnsembleClassifier", [x], 2, domain=ML, reuse=False,
              classlabels_int64s=[4, 5, 6],
              post_transform=draw.one(("NONE", "SOFTMAX")),
              **_forest(draw, x.shape[1]), **_leaves("class", classes, draw))


@operator("LinearRegressor", ML)
def _linear_regressor(draw, dtype):
    x, targets = features(draw, dtype), draw.one((1, 2))
    draw.emit("LinearRegressor", [x], domain=ML, targets=targets,
              kind=("float32", (x.shape[0], targets)),
              coefficients=draw.rng.uniform(
                  -1, 1, targets * x.shape[1]).tolist(),
              intercepts=draw.rng.uniform(-1, 1, targets).tolist())


@operator("TfIdfVectorizer")
def _tf_idf_vectorizer(draw, dtype):
    # Numbers from 0 to 4, with two words of one and three of two of them.
    shape = (draw.one((3, 7)),) if draw.chance(0.5) else (
        draw.one((1, 2)), draw.one((2, 5)))
    words = draw.rng.permutation(5)[:2].tolist()
    words += draw.rng.permutation(25)[:3].tolist()
    words[2:] = [part for pair in words[2:] for part in divmod(pair, 5)]
    draw.emit("TfIdfVectorizer", [draw.fresh(dtype, shape, 0, 4)],
              mode=draw.one(("TF", "IDF", "TFIDF")), min_gram_length=1,
              max_gram_length=2, max_skip_count=draw.one((0, 1, 3)),
              ngram_counts=[0, 2], ngram_indexes=[0, 1, 2, 3, 4],
              pool_int64s=words, rank=len(shape), exact=False,
              weights=draw.rng.uniform(0.5, 2, 5).tolist()
              if draw.chance(0.5) else None)
