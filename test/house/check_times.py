# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares README's table with test/bench/results.json.

    check_times.py ROOT
"""

import json
import sys
from pathlib import Path


def main(root):
    sys.path.insert(0, str(root / "test" / "bench"))
    import report

    run = json.loads((root / "test" / "bench" / "results.json").read_text())
    readme = (root / "README.md").read_text()
    wrong = report.replace(readme, run) != readme
    if wrong:
        print("README's table is not of results.json: peers.py --readme")
    for result in run["results"]:
        times = {row["engine"]: row["best"] for row in result["rows"]
                 if "best" in row and not row["wrong"]}
        peers = [times[name] for name in times if name != "niello"]
        if "niello" in times and peers:
            found = report.ratio(result["rows"])
            wrong += abs(found * times["niello"] - min(peers)) > 1e-9
    print(f"{len(run['results'])} rows, {int(wrong)} wrong")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
