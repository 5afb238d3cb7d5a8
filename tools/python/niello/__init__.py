# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles trained models to native code, and runs them on NumPy arrays.

    import niello
    model = niello.compile("model.onnx", dims={"batch": 1})
    outputs = model.run({"input_ids": ids, "attention_mask": mask})
    model.save("model.so")

    again = niello.load("model.so")
    logits, = again(ids, mask)
"""

from niello.compiler import compile
from niello.errors import (
    BadInputError,
    CheckError,
    Error,
    InternalError,
    MachineError,
    ModelError,
    UnsupportedError,
)
from niello.model import Model, Tensor, load
from niello.statistics import Statistics

__version__ = "0.1.0"
__all__ = [
    "BadInputError",
    "CheckError",
    "Error",
    "InternalError",
    "MachineError",
    "Model",
    "ModelError",
    "Statistics",
    "Tensor",
    "UnsupportedError",
    "compile",
    "load",
]
