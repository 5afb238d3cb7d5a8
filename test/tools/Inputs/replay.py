# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Breaks a compile before passes of it and replays each from its reproducer.

    replay.py MODEL EVERY FOLDER

Every EVERYth pass that --dump-ir lists. `niello` takes the reproducer to the
end of the stage: the same text as without the break, but for locations, as the
arguments of blocks are printed without.
"""

import collections
import re
import subprocess
import sys
from pathlib import Path

FLAGS = ["--target=x86-64-v2", "--numerics=strict"]


def niello(*arguments, program=("niello",)):
    return subprocess.run([*program, "compile", *map(str, arguments)],
                          capture_output=True, text=True)


def plain(text):
    """Without locations; before a stage has a machine its text names none,
    while a reproducer's always does."""
    text = re.sub(r"model\.flags = \{.*?\}, |^#loc.*\n", "", text, flags=re.M)
    return re.sub(r" loc\((#loc\d*|\"[^\"]*\"(:\d+:\d+)?)\)", "", text)


def main():
    model, every, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    assert niello(model, *FLAGS, "-o", folder / "whole",
                  "--dump-ir", folder / "trail").returncode == 0
    rows = re.findall(r"^\| \d+ \| (\w+) \| ",
                      (folder / "trail/index.md").read_text(), re.M)
    before, texts, failed = collections.Counter(), {}, 0
    for number, stage in enumerate(rows):
        passed = before[stage]
        before[stage] += 1
        if number % every:
            continue
        if stage not in texts:
            texts[stage] = niello(model, *FLAGS, f"--emit={stage}").stdout
        broken = niello(model, *FLAGS, "-o", folder / "broken", program=(
            "niello-crash", f"abort@{stage}:{passed}"))
        replay = re.search(r"^    niello compile (\S+) (.*)$", broken.stderr, re.M)
        again = replay and niello(replay[1], *replay[2].split())
        if broken.returncode != 3 or not again or plain(
                again.stdout) != plain(texts[stage]):
            failed += 1
            print(f"{stage}, {passed} passed: {broken.stderr}")
            print(again.stderr if again else "no replay")
    print(f"{len(rows)} passes, {failed} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
