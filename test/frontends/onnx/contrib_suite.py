#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""com.microsoft and ai.onnx.ml operators beside onnxruntime.

    contrib_suite.py                   all groups of nodes, a line for each
    contrib_suite.py --only 'Q.*'      groups whose name matches
    contrib_suite.py --list            their names

A group is several nodes of one operator in one model, which is compiled
twice (fast path and -O0), run at every size and compared with onnxruntime node
by node. Integers must be equal, floats within the roundings of their sums
(contrib_parts.py). Every operator of the two domains that `niello ops` lists
must have a group.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))
import checkout  # noqa: E402
import isolate  # noqa: E402

# A group compiles two models and runs them; most take a second or two.
TIMEOUT = 120


def groups():
    import contrib_attention
    import contrib_experts
    import contrib_fused
    import contrib_layers
    import contrib_ml
    import contrib_norm
    import contrib_products
    import contrib_quantized
    import contrib_standard
    import contrib_trees

    for subject in (contrib_norm, contrib_products, contrib_fused,
                    contrib_standard, contrib_quantized, contrib_layers,
                    contrib_attention, contrib_experts, contrib_ml,
                    contrib_trees):
        yield from subject.groups()


def outputs(compiled, parts, run):
    feed = {}
    for i, part in enumerate(parts):
        feed.update(part.feed(f"p{i}", run))
    out = compiled.run(feed)
    return [[out[name] for name in part.node(f"p{i}")[3]]
            for i, part in enumerate(parts)]


def check(parts, ml_version):
    """The sentences about one group; none where all is equal."""
    import contrib_parts
    import niello

    runs = max(len(part.runs) for part in parts)
    wanted, wrong = [], []
    for run in range(runs):
        wanted.append([])
        for i, part in enumerate(parts):
            try:
                wanted[-1].append(contrib_parts.oracle(
                    part, min(run, len(part.runs) - 1), ml_version))
            except Exception as error:
                wrong.append(f"part {i} run {run}: onnxruntime: "
                             f"{str(error)[:300]}")
    if wrong:
        return wrong
    results = [array for part in wanted[0] for array in part]
    for optimize in (True, False):
        way = "" if optimize else " -O0"
        compiled = niello.compile(contrib_parts.model(
            parts, ml_version, results), threads=1, optimize=optimize)
        for run in range(runs):
            for i, (part, got) in enumerate(
                    zip(parts, outputs(compiled, parts, run))):
                for k, (mine, right) in enumerate(zip(got, wanted[run][i])):
                    text = (part.compare or contrib_parts.difference)(
                        *([] if part.compare else [part]), mine, right)
                    if text:
                        wrong.append(f"part {i} output {k} run {run}{way}: "
                                     f"{text}")
    return wrong


def check_refusals():
    """The sentences about what is refused otherwise than expected."""
    import contrib_parts
    import contrib_refusals
    import niello

    kinds = {"not": niello.UnsupportedError, "bad": niello.ModelError}
    wrong = []
    for kind, text, part in contrib_refusals.cases():
        try:
            niello.compile(contrib_parts.model(
                [part], 3, [part.runs[0][0]] * len(part.outputs)))
            said = "nothing"
        except (niello.ModelError, niello.UnsupportedError) as error:
            said = f"{type(error).__name__}: {error}"
            if text in said and isinstance(error, kinds[kind]):
                continue
        wrong.append(f"{part.op}: needs '{text}', but it said {said}")
    return wrong


def uncovered(names):
    """Operators that niello has and no group or refusal names."""
    import contrib_refusals

    names = [*names, *(part.op for _, _, part in contrib_refusals.cases())]
    table = subprocess.run([checkout.PROGRAM, "ops"], text=True, check=True,
                           stdout=subprocess.PIPE).stdout
    have = re.findall(r"^(?:ai\.onnx\.ml|com\.microsoft)::(\w+)", table, re.M)
    return sorted(set(have) - {name.split("/")[0] for name in names})


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", metavar="REGEX")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    known = {name: (parts, version) for name, parts, version in groups()}
    if options.list:
        print("\n".join(known))
        return 0
    tasks = [(name, lambda p=parts, v=version: check(p, v))
             for name, (parts, version) in known.items()
             if not options.only or re.fullmatch(options.only, name)]
    if not options.only or re.fullmatch(options.only, "refusals"):
        known["refusals"] = [], 3
        tasks.append(("refusals", check_refusals))
    failed = 0
    for name, outcome in isolate.run_all(tasks, options.jobs, TIMEOUT):
        text = "passed"
        if outcome.kind == "value":
            text = "\n    ".join(outcome.value) or text
        elif outcome.kind == "error":
            text = ": ".join(outcome.value)
        else:
            text = f"{outcome.kind} {outcome.value} {outcome.stderr[-300:]}"
        failed += text != "passed"
        if text != "passed" or options.only:
            print(f"{name} ({len(known[name][0])} nodes): {text}", flush=True)
    missing = [] if options.only else uncovered(known)
    for name in missing:
        print(f"{name} has no group")
    return checkout.last_line(len(tasks) - failed, failed + len(missing))


if __name__ == "__main__":
    sys.exit(main())
