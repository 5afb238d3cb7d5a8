#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the groups of test/budget.tsv, with the time of each against its budget.

See tools/test, which installs and builds first. A group that is over its budget
is pointed out; one that takes four times as long is stopped and has failed.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "logs"


@dataclass
class Group:
    name: str
    budget: int
    when: str
    command: str


def read_groups():
    groups = []
    for line in (ROOT / "test" / "budget.tsv").read_text().splitlines():
        if line and not line.startswith("#"):
            name, budget, when, command = line.split("\t")
            groups.append(Group(name, int(budget), when, command))
    return groups


def count(log, code):
    """(passed, failed) as a group's output says it."""
    plain = re.findall(r"^(?:\w+: )?(\d+) passed, (\d+) failed", log, re.M)
    if plain:
        passed, failed = map(int, plain[-1])
    else:  # lit's summary
        lit = dict(re.findall(r"^  ([A-Z][A-Za-z ]+?) *: +(\d+)", log, re.M))
        passed = int(lit.get("Passed", 0)) + int(lit.get("Expectedly Failed", 0))
        failed = sum(
            int(lit.get(kind, 0))
            for kind in ["Failed", "Timed Out", "Unresolved", "Unexpectedly Passed"]
        )
    if code != 0 and failed == 0:
        failed = 1
    if code == 0 and passed + failed == 0:
        failed = 1  # a group that ran nothing shows nothing
    return passed, failed


def run(group):
    """(exit code, whole output) of the group's command."""
    command = group.command.format(python=sys.executable)
    path = LOGS / f"test-{group.name}.log"
    with path.open("w") as file:
        child = subprocess.Popen(
            command,
            shell=True,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = child.wait(timeout=4 * group.budget)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            code = 124
    log = path.read_text(errors="replace")
    if code == 124:
        log += f"\nstopped after {4 * group.budget} s, four times its budget\n"
    return code, log


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()

    groups = read_groups()
    if args.list:
        for group in groups:
            print(f"{group.name:12} {group.budget:5} s  {group.when:4}  {group.command}")
        return 0
    only = [name for name in args.only.split(",") if name]
    unknown = set(only) - {group.name for group in groups}
    if unknown:
        sys.exit(f"no such group: {', '.join(sorted(unknown))}; see --list")
    if only:
        groups = [group for group in groups if group.name in only]
    elif not args.full:
        groups = [group for group in groups if group.when == "ci"]

    LOGS.mkdir(parents=True, exist_ok=True)
    all_passed = all_failed = 0
    for group in groups:
        print(f"{group.name:12} running, {group.budget} s allowed", flush=True)
        begin = time.monotonic()
        code, log = run(group)
        seconds = time.monotonic() - begin
        passed, failed = count(log, code)
        all_passed += passed
        all_failed += failed
        over = "  OVER BUDGET" if seconds > group.budget else ""
        if failed:
            print("\n".join(log.splitlines()[-80:]))
        print(
            f"{group.name:12} {passed} passed, {failed} failed, "
            f"{seconds:.0f} of {group.budget} s{over}",
            flush=True,
        )
    print(f"{all_passed} passed, {all_failed} failed", flush=True)
    return 1 if all_failed else 0


if __name__ == "__main__":
    sys.exit(main())
