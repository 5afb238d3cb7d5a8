#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random small graphs, compiled both ways, compared with onnxruntime.

    run.py --seeds 500           seeds 0 to 499 (what CI runs)
    run.py --seeds 100 --from 7  seeds 7 to 106
    run.py --only Conv,MatMul    graphs around these operators
    run.py --seed 123            one seed; prints the graph
    run.py --full                graphs until each pair of operator and dtype
                                 that `niello ops` lists was drawn five times
    run.py --seed 7 --draw Conv:float32,Neg:int8
                                 one graph of a full run

A seed fails when a path crashes, hangs, refuses what the other takes, or
gives another result than onnxruntime beyond the tolerance of its dtypes. A
failing graph is cut down to fewest nodes and printed with its data. Ends with
the table of operators x dtypes drawn.
"""

import argparse
import collections
import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "python")]
import checkout  # noqa: E402,F401
import isolate  # noqa: E402
import catalogue  # noqa: E402
import compare  # noqa: E402
import kinds  # noqa: E402
import minimize  # noqa: E402
import rounds  # noqa: E402
import supported  # noqa: E402


def outcome_of(outcome):
    """(status, sentence, pairs) of an isolate.Outcome."""
    if outcome.kind == "value":
        return outcome.value
    phases = [line for line in outcome.stderr.splitlines()
              if line.startswith("phase: ")]
    phase = phases[-1] if phases else "phase: draw"
    if outcome.kind == "error":
        name, text = outcome.value
        return "MISMATCH", f"{phase}: {name}: {text.strip()[:600]}", []
    what = "timeout" if outcome.kind == "timeout" else outcome.value
    kind = "oracle died" if "oracle" in phase else "MISMATCH"
    return kind, f"{phase}: {what}", []


def attempt(seed, pairs, these):
    """(status, sentence, pairs drawn) of a seed's graph: of `these` pairs, or
    around pair number `seed`."""
    trial = (compare.draw_these(seed, these) if these else
             compare.draw_trial(seed, pairs))
    status, sentence = compare.check(trial)
    if status == "refused" and not these and len(trial.pairs) > 1:
        # Another operator may be what is not supported.
        trial = compare.draw_trial(seed, pairs, alone=True)
        status, sentence = compare.check(trial)
    return status, sentence, [(o.qualified, t) for o, t in trial.pairs]


def print_table(drawn, pairs):
    """Counts; a dot where `niello ops` claims no such pair."""
    names = {}
    for operator, dtype in pairs:
        names.setdefault(operator.qualified, set()).add(dtype)
    short = [t.replace("float", "f").replace("bf", "b").replace("uint", "u")
             .replace("int", "i") for t in kinds.ALL]
    print(f"{'drawn':40}" + "".join(f"{t:>8}" for t in short))
    for name, dtypes in sorted(names.items()):
        print(f"{name:40}" + "".join(
            f"{drawn[name, t] if t in dtypes else '.':>8}"
            for t in kinds.ALL))


class Run:
    """Runs graphs and counts what became of them."""

    def __init__(self, pairs, options):
        self.pairs, self.options = pairs, options
        self.counts, self.drawn = collections.Counter(), collections.Counter()
        self.reasons, self.failed = collections.Counter(), []

    def graphs(self, graphs):
        """Runs [(seed, pairs of the graph or None)]; False: stop here."""
        these = dict(graphs)
        tasks = [(seed, lambda s=seed, t=t: attempt(s, self.pairs, t))
                 for seed, t in graphs]
        for seed, outcome in isolate.run_all(
                tasks, self.options.jobs, self.options.timeout):
            self._count(seed, these[seed], *outcome_of(outcome))
            if len(self.failed) >= self.options.stop_after:
                print(f"stopped after {len(self.failed)} failures")
                return False
        return True

    def _count(self, seed, these, status, sentence, made):
        self.counts[status] += 1
        lines = sentence.splitlines() or [""]
        if status in ("ok", "unjudged"):
            self.drawn.update(made)
            if status == "unjudged":
                self.reasons["unjudged", lines[0][:150]] += 1
        elif status == "refused":
            self.reasons["refused", " ".join(lines[1:-1] or lines)[:150]] += 1
        elif status == "oracle died":
            self.reasons[status, f"seed {seed} {lines[0][:150]}"] += 1
        else:
            self.failed.append(seed)
            print(f"FAIL seed {seed}: {sentence}", flush=True)
            minimize.report(seed, self.pairs, these, self.options)

    def few(self):
        return [pair for pair in self.pairs if self.drawn[
            pair[0].qualified, pair[1]] < rounds.FEWEST]

    def full(self):
        """Rounds until no pair is drawn too seldom."""
        start = time.monotonic()
        for number in range(rounds.ROUNDS):
            graphs = rounds.plan(self.pairs, self.drawn, number)
            if not graphs or not self.graphs(graphs):
                break
            print(f"round {number + 1}: {len(graphs)} graphs, "
                  f"{len(self.few())} pairs lack draws, "
                  f"{(time.monotonic() - start) / 60:.0f} minutes", flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only", help="operators, separated by commas")
    parser.add_argument("--draw", help="operator:dtype, separated by commas")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--stop-after", type=int, default=20,
                        help="failures after which to stop (20)")
    parser.add_argument("--keep", metavar="DIR",
                        help="where to write failing models and their data")
    parser.add_argument("--table", action="store_true",
                        help="print operators x dtypes drawn")
    options = parser.parse_args()
    import niello  # noqa: F401
    import onnx.reference  # noqa: F401
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    everything = pairs = catalogue.all_pairs()
    if options.only:
        names = set(options.only.split(","))
        unknown = names - {operator.qualified for operator, _ in pairs}
        if unknown:
            parser.error(f"not in the tables: {', '.join(sorted(unknown))}")
        pairs = [pair for pair in pairs if pair[0].qualified in names]
    run = Run(pairs, options)
    if options.draw:
        by_name = {catalogue.name_of(pair): pair for pair in everything}
        these = [by_name[name] for name in options.draw.split(",")]
        minimize.show(compare.draw_these(options.seed or 0, these), sys.stdout)
        run.graphs([(options.seed or 0, these)])
    elif options.seed is not None:
        minimize.show(compare.draw_trial(options.seed, pairs), sys.stdout)
        run.graphs([(options.seed, None)])
    elif options.full:
        run.full()
    else:
        run.graphs([(seed, None) for seed in range(
            options.first, options.first + options.seeds)])
    for (what, reason), count in run.reasons.most_common(60):
        print(f"{what} {count:4} {reason}")
    if options.table or options.full or sum(run.counts.values()) >= 500:
        print_table(run.drawn, pairs)
    few = run.few()
    print(f"{len(pairs)} pairs of operator and dtype, {len(few)} of them drawn "
          f"less than {rounds.FEWEST} times; {dict(run.counts)}")
    failed = len(run.failed)
    if options.full:
        if few:
            print("FAIL --full must draw each pair, but not "
                  f"{' '.join(map(catalogue.name_of, few))}")
        missing = {} if options.only else supported.unlisted(
            [(o.qualified, dtype) for o, dtype in everything])
        for reason, names in sorted(missing.items()):
            print(f"not drawn ({reason or 'FAIL: nobody says why'}): "
                  f"{' '.join(names)}")
        failed += bool(few) + ("" in missing)
    return checkout.last_line(sum(run.counts.values()) - len(run.failed),
                              failed)


if __name__ == "__main__":
    sys.exit(main())
