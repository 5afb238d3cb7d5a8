#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles on from the printed text of every stage: the bytes must not differ.

    resume.py                    all models of corpus.py
    resume.py --only NAME,..     these
    resume.py FILE..             model files
    resume.py --flags='-O0' ..   with flags, given when the text is made and not
                                 again when it is compiled: it states them

Each model is compiled straight to an executable and to a shared library, then
once more from the text of each stage. A model and a stage count as one test.
"""

import argparse
import filecmp
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "python")]
import checkout  # noqa: E402

STAGES = ["source", "blocks", "packed", "plan", "loops", "llvm"]
KINDS = {"exe": "model", "shared": "model.so"}


def niello(*arguments):
    """Runs `niello compile`; returns what it complained about, or nothing."""
    done = subprocess.run(
        [str(checkout.PROGRAM), "compile", *map(str, arguments)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, errors="replace")
    if done.returncode:
        return done.stderr.strip() or f"exit code {done.returncode}"
    return None


def resume(model, stage, flags, folder):
    """What is wrong with going on from the stage, or nothing."""
    text = folder / f"{stage}.mlir"
    problem = niello(model, f"--emit={stage}", *flags, "-o", text)
    for kind, name in KINDS.items():
        again = folder / "again" / name
        problem = problem or niello(
            text, f"--emit={kind}", f"--model-folder={model.parent}",
            "-o", again)
        if not problem and not filecmp.cmp(again, folder / name, shallow=False):
            problem = f"other bytes of --emit={kind}"
    return problem


def check(name, model, flags, stages):
    """Counts the stages of one model: (passed, failed)."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "again").mkdir()
        for kind, file in KINDS.items():
            problem = niello(
                model, f"--emit={kind}", *flags, "-o", folder / file)
            if problem:
                print(f"FAIL {name}: {problem}", flush=True)
                return 0, len(stages)
        for stage in stages:
            problem = resume(model, stage, flags, folder)
            failed += bool(problem)
            print(f"FAIL {name} from {stage}: {problem}" if problem
                  else f"PASS {name} from {stage}", flush=True)
    return len(stages) - failed, failed


def corpus_models(only):
    import corpus
    import run

    models = {model.name: model for model in corpus.MODELS}
    names = only.split(",") if only else list(models)
    for name in names:
        if name not in models:
            sys.exit(f"no model is called {name}")
        yield name, Path(run.path_of(models[name]))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--only", help="names, separated by commas")
    parser.add_argument("--flags", default="", help="for niello compile")
    parser.add_argument("--stages", default=",".join(STAGES))
    options = parser.parse_args()
    models = ([(file.name, file.resolve()) for file in options.files]
              or corpus_models(options.only))
    passed = failed = 0
    for name, model in models:
        good, bad = check(name, model, options.flags.split(),
                          options.stages.split(","))
        passed, failed = passed + good, failed + bad
    return checkout.last_line(passed, failed)


if __name__ == "__main__":
    sys.exit(main())
