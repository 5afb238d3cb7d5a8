# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Niello's dtypes as NumPy's.

bfloat16, float8 and types below a byte are those of ml_dtypes where that is
installed, else integers that carry the bits (uint16, uint8; int8 for int4).
"""

import numpy as np

try:
    import ml_dtypes
except ImportError:
    ml_dtypes = None

# Niello's name: (the name in ml_dtypes, what carries the bits without it).
_NARROW = {
    "bfloat16": ("bfloat16", "uint16"),
    "float8e4m3fn": ("float8_e4m3fn", "uint8"),
    "float8e4m3fnuz": ("float8_e4m3fnuz", "uint8"),
    "float8e5m2": ("float8_e5m2", "uint8"),
    "float8e5m2fnuz": ("float8_e5m2fnuz", "uint8"),
    "float8e8m0": ("float8_e8m0fnu", "uint8"),
    "int4": ("int4", "int8"),
    "uint4": ("uint4", "uint8"),
    "int2": ("int2", "int8"),
    "uint2": ("uint2", "uint8"),
    "float4e2m1": ("float4_e2m1fn", "uint8"),
}


def carrier(name):
    """The NumPy dtype that has the bits of `name`, one element each."""
    return np.dtype(_NARROW[name][1] if name in _NARROW else name)


def of(name):
    """The NumPy dtype in which arrays of `name` are shown."""
    if name == "string":
        return np.dtype(object)
    if name in _NARROW:
        shown = getattr(ml_dtypes, _NARROW[name][0], None)
        return np.dtype(shown) if shown else carrier(name)
    return np.dtype(name)


def fits(dtype, name):
    """Whether an array of this NumPy dtype can be passed as `name`."""
    return dtype == of(name) or (name in _NARROW and dtype == carrier(name))
