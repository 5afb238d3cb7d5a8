# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Cuts a failing graph down to what still fails, and prints it."""

import copy
import os
import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper

import catalogue
import compare
import isolate
import oracle
from draw import names_read

SECONDS = 60


def fails(trial):
    """Whether this trial still fails, in a child of its own."""
    outcome = isolate.run_one(lambda: compare.check(trial), SECONDS)
    if outcome.kind == "value":
        return outcome.value[0] == "MISMATCH"
    return "phase: oracle" not in outcome.stderr.splitlines()[-1:]


def intermediate_values(trial):
    """Every value of the graph for the first feed, by the oracle."""
    judge = oracle.Oracle(trial.model, trial.judges)
    return compare.ask(judge.all, trial.feeds[0])


def cut(trial, nodes, values):
    """The trial with these nodes only; what they lack is an input."""
    graph = trial.model.graph
    constants = {c.name: c for c in graph.initializer}
    inputs = {info.name: info for info in graph.input}
    made = {name for node in nodes for name in node.output}
    read = {name for node in nodes for name in names_read(node)}
    types = {info.name: info for info in [*graph.value_info, *graph.output]}
    feed, declared = {}, []
    for name in sorted(read - made - set(constants)):
        array = trial.feeds[0][name] if name in inputs else values[name]
        feed[name] = array
        declared.append(inputs[name] if name in inputs else
                        helper.make_tensor_value_info(
                            name, helper.np_dtype_to_tensor_dtype(array.dtype),
                            array.shape))
    outputs = [types[name] for node in nodes for name in node.output
               if name and name not in read]
    smaller = copy.copy(trial)
    smaller.model = copy.deepcopy(trial.model)
    kept = smaller.model.graph
    for part, items in (("node", nodes), ("input", declared),
                        ("output", outputs), ("initializer",
                        [c for n, c in constants.items() if n in read])):
        items = [copy.deepcopy(item) for item in items]
        kept.ClearField(part)
        getattr(kept, part).extend(items)
    kept.ClearField("value_info")
    smaller.feeds = [feed]
    return smaller


def smallest(trial):
    """A trial with few nodes that fails as well; the same if none does."""
    try:
        outcome = isolate.run_one(lambda: intermediate_values(trial), SECONDS)
        values = outcome.value if outcome.kind == "value" else None
        nodes = list(trial.model.graph.node)
        if values is not None:
            for node in nodes:
                single = cut(trial, [node], values)
                if fails(single):
                    return single
            first = copy.copy(trial)
            first.feeds = trial.feeds[:1]
            if not fails(first):
                return trial
            at = 0
            while at < len(nodes) and len(nodes) > 1:
                fewer = nodes[:at] + nodes[at + 1:]
                if fails(cut(trial, fewer, values)):
                    nodes = fewer
                else:
                    at += 1
            return cut(trial, nodes, values)
    except (AttributeError, KeyError, IndexError,
            onnx.checker.ValidationError):
        pass  # a graph that cannot be cut is shown whole
    return trial


def show(trial, out):
    """Prints the graph and its data, as far as that is small."""
    print(onnx.printer.to_text(trial.model), file=out)
    constants = {c.name: numpy_helper.to_array(c)
                 for c in trial.model.graph.initializer}
    for arrays in (constants, *trial.feeds):
        for name, array in arrays.items():
            data = f" = {array.tolist()}" if array.size < 20 else ""
            print(f"{name} {array.dtype}{list(array.shape)}{data}", file=out)


def report(seed, pairs, these, options):
    """Prints a smaller graph that fails as well, and how to get it again."""
    try:
        trial = (compare.draw_these(seed, these) if these else
                 compare.draw_trial(seed, pairs))
        if not these and not fails(trial):
            trial = compare.draw_trial(seed, pairs, alone=True)
        trial = smallest(trial)
    except Exception as error:  # the report must not end the run
        print(f"     cannot be drawn again: {error}")
        return
    show(trial, sys.stdout)
    how = f" --only {options.only}" if options.only else ""
    if these:
        how = f" --draw {','.join(map(catalogue.name_of, these))}"
    print(f"again: test/fuzz/differential/run.py --seed {seed}{how}",
          flush=True)
    if options.keep:
        os.makedirs(options.keep, exist_ok=True)
        stem = os.path.join(options.keep, f"seed{seed}")
        onnx.save(trial.model, stem + ".onnx")
        np.savez(stem + ".npz", **trial.feeds[0])
