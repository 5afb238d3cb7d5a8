# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Statistics of the model in stats.test beside NumPy's on stored values.

All but moments are taken in f64 from f32 values: n additions of rounding 2^-53
each, on both sides. Moments are f32 products: n 2^-24 of the sum of absolute
products, at most.
"""

import os
import subprocess
import sys
import tempfile

import niello
import numpy as np

PATH = sys.argv[1]
R = np.random.default_rng(0)
KINDS = "mean,variance,min,max,l1,l2,linf,moments,histogram"


def batch(n, m):
    return {"x": R.standard_normal((n, m, 5), dtype=np.float32) + 3,
            "k": R.integers(-9, 9, 4)}


def expected(values, axis):
    """Statistics of all values together, by the axis that they share."""
    flat = np.concatenate([
        np.moveaxis(np.atleast_1d(v), axis, -1).reshape(
            -1, np.atleast_1d(v).shape[axis]) for v in values])
    wide = flat.astype(float)
    return {
        "count": np.int64(len(wide)), "mean": wide.mean(0),
        "variance": wide.var(0), "min": wide.min(0), "max": wide.max(0),
        "l1": np.abs(wide).sum(0), "l2": np.sqrt((wide**2).sum(0)),
        "linf": np.abs(wide).max(0), "moments": wide.T @ wide}


def compare(got, want, absolute):
    for kind, value in want.items():
        assert got[kind].shape == value.shape, (kind, got[kind], value)
        n = max(1, int(want["count"]))
        if kind == "moments":
            bound = n * 2**-24 * absolute
        else:
            bound = 4 * n * 2**-53 * (want["l2"]**2 + 1)
        assert (np.abs(got[kind] - value) <= bound).all(), (kind, got, want)


def check_combined():
    model = niello.compile(PATH, taps=["square", "double"], stats=[
        f"square={KINDS}", f"twice={KINDS}@1", f"double={KINDS}",
        "least", "*"])
    whole, halves = niello.Statistics(), [niello.Statistics() for _ in "ab"]
    seen = []
    for i, n in enumerate((2, 7, 1, 3)):
        out = model.run(batch(n, 4))
        seen.append(out)
        whole.add(out)
        halves[i % 2].add(out)
    halves[0].merge(halves[1])
    values = {name: [out[name] for out in seen] for name in ("square",)}
    for statistics in (whole, halves[0]):
        for name, arrays in values.items():
            wide = [np.abs(a.astype(float)) for a in arrays]
            absolute = sum(w.reshape(-1, 5).T @ w.reshape(-1, 5) for w in wide)
            compare(statistics[name], expected(arrays, -1), absolute)
            flat = np.sort(np.concatenate([a.ravel() for a in arrays]))
            assert statistics[name]["histogram"].sum() == len(flat)
            for q in (0, 0.01, 0.5, 0.99, 1):
                right = np.quantile(flat, q, method="inverted_cdf")
                near = statistics.quantile(name, q)
                assert abs(near - right) <= abs(right) / 64, (q, near, right)
    assert "twice" in whole and whole["twice"]["mean"].shape == (4,)
    assert whole["least"]["count"] == 4 and whole["least"]["min"].shape == (1,)
    assert "isbig" not in whole  # of a pattern, what is no number is left out


def check_edges():
    """Nothing at all, infinities and NaNs; other sizes are not combined."""
    model = niello.compile(PATH, stats=[f"square={KINDS}", "twice=mean@1"])
    statistics = niello.Statistics()
    statistics.add(model.run(batch(0, 3)))
    assert statistics["square"]["count"] == 0
    assert statistics["square"]["histogram"].sum() == 0
    full = batch(2, 3)
    full["x"][0, 0, :3] = np.inf, np.nan, 0
    statistics.add(model.run(full))
    assert statistics["square"]["count"] == 6
    assert statistics["square"]["max"][0] == np.inf
    assert np.isnan(statistics["square"]["mean"][1])
    assert statistics.quantile("square", 1) == np.inf
    try:
        statistics.add(model.run(batch(3, 4)))
    except niello.BadInputError as error:
        assert "statistics are combined along a dimension of one size" in \
            str(error), error
    else:
        raise AssertionError("means of 3 and of 4 were combined")


def check_files():
    """.npz of a program, combined by the command line."""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "steps")
        niello.compiler.run_program(
            ["compile", PATH, "-o", program, f"--stats=square={KINDS}"])
        whole, files = niello.Statistics(), []
        model = niello.compile(PATH, stats=[f"square={KINDS}"])
        for i in range(3):
            feed = batch(i + 1, 2)
            np.save(f"{folder}/x.npy", feed["x"])
            np.save(f"{folder}/k.npy", feed["k"])
            files.append(f"{folder}/part{i}.npz")
            subprocess.run(
                [program, f"--input=x={folder}/x.npy",
                 f"--input=k={folder}/k.npy", f"--output-npz={files[-1]}"],
                check=True, stdout=subprocess.DEVNULL)
            whole.add(model.run(feed))
        together = f"{folder}/all.npz"
        subprocess.run([sys.executable, "-m", "niello.statistics", together,
                        *files], check=True)
        read = niello.Statistics.load(together)
        assert list(read) == ["square"]
        for kind, value in whole["square"].items():
            assert np.array_equal(read["square"][kind], value), kind


check_combined()
check_edges()
check_files()
