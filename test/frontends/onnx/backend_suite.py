#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the public backend suite of onnx through niello.backend.

    backend_suite.py                      all 2036 cases, a summary
    backend_suite.py --check              also compare with the checked-in list
    backend_suite.py --update             rewrite that list
    backend_suite.py --only 'test_add_.*' these cases, one line each
    backend_suite.py --reasons            what is refused, most cases first
    backend_suite.py --operators          passed and all cases by operator
    backend_suite.py --json F --again F   what did not pass in F, results in F

Each case runs in a child process of its own: compiled code that crashes or
hangs fails its case and nothing else. A case PASSes, or is REFUSED (not
supported: exit code 2 and a sentence), REJECTED (we say the model is at
fault), WRONG (another result than expected), BROKEN (our bug, with a
sentence), SKIPPED, CRASHED or out of TIME. It is RANDOM or NEARER where the
expected numbers cannot be the judge and the check of suite_judges.py holds. backend_not_passing.tsv names
every case that does not pass, with one reason; --check fails when a case of
the list passes, when one outside it does not, and when any case is other
than passed, refused, random or nearer.
"""

import argparse
import collections
import functools
import json
import os
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))
import checkout  # noqa: E402
import isolate  # noqa: E402

LIST = Path(__file__).with_name("backend_not_passing.tsv")
HEADER = "# Cases of onnx 1.23.2's backend suite that do not pass, and why.\n"
# The kinds of not passing that a reader may accept.
HONEST = ("REFUSED", "RANDOM", "NEARER")

STATUS_OF_ERROR = {
    "UnsupportedError": "REFUSED",
    "ModelError": "REJECTED",
    "InternalError": "BROKEN",
    "AssertionError": "WRONG",
    "SkipTest": "SKIPPED",
}


def judge(outcome):
    """(status, reason) of an isolate.Outcome."""
    import suite_judges  # after --help, which needs no build

    if outcome.kind == "value":
        return outcome.value, suite_judges.REASONS.get(outcome.value, "")
    if outcome.kind == "timeout":
        return "TIME", f"still running after {outcome.seconds:.0f} s"
    if outcome.kind == "signal":
        tail = outcome.stderr.strip().splitlines()[-1:] or [""]
        return "CRASHED", f"{outcome.value} {tail[0]}".strip()
    name, text = outcome.value
    status = STATUS_OF_ERROR.get(name, "BROKEN")
    text = text if status != "BROKEN" or name == "InternalError" else (
        f"{name}: {text}")
    return status, one_line(text, status)


def one_line(text, status):
    """The sentence that says why, out of all that was said."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if status == "WRONG":
        keep = [line for line in lines if re.match(
            r"(Not equal|Mismatched|Max abs|Max rel|Output|Unexpected|"
            r"x and y|ACTUAL|DESIRED|\(shapes|nan location)", line)]
        lines = keep or lines
        return "; ".join(lines)[:300]
    if status == "REFUSED" and len(lines) > 2:
        # One line a reason, between what refuses and where to look.
        return "; ".join(lines[1:-1])[:400]
    errors = [line for line in lines if "error" in line] or lines
    return (errors[0] if errors else "no text")[:400]


def cause(status, reason):
    """The reason with what differs between cases taken out."""
    if status == "WRONG":
        return "another result"
    reason = re.sub(r"^\S*\.onnx'?[:0-9]*:? ?(error: )?", "", reason)
    reason = re.sub(r" *\(\d+ nodes?: [^;]*\)", "", reason)
    reason = re.sub(r'"[^"]*"|\'[^\']*\'', "'...'", reason)
    return re.sub(r"\d+", "N", reason)[:160]


def run(cases, arguments):
    """Results by case name, in the order in which they finish."""
    import suite_judges

    results, started = {}, time.monotonic()
    by_name = {case.name: case for case in cases}
    tasks = [(case.name, functools.partial(suite_judges.judged, case))
             for case in cases]
    finished = isolate.run_all(tasks, arguments.jobs, arguments.timeout)
    for name, outcome in finished:
        status, reason = judge(outcome)
        results[name] = {
            "kind": by_name[name].kind,
            "status": status,
            "reason": reason,
            "seconds": round(outcome.seconds, 3),
        }
        if arguments.only or arguments.verbose:
            print(f"{status:8} {name} {outcome.seconds:.2f} s {reason}")
        elif len(results) % 100 == 0:
            passed = sum(r["status"] == "PASS" for r in results.values())
            print(f"{len(results)} of {len(cases)} cases, {passed} passed, "
                  f"{time.monotonic() - started:.0f} s", flush=True)
    return results


def print_kinds(results):
    kinds = collections.defaultdict(collections.Counter)
    for result in results.values():
        kinds[result["kind"]][result["status"]] += 1
        kinds["all"][result["status"]] += 1
    for kind, counts in sorted(kinds.items(), key=lambda k: k[0] == "all"):
        total = sum(counts.values())
        text = ", ".join(f"{n} {s}" for s, n in counts.most_common())
        print(f"{kind:18} {100 * counts['PASS'] / total:5.1f} % of {total:4}: "
              f"{text}")


def print_reasons(results):
    groups = collections.defaultdict(list)
    for name, result in results.items():
        if result["status"] != "PASS":
            key = result["status"], cause(result["status"], result["reason"])
            groups[key].append(name)
    for (status, text), names in sorted(
            groups.items(), key=lambda g: (-len(g[1]), g[0])):
        few = ", ".join(sorted(names)[:3])
        print(f"{len(names):5} {status:8} {text}   [{few}]")


def print_operators(cases, results):
    passed, total = collections.Counter(), collections.Counter()
    for case in cases:
        if case.name not in results:
            continue
        for operator in case.operators():
            total[operator] += 1
            passed[operator] += results[case.name]["status"] == "PASS"
    for name, count in sorted(total.items(),
                              key=lambda t: (passed[t[0]] - t[1], t[0])):
        print(f"{passed[name]:5} of {count:4} {name}")


def read_list():
    lines = LIST.read_text().splitlines() if LIST.exists() else []
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {row[0]: row[1] if len(row) > 1 else "" for row in rows}


def write_list(results):
    rows = sorted(
        f"{name}\t{r['status'].lower()}: {r['reason']}\n"
        for name, r in results.items() if r["status"] != "PASS")
    LIST.write_text(HEADER + "".join(rows))
    print(f"wrote {len(rows)} rows to {LIST.name}")


def check_list(results):
    """The sentences about what the list has wrong."""
    listed, wrong = read_list(), []
    for name, result in sorted(results.items()):
        passes = result["status"] == "PASS"
        if passes and name in listed:
            wrong.append(f"{name} passes but stands in {LIST.name}")
        if not passes and name not in listed:
            wrong.append(f"{name} does not pass and is not in {LIST.name}: "
                         f"{result['status']} {result['reason']}")
        if not passes and result["status"] not in HONEST:
            wrong.append(f"{name} must pass, be refused or be judged by "
                         f"suite_judges.py, but is {result['status']}: "
                         f"{result['reason']}")
    for name, reason in listed.items():
        if name not in results:
            wrong.append(f"{LIST.name} has {name}, which is no case")
        if not reason:
            wrong.append(f"{LIST.name} gives no reason for {name}")
    return wrong


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", metavar="REGEX", help="case names to run")
    parser.add_argument("--kind", help="one of node, simple, "
                        "pytorch-converted, pytorch-operator, light")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--timeout", type=float, default=120,
                        help="seconds for one case (120)")
    parser.add_argument("--json", metavar="FILE", help="write all results")
    parser.add_argument("--from-json", metavar="FILE",
                        help="take the results of an earlier run")
    parser.add_argument("--again", metavar="FILE",
                        help="run what does not pass in that file's results")
    parser.add_argument("--reasons", action="store_true")
    parser.add_argument("--operators", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def main():
    options = arguments()
    import niello.backend  # after --help, which needs no build
    import suite_cases

    kinds = (options.kind,) if options.kind else suite_cases.KINDS
    cases = suite_cases.collect(niello.backend.Backend, kinds)
    if options.only:
        cases = [c for c in cases if re.fullmatch(options.only, c.name)]
    results = {}
    if options.from_json or options.again:
        results = json.loads(
            Path(options.from_json or options.again).read_text())
    if not options.from_json:
        left = [case for case in cases if
                results.get(case.name, {}).get("status") != "PASS"]
        results.update(run(left, options))
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1))
    if options.operators:
        print_operators(cases, results)
    if options.reasons:
        print_reasons(results)
    print_kinds(results)
    if options.update:
        write_list(results)
    wrong = check_list(results) if options.check else []
    for sentence in wrong:
        print("error: " + sentence)
    passed = sum(r["status"] == "PASS" for r in results.values())
    honest = sum(r["status"] in HONEST for r in results.values())
    if options.check:
        return checkout.last_line(passed + honest - len(wrong), len(wrong))
    return checkout.last_line(passed, len(results) - passed)


if __name__ == "__main__":
    sys.exit(main())
