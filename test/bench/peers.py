#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Niello and every installed peer on the same models, in turns in one run.

    peers.py                        all workloads, 1 and 2 threads
    peers.py --only b_,d_           workloads whose names begin so (--list)
    peers.py --peers onnxruntime    beside these alone; --peers= for none
    peers.py --threads 1            with so many threads; several by commas
    peers.py --steal                with another program on one of two CPUs
    peers.py --keep                 writes results.json, for README's table
    peers.py --readme               writes that table and runs nothing

Peers are what is installed beside this Python: onnxruntime, openvino,
iree-base-compiler with iree-base-runtime. Each engine is a process of its own;
they run in turns, --rounds times for --seconds each. Every output is compared
with onnxruntime's, unoptimised. A ratio is the best time of the best peer in
terms of Niello's: above 1 Niello is faster. Only ratios of one run mean much.

A ratio fails nothing; what fails is a wrong answer of Niello or none. The last
line counts these.
"""

import argparse
import json
import os
import platform
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "python")]
import ceilings  # noqa: E402
import checkout  # noqa: E402
import contest  # noqa: E402
import engines  # noqa: E402
import report  # noqa: E402
import workloads  # noqa: E402

KEPT = HERE / "results.json"
README = checkout.ROOT / "README.md"


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file
                      if line.startswith("model name")), platform.machine())
    return f"{model}, {os.cpu_count()} CPUs"


def run_one(workload, names, threads, cpus, options):
    """A workload with one number of threads: what is printed and kept."""
    path, facts = workloads.make(workload)
    rows = contest.compete(
        path, [(name, threads, cpus[-threads:]) for name in names],
        options.rounds, options.seconds)
    for row in rows:
        row["wrong"] = row.get("error", 0) > workload.tolerance
    return {"name": workload.name, "aim": workload.aim,
            "corpus": bool(workload.corpus), "flops": facts["flops"],
            "rows": rows}


def run_all(options):
    names, counts = options.names, options.threads
    cpus = sorted(os.sched_getaffinity(0))
    peaks = ceilings.measure(min(max(counts), len(cpus)))
    run = {"machine": machine(), "ceilings": peaks, "results": [],
           "versions": {name: engines.version(name) for name in names}}
    print(run["machine"])
    for name, version in run["versions"].items():
        print(f"  {name}: {version}")
    for what, (figure, unit) in peaks.items():
        print(f"  at most, {what}: {figure:g} {unit}")
    figures = {what: figure for what, (figure, _) in peaks.items()}
    for workload in options.workloads:
        for count in counts:
            result = run_one(workload, names, count, cpus, options)
            report.show(result, figures)
            run["results"].append(result)
    for count in counts:
        mean = report.mean_of_corpus(run["results"], count)
        if mean:
            print(f"corpus, {count} thread{'s' * (count > 1)}: geometric mean "
                  f"of the ratios {mean:.2f} (aim 1.2)")
    return run


def steal(options):
    """Two threads while another program holds one of the two CPUs."""
    cpus = sorted(os.sched_getaffinity(0))[-2:]
    if len(cpus) < 2:
        raise SystemExit("--steal needs two CPUs, but may use one")
    results = []
    for workload in options.workloads:
        path, facts = workloads.make(workload)
        with contest.Burner(cpus[-1]):
            rows = contest.compete(
                path, [(name, count, cpus) for name in options.names
                       for count in (1, 2)], options.rounds, options.seconds)
        print(f"{workload.name}, one of two CPUs taken")
        for row in rows:
            row["wrong"] = row.get("error", 0) > workload.tolerance
            print(report.line(row, {"name": workload.name, "flops": 0}, {}),
                  f" {row['threads']} thread{'s' * (row['threads'] > 1)}")
        for one, two in zip(rows[::2], rows[1::2]):
            if "best" in one and "best" in two:
                aim = " (aim 1.15)" if one["engine"] == "niello" else ""
                print(f"  {one['engine']}: two threads take "
                      f"{two['median'] / one['median']:.2f} of one's median, "
                      f"{two['best'] / one['best']:.2f} of its best{aim}")
        results.append({"rows": rows})
    return {"results": results}


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--peers")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.4)
    for flag in ("list", "steal", "keep", "readme"):
        parser.add_argument(f"--{flag}", action="store_true")
    options = parser.parse_args()
    options.workloads = workloads.chosen(
        [name for name in options.only.split(",") if name])
    wanted = (list(engines.ENGINES)[1:] if options.peers is None
              else [name for name in options.peers.split(",") if name])
    if unknown := set(wanted) - set(engines.ENGINES):
        parser.error(f"no such peer: {', '.join(sorted(unknown))}; there are "
                     + ", ".join(list(engines.ENGINES)[1:]))
    options.names = ["niello"]
    for name in wanted:
        if engines.version(name):
            options.names.append(name)
        else:
            print(f"not installed: {name}")
    try:
        options.threads = [int(count) for count in options.threads.split(",")]
    except ValueError:
        parser.error(f"--threads takes numbers, not '{options.threads}'")
    if min(options.threads) < 1:
        parser.error("--threads needs 1 or more")
    return options


def main():
    options = parse()
    if options.list:
        for workload in options.workloads:
            print(workload.name)
        return 0
    if options.readme:
        README.write_text(report.replace(
            README.read_text(), json.loads(KEPT.read_text())))
        return 0
    run = steal(options) if options.steal else run_all(options)
    if options.keep and not options.steal:
        KEPT.write_text(json.dumps(run, indent=1) + "\n")
    rows = [row for result in run["results"] for row in result["rows"]
            if row["engine"] == "niello"]
    bad = sum("best" not in row or row["wrong"] for row in rows)
    return checkout.last_line(len(rows) - bad, bad)


if __name__ == "__main__":
    sys.exit(main())
