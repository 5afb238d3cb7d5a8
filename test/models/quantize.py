# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A static int8 QDQ model, made from a float one by onnxruntime's own tool."""

import os

import numpy as np
import onnx


def quantize(source, target, feed, cases=8):
    """Writes `target`; calibrates on feed(NumPy's Generator), `cases` times."""
    from onnxruntime.quantization import (
        CalibrationDataReader,
        QuantFormat,
        QuantType,
        quantize_static,
    )
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.feeds = iter(feed(np.random.default_rng(900 + i))
                              for i in range(cases))

        def get_next(self):
            return next(self.feeds, None)

    prepared, partial = f"{target}.prepared", f"{target}.partial"
    model = onnx.load(source)
    # DequantizeLinear takes one scale a channel from opset 13 on.
    if next(o.version for o in model.opset_import if not o.domain) < 13:
        model = onnx.version_converter.convert_version(model, 17)
    onnx.save(model, prepared)
    quant_pre_process(prepared, prepared, skip_symbolic_shape=True)
    quantize_static(
        prepared, partial, Reader(), quant_format=QuantFormat.QDQ,
        per_channel=True, activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8)
    os.remove(prepared)
    os.rename(partial, target)
