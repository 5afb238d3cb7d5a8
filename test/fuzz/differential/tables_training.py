# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators of ai.onnx.preview: optimisers, attention with graphs inside."""

from onnx import helper

from kinds import onnx_type
from tables import operator

TRAINING = "ai.onnx.preview.training"
# How many tensors each optimiser keeps beside a parameter and its gradient.
KEPT = {"Adagrad": 1, "Momentum": 1, "Adam": 2}


def _optimiser(name):
    def make(draw, dtype):
        shapes = [draw.shape(0, 2) for _ in range(draw.one((1, 2)))]
        # Squares among what is kept are not negative.
        inputs = [draw.fresh(dtype, shape, *span)
                  for span in [()] * 2 + [(0.1, 4)] * KEPT[name]
                  for shape in shapes]
        results = shapes * (1 + KEPT[name])
        attributes = dict(norm_coefficient=draw.one((0.0, 0.01)))
        if name == "Momentum":
            attributes.update(alpha=0.9, beta=draw.one((0.5, 1.0)),
                              mode=draw.one(("standard", "nesterov")))
        elif name == "Adam":
            attributes.update(alpha=0.9, beta=0.99,
                              norm_coefficient_post=draw.one((0.0, 0.02)))
        else:
            attributes.update(decay_factor=draw.one((0.0, 0.1)), epsilon=1e-3)
        draw.emit(name, [draw.fresh(dtype, (), 0.01, 0.5),
                         draw.fresh("int64", (), 0, 5), *inputs],
                  len(results), domain=TRAINING,
                  kind=[(dtype, shape) for shape in results], **attributes)

    return make


for _name in KEPT:
    operator(_name, TRAINING)(_optimiser(_name))


def _modifier(draw, operation, dtype, shape):
    """A graph of one node that changes scores or probabilities."""
    kind = onnx_type("float64" if dtype == "float64" else "float32")
    x, y = draw.name("b"), draw.name("b")
    return helper.make_graph(
        [helper.make_node(operation, [x], [y])], "modifier",
        [helper.make_tensor_value_info(x, kind, shape)],
        [helper.make_tensor_value_info(y, kind, shape)])


@operator("FlexAttention", "ai.onnx.preview")
def _flex_attention(draw, dtype):
    batch, steps, keys = draw.one((1, 2)), draw.one((1, 3)), draw.one((2, 5))
    groups, share = draw.one((1, 2)), draw.one((1, 2))
    width, out = draw.one((2, 4)), draw.one((3, 4))
    scores = (batch, groups * share, steps, keys)
    given = {name: _modifier(draw, operation, dtype, scores)
             for name, operation in (("score_mod", "Tanh"),
                                     ("prob_mod", "Sqrt"))
             if draw.chance(0.5)}
    draw.emit("FlexAttention", [
        draw.fresh(dtype, shape, special=False, fixed=True) for shape in (
            (batch, groups * share, steps, width),
            (batch, groups, keys, width), (batch, groups, keys, out))],
        domain="ai.onnx.preview", kind=(dtype, (*scores[:3], out)), **given)
