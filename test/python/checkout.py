# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where things are in this clone, for the Python tests.

Import it first: it makes the package of the build tree importable. A build
elsewhere than build/ is named by the environment variable NIELLO_BUILD.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("NIELLO_BUILD") or ROOT / "build").resolve()
PROGRAM = Path(os.environ.get("NIELLO") or BUILD / "bin" / "niello").resolve()
CACHE = Path(os.environ.get("NIELLO_CACHE")
             or Path.home() / ".cache" / "niello")

if str(BUILD / "python") not in sys.path:
    sys.path.insert(0, str(BUILD / "python"))
os.environ.setdefault("NIELLO", str(PROGRAM))


def last_line(passed, failed):
    """Prints the line that tools/test reads; returns the exit status."""
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0
