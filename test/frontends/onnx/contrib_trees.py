# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ai.onnx.ml tree ensembles: modes, aggregates, transforms, classes."""

import numpy as np

from contrib_parts import ML, Part, oracle, tensor

RANDOM = np.random.default_rng(5)
MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ",
         "BRANCH_NEQ"]
# Values that stand in the splits too, so that equality decides.
ROWS = np.array([[0.5, -1, 2], [0.25, 0, -3], [1, 1, 1], [-2, 0.5, 0.5],
                 [np.nan, 0.5, -1], [np.inf, -np.inf, 0], [-0.0, 0, 1e-40]],
                "float32")
SPLITS = [0.5, -1.0, 0.0, 1.0, 2.0, -3.0, 0.25]


def forest(trees, depth, prefix, targets, modes, positive=False, one=None):
    """Attributes of complete trees of this depth with random splits."""
    a = {f"nodes_{key}": [] for key in (
        "treeids", "nodeids", "featureids", "modes", "values", "truenodeids",
        "falsenodeids", "missing_value_tracks_true")}
    v = {f"{prefix}_{key}": [] for key in ("treeids", "nodeids", "ids",
                                           "weights")}
    for tree in range(trees):
        inner = 2**depth - 1
        for node in range(2 * inner + 1):
            leaf = node >= inner
            a["nodes_treeids"].append(tree)
            a["nodes_nodeids"].append(node)
            a["nodes_featureids"].append(0 if leaf
                                         else int(RANDOM.integers(0, 3)))
            a["nodes_modes"].append("LEAF" if leaf
                                    else modes[(tree + node) % len(modes)])
            a["nodes_values"].append(0.0 if leaf else float(
                RANDOM.choice(SPLITS)))
            a["nodes_truenodeids"].append(0 if leaf else 2 * node + 1)
            a["nodes_falsenodeids"].append(0 if leaf else 2 * node + 2)
            a["nodes_missing_value_tracks_true"].append(
                0 if leaf else int(RANDOM.integers(0, 2)))
            if not leaf:
                continue
            for target in ([one] if one is not None else range(targets)):
                if target and RANDOM.random() < 0.2 and one is None:
                    continue  # not every leaf votes for every target
                weight = float(np.float32(RANDOM.normal()))
                v[f"{prefix}_treeids"].append(tree)
                v[f"{prefix}_nodeids"].append(node)
                v[f"{prefix}_ids"].append(target)
                v[f"{prefix}_weights"].append(
                    abs(weight) / trees if positive else weight)
    return {**a, **v}


def part(op, inputs, attrs, **more):
    return Part(op, inputs, attrs, domain=ML, **more)


def regressors():
    op = "TreeEnsembleRegressor"
    for mode in MODES:
        yield part(op, [ROWS], {**forest(3, 3, "target", 1, [mode]),
                                "n_targets": 1}, terms=3, scale=3)
    for how in ("SUM", "AVERAGE", "MIN", "MAX"):
        for targets in (1, 3):
            yield part(op, [ROWS], {
                **forest(4, 3, "target", targets, MODES[:1]),
                "n_targets": targets, "aggregate_function": how,
                "base_values": [0.5, -1.0, 2.0][:targets]}, terms=5, scale=8,
                free={0: (0,)}, more=[[ROWS[:1]], [np.tile(ROWS, (9, 1))]])
    for kind in ("SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"):
        yield part(op, [ROWS], {**forest(3, 2, "target", 3, MODES[:2]),
                                "n_targets": 3, "post_transform": kind},
                   terms=5, scale=8)
    mixed = forest(5, 4, "target", 1, MODES)
    yield part(op, [ROWS], {**mixed, "n_targets": 1}, terms=5, scale=5)
    for dtype in ("float64", "int64", "int32"):
        x = np.nan_to_num(ROWS, posinf=3, neginf=-3).astype(dtype)
        attrs = {**mixed, "n_targets": 1}
        # onnxruntime takes no integers; doubles hold these.
        yield part(op, [x], attrs, terms=5, scale=5, expect=lambda x, a=attrs:
                   oracle(part(op, [x.astype("float64")], a), 0, 3))
    doubles = {k: a for k, a in mixed.items()
               if k not in ("nodes_values", "target_weights")}
    doubles["nodes_values_as_tensor"] = tensor(
        np.array(mixed["nodes_values"], "float64"))
    doubles["target_weights_as_tensor"] = tensor(
        np.array(mixed["target_weights"], "float64"))
    yield part(op, [ROWS.astype("float64")], {**doubles, "n_targets": 1},
               terms=5, scale=5)
    stump = forest(1, 0, "target", 2, MODES)  # a leaf alone
    yield part(op, [ROWS], {**stump, "n_targets": 2})


def classifiers():
    op = "TreeEnsembleClassifier"
    for kind in ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"):
        yield part(op, [ROWS], {
            **forest(4, 3, "class", 3, MODES[:1]), "post_transform": kind,
            "classlabels_int64s": [7, 3, 5]}, outputs=2, terms=4, scale=4,
            free={0: (0,)}, more=[[ROWS[2:3]]])
        yield part(op, [ROWS], {
            **forest(4, 3, "class", 3, MODES[:1]), "post_transform": kind,
            "base_values": [0.5, -0.25, 0.75],
            "classlabels_int64s": [7, 3, 5]}, outputs=2, terms=4, scale=4)
    # Two classes, votes for one: probabilities, or margins.
    for positive in (True, False):
        for one in (0, 1):
            for kind in ("NONE", "LOGISTIC"):
                yield part(op, [ROWS], {
                    **forest(4, 3, "class", 2, MODES[:1], positive, one),
                    "post_transform": kind, "classlabels_int64s": [7, 3]},
                    outputs=2, terms=4, scale=4)
    yield part(op, [ROWS], {
        **forest(4, 3, "class", 2, MODES[:1], False, 0),
        "base_values": [0.3], "post_transform": "LOGISTIC",
        "classlabels_int64s": [7, 3]}, outputs=2, terms=4, scale=4)
    # Votes for both, as random forests have them: the standard asks for the
    # top class; onnxruntime says 1 whenever the second score is above 0.
    attrs = {**forest(4, 3, "class", 2, MODES[:1], True),
             "classlabels_int64s": [7, 3]}

    def top(x):
        scores = oracle(part(op, [x], attrs, outputs=2), 0, 3)[1]
        return np.array([7, 3])[scores.argmax(1)], scores

    yield part(op, [ROWS], attrs, outputs=2, terms=4, scale=4, expect=top)
    for dtype in ("float64", "int64", "int32"):
        x = np.nan_to_num(ROWS, posinf=3, neginf=-3).astype(dtype)
        yield part(op, [x], {**forest(4, 3, "class", 3, MODES[:2]),
                             "classlabels_int64s": [7, 3, 5]}, outputs=2,
                   terms=4, scale=4)


def modern(dtype, how, targets, kind=0, members=False):
    """A TreeEnsemble of ai.onnx.ml 5: two trees over three leaves each."""
    modes = np.array([0, 3, 6 if members else 4, 5], "uint8")
    attrs = {
        "n_targets": targets, "aggregate_function": how,
        "post_transform": kind, "tree_roots": [0, 2],
        "nodes_featureids": [0, 1, 2, 0],
        "nodes_modes": tensor(modes),
        "nodes_splits": tensor(np.array([0.5, -1.0, 2.0, 0.25], dtype)),
        "nodes_truenodeids": [1, 0, 3, 3], "nodes_trueleafs": [0, 1, 0, 1],
        "nodes_falsenodeids": [2, 1, 5, 4], "nodes_falseleafs": [1, 1, 1, 1],
        "nodes_missing_value_tracks_true": [1, 0, 0, 1],
        "leaf_targetids": [0, 1 % targets, 0, 1 % targets, 0, 1 % targets],
        "leaf_weights": tensor(np.array(
            [5.5, -1.25, 2.0, 0.5, -3.0, 1.75], dtype))}
    if members:
        attrs["membership_values"] = tensor(
            np.array([1.0, 2.0, 0.5, np.nan], dtype))
    return part("TreeEnsemble", [ROWS.astype(dtype)], attrs, terms=2, scale=8)


def ensembles():
    for dtype in ("float32", "float64"):
        for how in range(4):
            yield modern(dtype, how, 2)
        yield modern(dtype, 1, 1)
        yield modern(dtype, 1, 2, members=True)
    # The standard numbers SOFTMAX 1 and LOGISTIC 2, onnxruntime the other
    # way round.
    for kind, theirs in ((1, 2), (2, 1), (3, 3)):
        made = modern("float32", 1, 2, kind)
        made.expect = lambda x, k=theirs: oracle(part(
            "TreeEnsemble", [x], modern("float32", 1, 2, k).attrs), 0, 5)
        yield made


def groups():
    yield "TreeEnsembleRegressor", list(regressors()), 3
    yield "TreeEnsembleClassifier", list(classifiers()), 3
    yield "TreeEnsemble", list(ensembles()), 5
