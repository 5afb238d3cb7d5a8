# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Attention in blocks beside NumPy in float64, and beside the plain path.

Sizes around the block of scores (lanes of queries, 64 keys), every mask, rows
that see nothing, infinite masks, NaN. An argument seeds the draw and another
says how many models; TARGETS names the levels to compile for, as far as this
machine runs them.
"""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))
import checkout  # noqa: E402
import niello  # noqa: E402
import numpy as np  # noqa: E402

# Float32 sums of up to 200 terms and e to a power within 2 ulp; scores up to 10
# in size lose 10 * 2^-24 each. 16-bit floats round the result.
TOLERANCE = {"f32": 2e-5, "f16": 2e-3, "bf16": 2e-2}
DTYPES = {"f32": "float32", "f16": "float16", "bf16": "bfloat16"}


def text(case):
    """The model: queries arrive as [B,T,H*D], the result leaves so."""
    c, e = case, case["dtype"]

    def size(name):
        return "?" if name in c["free"] else str(c[name])

    def tensor(*sizes, kind=e):
        return f"tensor<{''.join(str(s) + 'x' for s in sizes)}{kind}>"

    b, h, g, t, s, d, v = (size(n) if n in "BTS" else str(c[n])
                           for n in "BHGTSDE")
    packed = tensor(b, t, c["H"] * c["D"])
    split = tensor(b, t, h, d)
    q, k = tensor(b, h, t, d), tensor(b, g, s, d)
    value, out = tensor(b, g, s, v), tensor(b, h, t, v)
    rows, back = tensor(b, t, h, v), tensor(b, t, c["H"] * c["E"])
    arguments = [("q", packed), ("k", k), ("v", value)]
    operands, types = "", [q, k, value]
    if c["mask"]:
        kind, sizes = c["mask"]
        names = [{"B": b, "H": h, "T": t, "S": s}.get(x, x) for x in sizes]
        arguments.append(("mask", tensor(*names, kind=kind)))
        operands += " mask %mask"
    if c["offset"]:
        arguments.append(("offset", tensor(b, kind="i64")))
        operands += " offset %offset"
    if c["lengths"]:
        arguments.append(("lengths", tensor(b, kind="i32")))
        operands += " lengths %lengths"
    if c["sinks"]:
        arguments.append(("sinks", tensor(h)))
        operands += " sinks %sinks"
    types += [kind for _, kind in arguments[3:]]
    flags = []
    if c["causal"]:
        flags.append("causal")
    for name in ("left", "right"):
        if c[name] >= 0:
            flags.append(f"{name} = {c[name]} : i64")
    for name in ("softcap", "hidden"):
        if c[name] is not None:
            number = ("0xFFF0000000000000" if c[name] == -np.inf
                      else f"{c[name]:e}")
            flags.append(f"{name} = {number} : f64")
    dtype = {e: DTYPES[e], "i1": "bool", "i64": "int64", "i32": "int32"}

    def described(name, kind):
        *sizes, element = kind[7:-1].split("x")
        sizes = [-1 if x == "?" else int(x) for x in sizes]
        dims = ", ".join(f'"{name}{i}"' if x < 0 else str(x)
                         for i, x in enumerate(sizes))
        return (f'{kind} {{model.dims = [{dims}], model.dtype = '
                f'"{dtype[element]}", model.name = "{name}"}}')

    inputs = ", ".join(f"%{n}: {described(n, kind)}" for n, kind in arguments)
    return f"""
module attributes {{model.stage = "source"}} {{
func.func @main({inputs}) -> ({described("y", back)}) attributes {{model.entry}} {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = tensor.dim %q, %c0 : {packed}
  %t = tensor.dim %q, %c1 : {packed}
  %x = tensor.expand_shape %q [[0], [1], [2, 3]] output_shape [{'%b' if b == '?' else b}, {'%t' if t == '?' else t}, {h}, {d}] : {packed} into {split}
  %e = tensor.empty({', '.join(n for n, x in (('%b', b), ('%t', t)) if x == '?')}) : {q}
  %xt = linalg.transpose ins(%x : {split}) outs(%e : {q}) permutation = [0, 2, 1, 3]
  %o = model.attention %xt, %k, %v{operands} scale {c["scale"]} {{{', '.join(flags)}}} : ({', '.join(types)}) -> {out}
  %f = tensor.empty({', '.join(n for n, x in (('%b', b), ('%t', t)) if x == '?')}) : {rows}
  %ot = linalg.transpose ins(%o : {out}) outs(%f : {rows}) permutation = [0, 2, 1, 3]
  %y = tensor.collapse_shape %ot [[0], [1], [2, 3]] : {rows} into {back}
  return %y : {back}
}}
}}
"""


def reference(c, feed):
    """softmax(scale Q K^T, masked) V in float64."""
    B, H, G, T, S, D, E = (c[n] for n in "BHGTSDE")
    q = feed["q"].astype(np.float64).reshape(B, T, H, D).transpose(0, 2, 1, 3)
    k, v = (np.repeat(feed[n].astype(np.float64), H // G, 1) for n in "kv")
    with np.errstate(all="ignore"):
        x = np.einsum("bhtd,bhsd->bhts", q, k) * c["scale"]
        if c["softcap"]:
            x = np.tanh(x / c["softcap"]) * c["softcap"]
        sees = np.ones((B, H, T, S), bool)
        if c["mask"] and c["mask"][0] == "i1":
            sees &= feed["mask"]
        elif c["mask"]:
            x = x + feed["mask"].astype(np.float64)
        place = np.broadcast_to(np.arange(T), (B, T))[:, None, :, None]
        if c["offset"]:
            place = place + feed["offset"][:, None, None, None]
        keys = np.arange(S)
        if c["causal"]:
            sees &= keys <= place
        if c["left"] >= 0:
            sees &= keys >= place - c["left"]
        if c["right"] >= 0:
            sees &= keys <= place + c["right"]
        if c["lengths"]:
            sees &= keys < feed["lengths"][:, None, None, None]
        hidden = -np.inf if c["hidden"] is None else c["hidden"]
        x = np.where(sees, x, hidden)
        top = np.max(x, -1, initial=-np.inf, keepdims=True,
                     where=~np.isnan(x))
        sink = None
        if c["sinks"]:
            sink = feed["sinks"].astype(np.float64)[None, :, None, None]
            top = np.maximum(top, sink)
        if c["hidden"] is None:
            top = np.where(top == -np.inf, 0, top)
        w = np.exp(x - top)
        total = w.sum(-1, keepdims=True)
        if c["sinks"]:
            total = total + np.exp(sink - top)
        total = np.where(total == 0, 1, total)
        # What is not seen has no weight, whatever it holds.
        y = np.einsum("bhts,bhse->bhte", w, v) / total
    return y.transpose(0, 2, 1, 3).reshape(B, T, H * E)


def draw(rng):
    """A case, and what goes in."""
    def one(*choices):
        return choices[rng.integers(len(choices))]

    g = one(1, 1, 2)
    c = {"B": one(1, 1, 2), "G": g, "H": g * one(1, 1, 2, 4),
         "T": one(4, 5, 7, 16, 17, 31, 33, 64, 70), "D": one(1, 3, 8, 16, 40),
         "S": one(0, 1, 2, 9, 63, 64, 65, 70, 130, 200),
         "E": one(1, 5, 8, 16, 24, 33), "dtype": one("f32", "f32", "f32",
                                                     "f16", "bf16"),
         "free": one("", "", "T", "S", "TS", "BTS"),
         "scale": one(0.25, 1.0, 2.0),
         "mask": one(None, None, ("f", "S"), ("f", "TS"), ("f", "B11S"),
                     ("i1", "TS"), ("i1", "B1TS"), ("f", "HT1"), ("i1", "B11S"),
                     ("f", "BHTS"), ("i1", "BHTS")),
         "offset": one(False, False, True), "lengths": one(False, False, True),
         "sinks": one(False, False, False, True), "causal": one(True, False),
         "left": one(-1, -1, -1, 0, 3, 60), "right": one(-1, -1, -1, 0, 40),
         "softcap": one(None, None, 2.0),
         "hidden": one(None, None, None, -np.inf, -1e30, -5.0)}
    if c["mask"] and c["mask"][0] == "f":
        c["mask"] = (c["dtype"], c["mask"][1])

    def numbers(*shape):
        return rng.standard_normal(shape).astype(np.float32)

    B, H, G, T, S, D, E = (c[n] for n in "BHGTSDE")
    feed = {"q": numbers(B, T, H * D), "k": numbers(B, G, S, D),
            "v": numbers(B, G, S, E)}
    if c["mask"]:
        sizes = [c.get(x, 1) for x in c["mask"][1]]
        if c["mask"][0] == "i1":
            feed["mask"] = rng.random(sizes) < one(0.5, 0.05)
        else:
            mask = numbers(*sizes)
            feed["mask"] = np.where(rng.random(sizes) < one(0.0, 0.3, 0.95),
                                    -np.inf, mask).astype(np.float32)
    if c["offset"]:
        feed["offset"] = rng.integers(-20, 90, B)
    if c["lengths"]:
        feed["lengths"] = rng.integers(-1, S + 3, B).astype(np.int32)
    if c["sinks"]:
        feed["sinks"] = numbers(H)
        if one(True, False, False):
            feed["sinks"][0] = -np.inf
    if one(True, False, False, False, False) and S:
        feed["k"][0, 0, rng.integers(S)] = one(np.nan, 1e30, -1e30)
    return c, feed


def rounded(array, dtype):
    """The float as the model reads it: (what is passed, what it means)."""
    if array.dtype != np.float32 or dtype == "f32":
        return array, array
    if dtype == "f16":
        with np.errstate(over="ignore"):
            half = array.astype(np.float16)
        return half, half.astype(np.float32)
    bits = (array.view(np.uint32) + 0x8000) & 0xFFFF0000
    return (bits >> 16).astype(np.uint16), bits.view(np.float32)


def widened(array, dtype):
    if dtype == "bf16" and array.dtype == np.uint16:
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array.astype(np.float64)


def compare(y, wanted, c):
    """What differs, or an empty string."""
    with np.errstate(all="ignore"):
        close = np.isclose(y, wanted, rtol=TOLERANCE[c["dtype"]],
                           atol=TOLERANCE[c["dtype"]], equal_nan=True)
    if close.all():
        return ""
    at = tuple(np.argwhere(~close)[0])
    return (f"{np.sum(~close)} of {close.size} differ, first at {at}: "
            f"{y[at]} instead of {wanted[at]}")


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    targets = os.environ.get("TARGETS", "host").split(",")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(seed, seed + count):
            c, feed = draw(np.random.default_rng(number))
            pairs = {n: rounded(a, c["dtype"]) for n, a in feed.items()}
            passed = {n: p for n, (p, _) in pairs.items()}
            wanted = reference(c, {n: m for n, (_, m) in pairs.items()})
            path = Path(folder) / f"{number}.mlir"
            path.write_text(text(c))
            for target in targets:
                try:
                    model = niello.compile(str(path), target=target, threads=1)
                    y, = model.run(passed).values()
                    why = compare(widened(y, c["dtype"]), wanted, c)
                except niello.Error as error:
                    why = str(error)
                if why:
                    failed += 1
                    print(f"{number} {target}: {why}\n  {c}", flush=True)
    return checkout.last_line(count * len(targets) - failed, failed)


if __name__ == "__main__":
    sys.exit(main())
