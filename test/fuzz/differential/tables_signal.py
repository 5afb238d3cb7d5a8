# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators of signals: Fourier transforms, windows, mel filters."""

from kinds import FLOATS, onnx_type
from tables import operator


@operator("DFT")
def _dft(draw, dtype):
    inverse, sided = draw.one(((0, 0), (0, 1), (1, 0)))
    shape = (draw.one((1, 2)), draw.one((4, 5, 8)), draw.one((3, 6)),
             1 if sided else draw.one((1, 2)))
    inputs = [draw.fresh(dtype, shape, special=False, fixed=(3,)), None,
              draw.constant(draw.one((1, 2, -2)), "int64")]
    draw.emit("DFT", inputs, inverse=inverse, onesided=sided)


@operator("STFT")
def _stft(draw, dtype):
    length = draw.one((4, 8))
    inputs = [draw.fresh(dtype, (draw.one((1, 2)), 16, 1), special=False,
                         fixed=(2,)),
              draw.constant(draw.one((2, 4)), "int64"),
              draw.fresh(dtype, (length,), 0, 1, fixed=True),
              draw.constant(length, "int64")]
    draw.emit("STFT", inputs, onesided=int(draw.rng.integers(2)))


def _window(name):
    def make(draw, dtype):
        size = draw.constant(draw.one((4, 9)), dtype)
        # The standard's function bodies compute in float32 for all types.
        draw.types.append("float32")
        draw.emit(name, [size], periodic=int(draw.rng.integers(2)),
                  output_datatype=onnx_type(draw.one(FLOATS)))

    return make


for _name in ("HannWindow", "HammingWindow", "BlackmanWindow"):
    operator(_name)(_window(_name))


@operator("MelWeightMatrix")
def _mel_weight_matrix(draw, dtype):
    numbers = [draw.constant(n, dtype) for n in draw.one(
        ((8, 64, 8192), (3, 16, 16000)))]
    edges = [draw.constant(n, "float32") for n in (0, 4000)]
    draw.emit("MelWeightMatrix", [*numbers, *edges],
              output_datatype=onnx_type("float32"))
