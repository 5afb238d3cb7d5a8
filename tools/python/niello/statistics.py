# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Statistics of values inside a model over many calls, without the values.

    model = niello.compile("model.onnx", stats=["*/output=mean,variance,moments"])
    statistics = niello.Statistics()
    for batch in dataset:
        statistics.add(model.run(batch))
    statistics["layer.0/output"]["variance"]
    statistics.save("statistics.npz")

Files of several runs become one by

    python -m niello.statistics ALL.npz PART.npz PART.npz ..

The keys of a file are VALUE.stats.KIND, as the model's outputs. Kinds:

    count      how many numbers each of the others stands for
    mean, variance, min, max
    l1, l2, linf   norms of all numbers seen
    moments    sum of x x^T over all rows x
    histogram  how many numbers have these top 14 bits as f32
"""

import sys

import numpy as np

from niello import errors

_MARK = ".stats."
_LOW_BITS = 32 - 14


def _merge_mean(a, b):
    n = a["count"] + b["count"]
    return a["mean"] + (b["mean"] - a["mean"]) * (b["count"] / n)


def _merge_variance(a, b):
    """Chan, Golub and LeVeque, 1979: M = Ma + Mb + (mb - ma)^2 na nb / n."""
    n = a["count"] + b["count"]
    parts = a["variance"] * (a["count"] / n) + b["variance"] * (b["count"] / n)
    return parts + (b["mean"] - a["mean"])**2 * (
        a["count"] / n * (b["count"] / n))


_MERGE = {
    "mean": _merge_mean,
    "variance": _merge_variance,
    "min": lambda a, b: np.minimum(a["min"], b["min"]),
    "max": lambda a, b: np.maximum(a["max"], b["max"]),
    "l1": lambda a, b: a["l1"] + b["l1"],
    "l2": lambda a, b: np.hypot(a["l2"], b["l2"]),
    "linf": lambda a, b: np.maximum(a["linf"], b["linf"]),
    "moments": lambda a, b: a["moments"] + b["moments"],
    "histogram": lambda a, b: a["histogram"] + b["histogram"],
    "count": lambda a, b: a["count"] + b["count"],
}


def _merged(name, a, b):
    for kind in a:
        if kind not in b or np.shape(a[kind]) != np.shape(b[kind]):
            raise errors.BadInputError(
                f"{kind} of {name!r} has shape {np.shape(a[kind])}, but the "
                f"one to add {np.shape(b[kind]) if kind in b else 'is missing'}"
                "; statistics are combined along a dimension of one size")
    if "variance" in a and "mean" not in a:
        raise errors.BadInputError(
            f"variance of {name!r} needs its mean beside it to be combined")
    if a["count"] == 0 or b["count"] == 0:  # a mean of nothing is no number
        return b if a["count"] == 0 else a
    return {kind: _MERGE[kind](a, b) for kind in a}


def _bin_edges():
    """Lower and upper edges of all bins as f64, NaN's among them as NaN."""
    first = np.arange(1 << 14, dtype=np.uint32) << _LOW_BITS
    last = first + np.uint32((1 << _LOW_BITS) - 1)
    low, high = first.view(np.float32), last.view(np.float32)
    high = np.where(np.isinf(low), low, high)  # with its NaNs of few bits
    with np.errstate(invalid="ignore"):
        return low.astype(float), high.astype(float)


class Statistics:
    """What is known of each value: {name: {kind: array}}, by [name]."""

    def __init__(self):
        self._values = {}

    def __getitem__(self, name):
        return self._values[name]

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def add(self, outputs):
        """Takes the statistics among the outputs of one call."""
        other = Statistics()
        for key, array in outputs.items():
            name, mark, kind = key.rpartition(_MARK)
            if mark and kind in _MERGE:
                other._values.setdefault(name, {})[kind] = np.array(array)
        self.merge(other)

    def merge(self, other):
        """Takes in what another has seen."""
        for name, kinds in other._values.items():
            if name in self._values:
                kinds = _merged(name, self._values[name], kinds)
            self._values[name] = dict(kinds)

    def quantile(self, name, q):
        """The smallest number that a share q of all is not above, from the
        histogram: within 1/64 of the right one (numpy.quantile, method
        "inverted_cdf"); NaNs are left out.
        """
        low, high = _bin_edges()
        counts = self._values[name]["histogram"]
        middle = np.where(low == high, low, low / 2 + high / 2)
        order = np.argsort(middle)
        order = order[~np.isnan(middle[order])]
        upto = np.cumsum(counts[order])
        if not len(upto) or upto[-1] == 0:
            return np.full(np.shape(q), np.nan)[()]
        rank = np.maximum(np.ceil(np.asarray(q) * upto[-1]), 1)
        return middle[order[np.searchsorted(upto, rank)]]

    def save(self, path):
        """Writes all as a .npz file."""
        np.savez(path, **{name + _MARK + kind: array
                          for name, kinds in self._values.items()
                          for kind, array in kinds.items()})

    @classmethod
    def load(cls, path):
        """Reads a .npz file of save() or of a program's --output-npz."""
        statistics = cls()
        with np.load(path, allow_pickle=False) as file:
            statistics.add(file)
        return statistics


def main(arguments):
    """Combines files: the first is written, the others are read."""
    if len(arguments) < 2:
        sys.exit("python -m niello.statistics ALL.npz PART.npz [PART.npz ..]")
    whole = Statistics()
    for path in arguments[1:]:
        whole.merge(Statistics.load(path))
    whole.save(arguments[0])


if __name__ == "__main__":
    main(sys.argv[1:])
