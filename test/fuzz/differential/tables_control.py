# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that hold graphs, and sequences and optionals."""

from onnx import helper

from kinds import ARITHMETIC, STORED, onnx_type
from tables import operator


def _info(name, value_or_dtype, shape=None):
    dtype = getattr(value_or_dtype, "dtype", value_or_dtype)
    shape = getattr(value_or_dtype, "shape", shape)
    return helper.make_tensor_value_info(name, onnx_type(dtype), shape)


def _mix(dtype):
    """An operator (x, y) that every type of the kind has."""
    return "Xor" if dtype == "bool" else "Add"


@operator("If")
def _if(draw, dtype):
    kind = draw.one(ARITHMETIC)
    x = draw.any(kind)
    branches = {}
    for branch, operation, operands in (
            ("then_branch", _mix(kind), [x.name, x.name]),
            ("else_branch", "Identity", [x.name])):
        result = draw.name("b")
        branches[branch] = helper.make_graph(
            [helper.make_node(operation, operands, [result])], branch, [],
            [_info(result, x)])
    draw.emit("If", [draw.fresh(dtype, ())], captured=[x], **branches)


@operator("Loop")
def _loop(draw, dtype):
    kind = draw.one(ARITHMETIC)
    # A loop of no trips has the sizes that its body declares.
    x, carried = draw.fresh(kind, draw.shape(), fixed=True), draw.name("b")
    y = draw.fresh(kind, x.shape, fixed=True)
    step, going, still, result, piece = (draw.name("b") for _ in range(5))
    body = helper.make_graph(
        [helper.make_node("Identity", [going], [still]),
         helper.make_node(_mix(kind), [carried, y.name], [result]),
         helper.make_node("Identity", [carried], [piece])],
        "body",
        [_info(step, "int64", []), _info(going, "bool", []),
         _info(carried, x)],
        [_info(still, "bool", []), _info(result, x), _info(piece, x)])
    trips = draw.fresh(dtype, (), 0, 4)
    rank = len(x.shape)
    draw.emit("Loop", [trips, None, x], 2, captured=[y], body=body,
              rank=[rank, rank + 1])


@operator("Scan")
def _scan(draw, dtype):
    state = draw.any(dtype, high=2)
    steps = draw.size(empty=False)
    pieces = draw.fresh(dtype, (steps, *state.shape))
    old, piece, new, out = (draw.name("b") for _ in range(4))
    step = (helper.make_node("Identity", [piece], [new]) if dtype in STORED
            else helper.make_node(_mix(dtype), [old, piece], [new]))
    body = helper.make_graph(
        [step, helper.make_node("Identity", [new], [out])], "body",
        [_info(old, state), _info(piece, state)],
        [_info(new, state), _info(out, state)])
    # The reference evaluator, which alone has these, walks forward.
    forward = dtype in (*STORED, "bfloat16")
    way = [0 if forward else int(draw.rng.integers(2))]
    draw.emit("Scan", [state, pieces], 2, num_scan_inputs=1, body=body,
              scan_input_directions=way)


def _sequence(name):
    """SequenceConstruct or SplitToSequence, a change, and what is read."""

    def make(draw, dtype):
        x = draw.any(dtype, low=1, empty=False)
        parts, whole, count = [x], draw.name("s"), 2
        if name == "SplitToSequence":
            x = draw.fresh(dtype, (4, 3))
            parts = [x]
            nodes = [helper.make_node(name, [x.name], [whole], axis=0,
                                      keepdims=1)]
            count = 4
        elif name == "SequenceEmpty":
            empty, one = draw.name("s"), draw.name("s")
            parts.append(draw.fresh(dtype, x.shape))
            nodes = [
                helper.make_node(name, [], [empty], dtype=onnx_type(dtype)),
                helper.make_node("SequenceInsert", [empty, x.name], [one]),
                helper.make_node("SequenceInsert", [one, parts[1].name],
                                 [whole])]
        else:
            parts.append(draw.fresh(dtype, x.shape))
            nodes = [helper.make_node(
                "SequenceConstruct", [p.name for p in parts], [whole])]
        if name in ("SequenceInsert", "SequenceErase"):
            changed = draw.name("s")
            at = draw.constant(int(draw.rng.integers(-count, count)), "int64")
            inputs = [whole, x.name, at.name][::1 if name[-1] == "t" else 2]
            nodes.append(helper.make_node(name, inputs, [changed]))
            parts.append(at)
            count += 1 if name == "SequenceInsert" else -1
            whole = changed
        elif name == "SequenceMap":
            changed, a, b = (draw.name("s") for _ in range(3))
            body = helper.make_graph(
                [helper.make_node(_mix(dtype), [a, a], [b])], "body",
                [_info(a, x)], [_info(b, x)])
            nodes.append(helper.make_node(name, [whole], [changed],
                                          body=body))
            whole = changed
        rank = len(x.shape)
        if name == "SequenceLength":
            draw.emit(name, [whole], before=nodes, captured=parts)
        elif name == "ConcatFromSequence":
            draw.emit(name, [whole], before=nodes, captured=parts, axis=0,
                      rank=rank)
        else:
            at = draw.constant(int(draw.rng.integers(-count, count)), "int64")
            draw.emit("SequenceAt", [whole, at], before=nodes, captured=parts,
                      rank=rank)

    return make


for _name in ("SequenceConstruct", "SequenceAt", "SequenceInsert",
              "SequenceErase", "SequenceLength", "SequenceMap", "SequenceEmpty",
              "ConcatFromSequence", "SplitToSequence"):
    operator(_name)(_sequence(_name))


def _optional(name):
    def make(draw, dtype):
        x, maybe = draw.any(dtype), draw.name("o")
        nodes = [helper.make_node("Optional", [x.name], [maybe])]
        read = name if name != "Optional" else "OptionalGetElement"
        draw.emit(read, [maybe], before=nodes, captured=[x],
                  rank=len(x.shape))

    return make


for _name in ("Optional", "OptionalGetElement", "OptionalHasElement"):
    operator(_name)(_optional(_name))
