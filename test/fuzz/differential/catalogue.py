# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""All that is drawn: the tables, and what they register, as pairs."""

import numpy as np

import tables
import tables_attention  # noqa: F401  (each registers its operators)
import tables_contrib
import tables_control  # noqa: F401
import tables_features  # noqa: F401
import tables_gather  # noqa: F401
import tables_integer  # noqa: F401
import tables_move  # noqa: F401
import tables_network  # noqa: F401
import tables_norm  # noqa: F401
import tables_random  # noqa: F401
import tables_reduce  # noqa: F401
import tables_shape  # noqa: F401
import tables_signal  # noqa: F401
import tables_training  # noqa: F401
import tables_vision  # noqa: F401

tables_contrib.register()


def all_pairs():
    """(operator, dtype) of the tables, shuffled, so that any range of seeds
    holds operators of all kinds."""
    pairs = [(operator, dtype) for operator in tables.OPERATORS
             for dtype in operator.dtypes]
    order = np.random.default_rng(0).permutation(len(pairs))
    return [pairs[at] for at in order]


def name_of(pair):
    """As run.py prints it and takes it."""
    operator, dtype = pair
    return f"{operator.qualified}:{dtype}"
