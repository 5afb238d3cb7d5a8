# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The int8 forms of a float model, as onnxruntime's own tool makes them.

Products alone are quantised, a scale a column: what people ship for text
encoders.
"""

import numpy as np


def dynamic(source, target):
    """Activations get their scale in each run (MatMulInteger)."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(source, target, op_types_to_quantize=["MatMul"],
                     weight_type=QuantType.QInt8, per_channel=True)


def static(source, target, feed, words=30522, cases=4):
    """Scales from a few runs on random words (QuantizeLinear and back)."""
    from onnxruntime.quantization import (
        CalibrationDataReader,
        QuantFormat,
        QuantType,
        quantize_static,
    )

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.feeds = iter([feed] + [
                dict(feed, input_ids=np.random.default_rng(seed).integers(
                    1000, words, feed["input_ids"].shape))
                for seed in range(cases - 1)])

        def get_next(self):
            return next(self.feeds, None)

    quantize_static(
        source, target, Reader(), quant_format=QuantFormat.QDQ,
        op_types_to_quantize=["MatMul"], per_channel=True,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
