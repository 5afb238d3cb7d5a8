#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random small graphs, compiled both ways, compared with onnxruntime.

    run.py --seeds 500           seeds 0 to 499 (what CI runs)
    run.py --seeds 100 --from 7  seeds 7 to 106
    run.py --only Conv,MatMul    graphs around these operators
    run.py --seed 123            one seed; prints the graph
    run.py --full                as many as draw each pair five times, where
                                 the pairs are all that `niello ops` lists

A seed fails when a path crashes, hangs, refuses what the other takes, or
gives another result than onnxruntime beyond the tolerance of its dtypes. A
failing graph is cut down to fewest nodes and printed with its data. Ends with
the table of operators x dtypes drawn.
"""

import argparse
import collections
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "python")]
import checkout  # noqa: E402,F401
import isolate  # noqa: E402
import supported  # noqa: E402
import tables  # noqa: E402
import compare  # noqa: E402
import minimize  # noqa: E402


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


def attempt(seed, pairs):
    trial = compare.draw_trial(seed, pairs)
    status, sentence = compare.check(trial)
    if status == "refused" and len(trial.pairs) > 1:
        # Another operator may be what is not supported.
        trial = compare.draw_trial(seed, pairs, alone=True)
        status, sentence = compare.check(trial)
    return status, sentence, [(o.name, t) for o, t in trial.pairs]


def print_table(drawn, pairs):
    """Counts; a dot where ONNX has no such pair, 0 where we refuse it."""
    dtypes = list(tables.ALL)
    print(f"{'drawn':20}" + "".join(f"{t[:8]:>9}" for t in dtypes))
    for operator in sorted({o.name for o, _ in pairs}):
        cells = "".join(
            f"{drawn[operator, t]:>9}" if any(
                o.name == operator and d == t for o, d in pairs)
            else f"{'.':>9}" for t in dtypes)
        print(f"{operator:20}{cells}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only", help="operators, separated by commas")
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
    pairs = compare.all_pairs()
    if options.only:
        names = set(options.only.split(","))
        unknown = names - {operator.name for operator, _ in pairs}
        if unknown:
            parser.error(f"not in the tables: {', '.join(sorted(unknown))}")
        pairs = [pair for pair in pairs if pair[0].name in names]
    seeds = range(options.first, options.first + options.seeds)
    if options.full:
        seeds = range(5 * len(pairs))
    if options.seed is not None:
        seeds = [options.seed]
        minimize.show(compare.draw_trial(options.seed, pairs), sys.stdout)

    counts, drawn = collections.Counter(), collections.Counter()
    reasons, failed = collections.Counter(), []
    tasks = [(seed, lambda s=seed: attempt(s, pairs)) for seed in seeds]
    for seed, outcome in isolate.run_all(
            tasks, options.jobs, options.timeout):
        status, sentence, made = outcome_of(outcome)
        counts[status] += 1
        if status in ("ok", "unjudged"):
            drawn.update(made)
            if status == "unjudged":
                reasons["unjudged", sentence.splitlines()[0][:150]] += 1
        elif status == "refused":
            lines = sentence.splitlines() or [""]
            reasons["refused", " ".join(lines[1:-1] or lines)[:150]] += 1
        elif status == "MISMATCH":
            failed.append(seed)
            print(f"FAIL seed {seed}: {sentence}", flush=True)
            minimize.report(seed, pairs, options)
        if len(failed) >= options.stop_after:
            print(f"stopped after {len(failed)} failures")
            break
    for (what, reason), count in reasons.most_common(40):
        print(f"{what} {count:4} {reason}")
    if options.table or options.full or len(seeds) >= 500:
        print_table(drawn, pairs)
    few = [f"{o.name}:{t}" for o, t in pairs if drawn[o.name, t] < 5]
    print(f"{len(pairs)} pairs of operator and dtype, {len(few)} of them drawn "
          f"less than 5 times; {dict(counts)}")
    if options.full:
        missing = supported.unlisted(pairs)
        for reason, names in sorted(missing.items()):
            operators = sorted({name.split(":")[0] for name in names})
            print(f"not drawn ({reason or 'FAIL: nobody says why'}): "
                  f"{len(names)} pairs of {' '.join(operators)}")
        if few:
            print(f"FAIL --full must draw each pair 5 times, but not "
                  f"{' '.join(few)}")
        failed += [None] * (bool(few) + ("" in missing))
    return checkout.last_line(sum(counts.values()) - len(failed), len(failed))


if __name__ == "__main__":
    sys.exit(main())
