#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Plants mistakes into models and asks `niello verify` to name the operators.

    planted.py                     10 sites of each kind over three models
    planted.py --sites N           N of each kind
    planted.py --keep FILE         also writes what was found, a line each

A mistake that changes no output by more than 1e-4 of its greatest magnitude
(the tolerance of the models' own test) need not be found. One that changes an
output has to be found, and the operator that is named has to be a node of the
op that was changed; of those, 95 in 100 are asked for. The sites are drawn by a
seed, fused ones first until they are half of all.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "models"), str(HERE.parents[1] / "python")]
import checkout  # noqa: E402
import corpus  # noqa: E402
import run as models  # noqa: E402

PLANTED = checkout.ROOT / "build/bin/niello-planted"
# A transformer, a convolutional net, and one with loops that carry a state.
MODELS = ("paraphrase-minilm-l3", "mtcnn-rnet", "madmom-blstm")
CHANGED = 1e-4
NAMED = 0.95


def sites_of(path):
    """[(kind, nodes of the op, number, whether it is fused)]"""
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            [PLANTED, "--list", "compile", path, "-o", f"{scratch}/m"],
            check=True, text=True, stdout=subprocess.PIPE)
    found = []
    for line in done.stdout.splitlines():
        parts = line.split("\t")
        if len(parts) == 4:
            nodes = parts[1].split("|")
            found.append((parts[0], nodes, parts[2], int(parts[3]) > 1))
    return found


def draw(sites, count, seed):
    """`count` sites of each kind over all models, fused ones first."""
    chance = random.Random(seed)
    by_kind = {}
    for model, found in sites.items():
        for kind, nodes, number, fused in found:
            by_kind.setdefault(kind, []).append((model, nodes, number, fused))
    chosen = []
    for kind, all_of_it in sorted(by_kind.items()):
        # Models in turn: a large one would drown the others.
        queues = {}
        for site in all_of_it:
            queues.setdefault((site[0], site[3]), []).append(site)
        for queue in queues.values():
            chance.shuffle(queue)
        order = sorted(queues, key=lambda key: (not key[1], key[0]))
        taken = []
        while len(taken) < count and any(queues.values()):
            for key in order:
                if queues[key] and len(taken) < count:
                    taken.append(queues[key].pop())
        chosen += [(kind, *site) for site in taken]
    return chosen


def judge(nodes, told):
    """(whether the outputs changed, found, named rightly, who was named)"""
    change = told["change"]
    changed = change in ("fails", "does not compile") or not (
        float(change) <= CHANGED)
    findings = told.get("report", {}).get("findings", [])
    named = [finding["node"] for finding in findings if finding["node"]]
    found = bool(findings) or "error" in told
    return changed, found, bool(named) and named[0] in nodes, named[:1]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sites", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    known = {model.name: model for model in corpus.MODELS}
    paths = {name: models.path_of(known[name])
             for name in options.models.split(",")}
    sites = {name: sites_of(path) for name, path in paths.items()}
    chosen = draw(sites, options.sites, options.seed)
    fused = sum(site[4] for site in chosen)
    print(f"{len(chosen)} mistakes of {len({c[0] for c in chosen})} kinds, "
          f"{fused} of them inside fusions", flush=True)
    kept = []
    for name, path in paths.items():
        mine = [site for site in chosen if site[1] == name]
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
            for kind, _, nodes, number, _ in mine:
                listed.write(f"{kind}@{nodes[0]}#{number}\n")
            listed.flush()
            trial = subprocess.Popen(
                [PLANTED, f"--trial={listed.name}", "verify", path], text=True,
                stdout=subprocess.PIPE)
            for site, line in zip(mine, trial.stdout):
                told = json.loads(line)
                outcome = judge(site[2], told)
                kept.append((site, told, *outcome))
                changed, found, right, named = outcome
                say = ("unchanged" if not changed else "MISSED" if not found
                       else "ok" if right else f"named {named}")
                print(f"{name:20} {told['plant']}: change {told['change']}, "
                      f"{say} ({told['seconds']} s)", flush=True)
            trial.wait()
        if len([k for k in kept if k[0][1] == name]) != len(mine):
            print(f"{name}: the trial ended early, {trial.returncode}")
    if options.keep:
        options.keep.write_text("".join(
            json.dumps({"site": site, **told}) + "\n"
            for site, told, *_ in kept))
    changed = [k for k in kept if k[2]]
    missed = [k for k in changed if not k[3]]
    right = [k for k in changed if k[4]]
    print(f"{len(kept)} planted, {len(changed)} change an output, "
          f"{len(changed) - len(missed)} of them found, {len(right)} named "
          f"rightly; {sum(k[3] for k in kept if not k[2])} found that change "
          "none")
    good = (len(kept) == len(chosen) and not missed
            and len(right) >= NAMED * len(changed))
    return checkout.last_line(int(good), int(not good))


if __name__ == "__main__":
    sys.exit(main())
