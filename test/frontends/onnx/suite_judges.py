# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Cases of the suite that other numbers than the expected ones must judge.

Two kinds, both counted as not passed, and both wrong where the check of this
file fails:

random  The expected outputs are one draw of NumPy's generator. The operator's
        definition is checked instead.
nearer  The expected outputs are farther from the exact ones than what was
        computed. The exact ones are computed in f64, and the case's own
        tolerance holds between them and what was computed, while it does not
        hold between them and the expected ones in the places that differ.
"""

import math

import numpy as np
import onnx
from onnx import numpy_helper

import niello.backend

# The chance that a right generator fails one of the statistics below. Seeds
# are fixed, so that a statistic that passes once passes always; the bound is
# about the choice of the seeds.
FALSE_ALARM = 1e-9
DRAWS = 100_000


def mean_bound(count):
    """How far a mean of `count` numbers in [0, 1] may be from its expectation.

    Hoeffding: P(|mean - expectation| >= t) <= 2 exp(-2 count t^2).
    """
    return math.sqrt(math.log(2 / FALSE_ALARM) / (2 * count))


def check(condition, sentence):
    if not condition:
        raise AssertionError(sentence)


def resized(model, count):
    """The model with `count` elements where its tensors had a shape."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    del model.graph.value_info[:]
    for value in (*model.graph.input, *model.graph.output):
        shape = value.type.tensor_type.shape
        if len(shape.dim):
            del shape.dim[:]
            shape.dim.add().dim_value = count
    return model


def compiled(case, count):
    return niello.backend.prepare(resized(case.model(), count))


def check_bernoulli(case):
    """y is 1 with the chance x, else 0.

    The standard's body for it, which the expanded cases are, compares u > x
    for a u in [0, 1): its chance is 1 - x.
    """
    dtype = expected(case)[0].dtype
    given = inputs(case)[0].dtype
    model = compiled(case, DRAWS)
    expanded = case.model().graph.node[0].op_type != "Bernoulli"

    def draw(chance):
        x = 1 - chance if expanded else chance
        (y,) = model.run([x.astype(given)])
        check(y.dtype == dtype and y.shape == x.shape,
              f"gives {y.dtype}{y.shape}, needs {dtype}{x.shape}")
        check(np.isin(y, (0, 1)).all(), "gives other numbers than 0 and 1")
        return y

    check(not draw(np.zeros(DRAWS)).any(), "a chance of 0 gives a 1")
    # u > 0 fails for u = 0, one draw of 2^24: 4 times in DRAWS with a chance
    # below (DRAWS / 2^24)^4 / 24 = 5e-11.
    missed = DRAWS - draw(np.ones(DRAWS)).sum()
    check(missed <= (3 if expanded else 0), "a chance of 1 gives a 0")
    # Ten chances, each its own statistic.
    chances = np.arange(DRAWS) % 10 / 10 + 0.05
    y = draw(chances)
    for chance in np.unique(chances):
        mean = y[chances == chance].mean()
        bound = mean_bound(DRAWS // 10)
        check(abs(mean - chance) < bound,
              f"the mean is {mean} for {chance}, beyond {bound}")


def check_dropout(case):
    """y = x mask / (1 - ratio), the mask 0 with the chance ratio."""
    given = inputs(case)
    x = np.linspace(1, 2, DRAWS, dtype=given[0].dtype)
    # Without an input the ratio is a half.
    known = {array.dtype.name: float(array) for array in given[1:]}
    ratio = known.get("float32", 0.5)
    check(known.get("bool"), "the case does not train")
    y, *mask = compiled(case, DRAWS).run([x, *given[1:]])
    check(y.dtype == x.dtype and y.shape == x.shape,
          f"gives {y.dtype}{y.shape}, needs {x.dtype}{x.shape}")
    kept = y != 0  # x has no zero
    if mask:
        check(mask[0].dtype == bool and mask[0].shape == x.shape,
              f"the mask is {mask[0].dtype}{mask[0].shape}")
        check((mask[0] == kept).all(), "y and the mask differ in what is kept")
    # A product and a quotient in f32, each rounded once.
    np.testing.assert_allclose(y[kept], x[kept] / (1 - ratio), rtol=2**-22)
    bound = mean_bound(DRAWS)
    check(abs(kept.mean() - (1 - ratio)) < bound,
          f"keeps {kept.mean()} of {1 - ratio}, beyond {bound}")


def exact_inverse_transform(x, axis=1):
    """sum over n of x[n] e^(2 pi i n k / N) / N, the angles below a turn."""
    count = x.shape[int(axis)]
    turns = np.outer(np.arange(count), np.arange(count)) % count / count
    wave = np.exp(2j * np.pi * turns) / count
    y = np.moveaxis(x[..., 0] + 1j * x[..., 1], int(axis), -1) @ wave
    y = np.moveaxis(y, -1, int(axis))
    return np.stack([y.real, y.imag], axis=-1)


def exact_causal_attention(q, k, v):
    """Query t sees the keys up to t."""
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
    seen = np.tril(np.ones(scores.shape[-2:], bool))
    weights = np.exp(scores) * seen
    return weights / weights.sum(-1, keepdims=True) @ v


def check_nearer(exact):
    def run(case):
        want = expected(case)[0]
        (got,) = niello.backend.prepare(case.model()).run(inputs(case))
        check(got.dtype == want.dtype and got.shape == want.shape,
              f"gives {got.dtype}{got.shape}, needs {want.dtype}{want.shape}")
        wide = [a.astype(np.float64) if a.dtype.kind == "f" else a
                for a in inputs(case)]
        truth = exact(*wide)
        got, want = got.astype(np.float64), want.astype(np.float64)
        rtol, atol = case.source.rtol, case.source.atol
        np.testing.assert_allclose(got, truth, rtol=rtol, atol=atol)
        apart = ~np.isclose(got, want, rtol=rtol, atol=atol)
        ours, theirs = abs(got - truth), abs(want - truth)
        check((ours < theirs)[apart].all(),
              "the expected outputs are the nearer ones somewhere")
        check(ours.max() < theirs.max() and ours.mean() < theirs.mean(),
              "the expected outputs are the nearer ones")
    return run


def inputs(case):
    return [as_array(x) for x in case.source.data_sets[0][0]]


def expected(case):
    return [as_array(x) for x in case.source.data_sets[0][1]]


def as_array(x):
    return numpy_helper.to_array(x) if isinstance(
        x, onnx.TensorProto) else np.asarray(x)


RANDOM = {
    **dict.fromkeys((f"test_bernoulli{which}{form}"
                     for which in ("", "_double", "_seed")
                     for form in ("", "_expanded")), check_bernoulli),
    **dict.fromkeys((f"test_training_dropout{which}"
                     for which in ("", "_default", "_mask", "_default_mask")),
                    check_dropout),
}
NEARER = {
    **dict.fromkeys(("test_dft_inverse", "test_dft_inverse_opset19"),
                    check_nearer(exact_inverse_transform)),
    **dict.fromkeys(("test_attention_4d_causal_fp16",
                     "test_attention_4d_causal_fp16_expanded"),
                    check_nearer(exact_causal_attention)),
}
REASONS = {
    "RANDOM": "the expected outputs are one draw of NumPy's generator; what "
              "the operator's definition says of them was checked",
    "NEARER": "the expected outputs are farther from the exact ones, computed "
              "in f64, than what niello gives",
}


def judged(case):
    """Runs a case: 'PASS', 'RANDOM' or 'NEARER', or the case's exception."""
    try:
        case.run()
        return "PASS"
    except AssertionError:
        for kind, judges in (("RANDOM", RANDOM), ("NEARER", NEARER)):
            if case.name in judges:
                judges[case.name](case)
                return kind
        raise
