# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which graphs a full run draws: each pair of operator and dtype at least FEWEST
times, with as few graphs as that takes.

In a round each pair is drawn as often as it still lacks, several in a graph. A
pair that could not be drawn beside others, or stood beside one that is refused,
lacks a draw after it and comes again, from round ALONE on in graphs of its own.
"""

import collections

import numpy as np

FEWEST = 5
# Nodes of a graph: more take the compiler longer than they save, and a failure
# is cut down to its node anyway.
MOST = 6
ALONE, ROUNDS = 2, 5


def plan(pairs, drawn, number):
    """[(seed, pairs of one graph)] of round `number`; drawn counts the pairs
    so far."""
    rng, graphs = np.random.default_rng([number, 7]), []
    for turn in range(FEWEST):
        rows = collections.defaultdict(list)
        for at in rng.permutation(len(pairs)):
            if FEWEST - drawn[pairs[at][0].qualified, pairs[at][1]] > turn:
                rows[pairs[at][0].opset].append(pairs[at])
        size = 1 if number >= ALONE else MOST
        graphs += [row[at:at + size] for row in rows.values()
                   for at in range(0, len(row), size)]
    # Seeds of their own, so that no graph of another round comes again.
    return [(number * 100000 + at, graph) for at, graph in enumerate(graphs)]
