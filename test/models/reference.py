# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""onnxruntime as the reference, and the rule by which results are judged.

The reference is onnxruntime with all graph optimisations off, one thread.
Its distance from itself with all of them on is the noise of the model: an
error below that says nothing. A model's tolerance is therefore its own figure
or four times the noise, whichever is larger.

Float outputs: |got - want| <= tolerance * max |want| + 1e-6, or for quantised
models rms(got - want) <= tolerance * rms(want), because one rounding step in
a dynamic scale moves many values; NaN in the same places. Others are equal.
"""

import zlib

import numpy as np


def session(path, optimized):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    levels = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = (
        levels.ORT_ENABLE_ALL if optimized else levels.ORT_DISABLE_ALL)
    return onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"])


class References:
    """Inputs and reference outputs of the cases of models, made when asked."""

    def __init__(self, path_of):
        self.path_of, self.known = path_of, {}

    def case(self, model, number):
        """(inputs, reference outputs, outputs with optimisation)."""
        key = model.name, number
        if key not in self.known:
            case = model.cases[number]
            seed = zlib.crc32(f"{model.name}/{number}".encode())
            feed = model.feed(
                np.random.default_rng(seed), case, self._outputs_of)
            path = self.path_of(model)
            runs = []
            for optimized in (False, True):
                engine = session(path, optimized)
                names = [output.name for output in engine.get_outputs()]
                runs.append(dict(zip(names, engine.run(None, feed))))
            self.known[key] = (feed, *runs)
        return self.known[key]

    def _outputs_of(self, name, number):
        import corpus

        model = next(m for m in corpus.MODELS if m.name == name)
        return self.case(model, number)[1]

    def tolerance(self, model):
        worst = 0.0
        for number in range(len(model.cases)):
            _, want, other = self.case(model, number)
            for name, value in want.items():
                if value.dtype.kind == "f" and value.size:
                    error = relative_error(other[name], value, model.quantized)
                    worst = max(worst, error)
        return max(model.tolerance, 4 * worst)


def relative_error(got, want, quantized):
    """The error in units of the tolerance; infinite where nothing fits."""
    if got.shape != want.shape or got.dtype != want.dtype:
        return np.inf
    if not want.size:
        return 0.0
    if want.dtype.kind != "f":
        return 0.0 if np.array_equal(got, want) else np.inf
    got, want = got.astype("float64"), want.astype("float64")
    if (np.isnan(got) != np.isnan(want)).any():
        return np.inf
    with np.errstate(invalid="ignore"):
        error = np.where(got == want, 0.0, np.nan_to_num(got - want))
    want = np.nan_to_num(want)
    if quantized:
        return float(np.sqrt((error**2).mean())
                     / (np.sqrt((want**2).mean()) or 1))
    scale = np.abs(want).max() or 1
    return float(max(0.0, np.abs(error).max() - 1e-6) / scale)
