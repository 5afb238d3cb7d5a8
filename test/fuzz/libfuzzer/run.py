#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs libFuzzer programs, each for a time, with sanitizers.

    run.py [--seconds N] [--seed N] [NAME...]     all of them, 60 s each

They are built in build/fuzz, beside the normal build. The seeds of the
importer are node cases of the onnx package; what a run finds new stays in the
cache folder, so that the next run starts from there. An input that fails is kept in
build/fuzz/findings; make a test of it.
"""

import argparse
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BUILD = ROOT / "build" / "fuzz"
CACHE = Path(os.environ.get("NIELLO_CACHE", Path.home() / ".cache/niello"))


def onnx_seeds(folder):
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():  # its cases divide by zero on purpose
        warnings.simplefilter("ignore")
        cases = [case for case in collect_testcases(None) if case.model]
    for case in cases[::5]:  # neighbours differ little
        data = case.model.SerializeToString()
        if len(data) <= 4096:
            (folder / case.name).write_bytes(data)


def npy_seeds(folder):
    import numpy as np

    for number, array in enumerate([
            np.zeros((2, 3), "float32"), np.zeros((), "int64"),
            np.zeros((0, 4), "bool"), np.zeros((2, 2), ">f4"),
            np.asfortranarray(np.zeros((2, 3))), np.zeros(3, "complex64")]):
        np.save(folder / f"seed-{number}.npy", array)


FUZZERS = {"onnx-fuzzer": onnx_seeds, "npy-fuzzer": npy_seeds}


def build(names):
    if not (BUILD / "build.ninja").exists():
        subprocess.run(
            ["cmake", "-G", "Ninja", "-S", ROOT, "-B", BUILD,
             "-DNIELLO_FUZZERS=ON", "-DCMAKE_BUILD_TYPE=Release",
             "-DCMAKE_C_COMPILER=clang-22", "-DCMAKE_CXX_COMPILER=clang++-22",
             f"-DPython3_EXECUTABLE={sys.executable}"],
            check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", BUILD, *names], check=True)


def run(name, seconds, seed):
    """Whether the fuzzer found nothing in that time."""
    corpus = CACHE / "fuzz" / name
    if not corpus.exists():
        corpus.mkdir(parents=True)
        FUZZERS[name](corpus)
    findings = BUILD / "findings" / name
    findings.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", f"-seed={seed}", "-timeout=20",
               "-max_len=65536", "-rss_limit_mb=3000",
               f"-artifact_prefix={findings}/",
               "-print_final_stats=1"]
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
    done = subprocess.run(
        [BUILD / "bin" / name, *options, corpus], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        errors="replace")
    edges = re.findall(r"cov: (\d+)", done.stderr)
    runs = re.findall(r"number_of_executed_units: (\d+)", done.stderr)
    print(f"{name}: {runs[-1] if runs else '?'} runs, "
          f"{edges[-1] if edges else '?'} edges covered", flush=True)
    if done.returncode:
        print("\n".join(done.stderr.splitlines()[-60:]))
        print(f"the input is in {findings}")
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1,
                        help="of the mutations; 0: another each time")
    parser.add_argument("names", nargs="*", metavar="NAME")
    args = parser.parse_args()
    names = args.names or list(FUZZERS)
    unknown = set(names) - FUZZERS.keys()
    if unknown:
        parser.error(f"no such fuzzer: {', '.join(unknown)}")
    build(names)
    good = sum([run(name, args.seconds, args.seed) for name in names])
    print(f"{good} passed, {len(names) - good} failed")
    return good != len(names)


if __name__ == "__main__":
    sys.exit(main())
