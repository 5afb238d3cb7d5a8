# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What peers.py runs: files, inputs and reference outputs, made once.

A workload is one of models.py, BERT in int8, or a file of test/models/corpus.py
whose time goes into products. It lies in the cache, in a folder named after the
sources that write it, as NAME.onnx, NAME.in.npz, NAME.out.npz and NAME.json.

The reference is onnxruntime with every optimisation off.
"""

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "models"), str(HERE.parent / "python")]
import checkout  # noqa: E402

SOURCES = ("builder.py", "encoders.py", "vision.py", "recurrent.py",
           "models.py", "int8.py", "workloads.py")


@dataclass(frozen=True)
class Workload:
    """`aim` is what the ratio of best times, best peer to Niello, should be at
    least; `corpus` is (model, case) of corpus.py."""

    name: str
    aim: float = None
    corpus: tuple = None

    @property
    def int8(self):
        return self.name.startswith("g_")

    @property
    def tolerance(self):
        """What an output may differ by, relative to its largest value.

        Float: 100 products in a row, each a sum of up to 3072 terms in another
        order, come to some 1e-5. int8: a value at the edge of two steps takes
        either, which 12 layers carry on: of the peers, none beyond 0.04.
        """
        return 0.1 if self.int8 else 1e-4


WORKLOADS = [
    Workload("a_minilm", 1.15),
    Workload("b_bert", 1.15),
    Workload("c_resnet50"),
    Workload("c_mobilenet"),
    Workload("d_vit", 1.1),
    Workload("e_mamba"),
    Workload("f_lstm"),
    Workload("f_gru"),
    Workload("g_bert_static", 1.3),
    Workload("g_bert_dynamic", 1.5),
    Workload("text_encoder", 1.0, ("paraphrase-minilm-l3", 1)),
    Workload("graph_transformer", 1.0, ("rxnmap", 1)),
    Workload("seq2seq_encoder", 1.0, ("romanizer-enc", 1)),
    Workload("seq2seq_decoder", 1.0, ("romanizer-dec", 1)),
    Workload("set_attention", 1.0, ("atspm-pair", 1)),
]


def chosen(names):
    """The workloads whose names begin with one of `names`; all without any."""
    found = [w for w in WORKLOADS
             if not names or any(w.name.startswith(n) for n in names)]
    for name in names:
        if not any(w.name.startswith(name) for w in WORKLOADS):
            raise SystemExit(
                f"no workload begins with '{name}'; there are "
                + ", ".join(w.name for w in WORKLOADS))
    return found


def folder():
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update((HERE / name).read_bytes())
    path = checkout.CACHE / "bench" / digest.hexdigest()[:16]
    path.mkdir(parents=True, exist_ok=True)
    return path


def reference(path, feed):
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.graph_optimization_level = (
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL)
    session = onnxruntime.InferenceSession(
        str(path), settings, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, feed)))


def from_corpus(workload, target):
    import corpus
    import onnx
    import reference as references
    import run

    name, number = workload.corpus
    model = next(m for m in corpus.MODELS if m.name == name)
    source = run.path_of(model)
    feed, _, _ = references.References(run.path_of).case(model, number)
    onnx.save(onnx.load(source), target)
    return feed, 0


def from_graph(workload, target):
    import int8
    import models
    import onnx

    if workload.int8:
        source, facts = make(Workload("b_bert"))
        feed = load(source, "in")
        if workload.name.endswith("static"):
            int8.static(source, target, feed)
        else:
            int8.dynamic(source, target)
        return feed, facts["flops"]
    model, builder = models.GRAPHS[workload.name]()
    onnx.save(model, target)
    return builder.feed, builder.flops


def load(path, part):
    """The arrays of NAME.in.npz or NAME.out.npz, in the order of the graph."""
    with np.load(path.with_suffix(f".{part}.npz")) as arrays:
        return {name: arrays[name] for name in arrays.files}


def make(workload):
    """(path of the model, facts); writes what is not there yet."""
    path = folder() / f"{workload.name}.onnx"
    facts = path.with_suffix(".json")
    if not facts.exists():
        print(f"writing {path}", file=sys.stderr, flush=True)
        write = from_corpus if workload.corpus else from_graph
        feed, flops = write(workload, path)
        np.savez(path.with_suffix(".in.npz"), **feed)
        np.savez(path.with_suffix(".out.npz"), **reference(path, feed))
        partial = facts.with_suffix(".partial")
        partial.write_text(json.dumps({"flops": flops}))
        os.rename(partial, facts)  # last: with it, all of them are there
    return path, json.loads(facts.read_text())
