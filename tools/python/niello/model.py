# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A compiled model: niello.load and what niello.compile returns."""

import os
import shutil
import threading
import weakref
from dataclasses import dataclass

import numpy as np

from niello import _runtime, dtypes, errors


@dataclass(frozen=True)
class Tensor:
    """An input or output: a dim is a size, a name, or None where free."""

    name: str
    dtype: str
    shape: tuple

    def __str__(self):
        dims = ", ".join("?" if d is None else str(d) for d in self.shape)
        return f"{self.name}: {self.dtype}[{dims}]"


def load(path, threads=0):
    """Loads a shared library that `niello compile` or Model.save wrote."""
    return Model(path, threads)


class Model:
    """Runs a compiled model; any number of threads may share one.

    inputs, outputs   lists of Tensor, in the order of the model file
    level             the CPU level whose code runs here
    """

    def __init__(self, path, threads=0):
        path = os.path.abspath(os.fspath(path))
        try:
            # Stays readable for save() after the file is gone.
            self._file = os.open(path, os.O_RDONLY)
        except OSError as error:
            raise errors.ModelError(
                f"cannot read {path}: {error.strerror}") from None
        weakref.finalize(self, os.close, self._file)
        self._library = _runtime.open(path)
        self._threads, self._idle = threads, []
        self._lock = threading.Lock()
        facts = self._library.describe()
        self.name, self.source = facts["name"], facts["source"]
        self.level = facts["level"]
        self.inputs = [Tensor(n, t, tuple(d)) for n, t, d in facts["inputs"]]
        self.outputs = [Tensor(n, t, tuple(d)) for n, t, d in facts["outputs"]]

    def __repr__(self):
        return (f"<niello.Model {self.name} "
                f"({'; '.join(map(str, self.inputs))}) -> "
                f"({'; '.join(map(str, self.outputs))})>")

    def run(self, inputs):
        """{name: array} -> {name: array}, outputs in the model's order."""
        names = [tensor.name for tensor in self.inputs]
        for name in inputs:
            if name not in names:
                raise errors.BadInputError(
                    f"the model has no input {name!r}; "
                    f"its inputs are {', '.join(names)}")
        missing = [name for name in names if name not in inputs]
        if missing:
            raise errors.BadInputError(
                f"needs an array for input {missing[0]!r}, but got none")
        results = self(*[inputs[name] for name in names])
        return {tensor.name: result
                for tensor, result in zip(self.outputs, results)}

    def __call__(self, *arrays):
        """Arrays in the order of `inputs` -> list of arrays."""
        if len(arrays) != len(self.inputs):
            raise errors.BadInputError(
                f"needs {len(self.inputs)} arrays, but got {len(arrays)}")
        ready = [_carried(array, tensor)
                 for array, tensor in zip(arrays, self.inputs)]
        numbers = [_runtime.DTYPES[tensor.dtype] for tensor in self.inputs]
        with self._lock:
            session = self._idle.pop() if self._idle else None
        if session is None:
            session = _runtime.Session(self._library, self._threads)
        try:
            results = session.run(ready, numbers)
        finally:
            with self._lock:
                self._idle.append(session)
        return [result.view(dtypes.of(tensor.dtype))
                for result, tensor in zip(results, self.outputs)]

    def save(self, path):
        """Writes the compiled model as a shared library."""
        partial = f"{os.fspath(path)}.partial"
        try:
            with open(partial, "wb") as out, os.fdopen(
                    os.dup(self._file), "rb") as file:
                file.seek(0)
                shutil.copyfileobj(file, out, 1 << 20)
            os.chmod(partial, 0o755)
            os.replace(partial, path)
        except BaseException:
            if os.path.exists(partial):
                os.remove(partial)
            raise


def _carried(array, tensor):
    """The array as one that the runtime can read: bits in a NumPy type.

    Lists and numbers of Python take the dtype of the input; arrays have one.
    """
    if not hasattr(array, "__array__") and tensor.dtype != "string":
        array = np.asarray(array, dtypes.of(tensor.dtype))
    array = np.asarray(array)
    if tensor.dtype == "string" or not dtypes.fits(array.dtype, tensor.dtype):
        raise errors.BadInputError(
            f"input {tensor.name!r} needs {tensor.dtype}, "
            f"but got an array of {array.dtype}")
    carrier = dtypes.carrier(tensor.dtype)
    if tensor.dtype in ("int4", "uint4", "int2", "uint2"):
        # The unused bits of ml_dtypes' elements mean nothing; ours are checked.
        return array.astype(carrier)
    return array.view(carrier)
