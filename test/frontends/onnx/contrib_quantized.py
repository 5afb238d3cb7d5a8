# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""com.microsoft operators on quantised tensors: integers bit for bit."""

import numpy as np

from contrib_parts import Part, oracle

RANDOM = np.random.default_rng(17)
BYTES = ("uint8", "int8")


def every(dtype):
    """All values of an 8-bit type, [16, 16]."""
    low = np.iinfo(dtype).min
    return np.arange(low, low + 256).astype(dtype).reshape(16, 16)


def some(dtype, *shape):
    info = np.iinfo(dtype)
    return RANDOM.integers(info.min, info.max + 1, shape).astype(dtype)


def real(number):
    return np.array(number, "float32")


def zero(number, dtype):
    """A zero point: number counts from the least value of the type."""
    return np.array(number + np.iinfo(dtype).min, dtype)


def linear():
    for dtype in ("uint8", "int8", "uint16", "int16"):
        x = RANDOM.normal(size=(3, 8)).astype("float32") * 40
        x[0] = [0.5, -0.5, 1.5, 2.5, 1e9, -1e9, np.inf, -np.inf]
        scale, middle = real(0.25), zero(100, dtype)
        yield "QuantizeLinear", Part("QuantizeLinear", [x, scale, middle])
        yield "DequantizeLinear", Part(
            "DequantizeLinear", [some(dtype, 3, 8), scale, middle])
    scales = np.array([0.1, 2.0, 0.037], "float32")
    for axis in (0, 1):
        x = np.moveaxis(RANDOM.normal(size=(3, 5)) * 9, 0, axis)
        zeros = np.array([3, 128, 255], "uint8")
        yield "QuantizeLinear", Part(
            "QuantizeLinear", [x.astype("float32"), scales, zeros],
            {"axis": axis})
        q = np.moveaxis(some("uint8", 3, 5), 0, axis)
        yield "DequantizeLinear", Part(
            "DequantizeLinear", [q.copy(), scales, zeros], {"axis": axis})


def elementwise():
    for dtype in BYTES:
        # All pairs of bytes: 256 x 256 places.
        a = every(dtype).reshape(256, 1)
        b = every(dtype).reshape(1, 256)
        for op in ("QLinearAdd", "QLinearMul"):
            out = 0.05 if op == "QLinearAdd" else 0.3
            for sa, sb in ((0.03, 0.041), (0.5, 0.25)):
                yield op, Part(op, [
                    np.broadcast_to(a, (256, 256)).copy(), real(sa),
                    zero(100, dtype), np.broadcast_to(b, (256, 256)).copy(),
                    real(sb), zero(20, dtype), real(out), zero(128, dtype)])
            none = np.array(0, dtype)
            rest = [some(dtype, 3, 1), real(0.2), none, real(0.3), none]
            yield op, Part(op, [
                some(dtype, 2, 1, 5), real(0.1), none, *rest], free={0: (0,)},
                more=[[some(dtype, 7, 1, 5), real(0.1), none, *rest]])
            yield op, Part(op, [some(dtype, 7), real(0.1), none, *rest[:3],
                                real(0.3)])
        grid = [real(0.05), zero(120, dtype)]
        op = "QLinearSigmoid"
        yield op, Part(op, [every(dtype), *grid, real(1 / 256),
                            zero(0, dtype)])
        yield op, Part(op, [every(dtype), real(0.1), None, real(0.004), None])
        op = "QLinearLeakyRelu"
        for alpha in (0.01, 0.3):
            yield op, Part(op, [every(dtype), *grid, real(0.04),
                                zero(60, dtype)], {"alpha": alpha})
        op = "QLinearConcat"
        parts = [some(dtype, 2, 3), real(0.1), zero(10, dtype),
                 some(dtype, 2, 4), real(0.03), zero(200, dtype)]
        for axis in (1, -1):
            yield op, Part(op, [real(0.07), zero(128, dtype), *parts],
                           {"axis": axis})
        yield op, Part(op, [real(0.1), zero(10, dtype), every(dtype),
                            real(0.3), zero(99, dtype), every(dtype),
                            real(0.1), zero(10, dtype)], {"axis": 0})


def pools():
    op = "QLinearGlobalAveragePool"
    for dtype in BYTES:
        for last in (0, 1):
            for shape in ((2, 3, 5, 7), (1, 8, 4, 4), (2, 3, 1, 1)):
                yield op, Part(op, [
                    some(dtype, *shape), real(0.05), zero(77, dtype),
                    real(0.01), zero(128, dtype)], {"channels_last": last})


def unsigned(part):
    """onnxruntime takes no int8 for A beside uint8 for B: the same moved up
    by 128, zero point too."""
    def expect(*inputs):
        moved = list(inputs)
        for i in (0, 4 if part.op == "MatMulIntegerToFloat" else 2):
            if moved[i] is not None:
                moved[i] = np.asarray(moved[i].astype("int32") + 128, "uint8")
            elif i == 4:
                moved[i] = np.array(128, "uint8")
        if len(moved) > 8:  # the result has the type of A
            moved[8] = np.asarray(moved[8].astype("int32") + 128, "uint8")
        got = oracle(Part(part.op, moved, part.attrs), 0, 3)[0]
        if got.dtype == "uint8":
            got = (got.astype("int32") - 128).astype("int8")
        return got

    if part.runs[0][0].dtype == "int8" and any(
            array is not None and array.dtype == "uint8"
            for array in part.runs[0]):
        part.expect = expect
    return part


def products():
    op = "MatMulIntegerToFloat"
    for ta in BYTES:
        for tb in BYTES:
            a, b = some(ta, 2, 3, 8), some(tb, 8, 5)
            scale = RANDOM.uniform(0.01, 0.1, 5).astype("float32")
            bias = RANDOM.normal(size=5).astype("float32")
            loose = {"terms": 2, "scale": 8 * 256 * 256 * 0.01}
            yield op, Part(op, [a, b, real(0.03), real(0.07), zero(3, ta),
                                zero(99, tb), bias], **loose)
            yield op, Part(op, [a, b, real(0.03), scale, zero(128, ta),
                                some(tb, 5)], **loose)
            yield op, Part(op, [a, b, real(0.03), scale, None, None, bias],
                           **loose)
            yield "QGemm", Part("QGemm", [
                a[0], real(0.03), zero(100, ta), b, real(0.05),
                zero(128, tb), None, real(2.0), zero(120, ta)])
            yield "QGemm", Part("QGemm", [
                a[0], real(0.03), zero(100, ta), b.T.copy(), scale,
                some(tb, 5), RANDOM.integers(-999, 999, 5).astype("int32"),
                real(1.7), zero(120, ta)], {"transB": 1, "alpha": 0.5})
            yield "QGemm", Part("QGemm", [
                a[0].T.copy(), real(0.03), zero(100, ta), b, real(0.05),
                zero(9, tb), RANDOM.integers(-9, 9, (3, 5)).astype("int32")],
                {"transA": 1}, **loose)


def recurrent():
    op, hidden, k, t, batch = "DynamicQuantizeLSTM", 4, 6, 3, 2
    x = RANDOM.normal(size=(t, batch, k)).astype("float32")

    # One step of a state's grid, about 1 / 255, in each sum.
    loose = {"terms": 2000, "outputs": [True, True, True]}
    for dtype in BYTES:
        for count, way in ((1, "forward"), (1, "reverse"),
                           (2, "bidirectional")):
            per_tensor = [
                np.full(count, 0.01, "float32"),
                np.full(count, 128 if dtype == "uint8" else 0, dtype)]
            yield op, Part(op, [
                x, some(dtype, count, k, 4 * hidden),
                some(dtype, count, hidden, 4 * hidden),
                RANDOM.normal(size=(count, 8 * hidden)).astype("float32"),
                None, None, None, None, *per_tensor, *per_tensor],
                {"hidden_size": hidden, "direction": way},
                weights=(1, 2, 8, 9, 10, 11), **loose)


def groups():
    by_op = {}
    for make in (linear, elementwise, pools, products, recurrent):
        for op, part in make():
            by_op.setdefault(op, []).append(part)
    for op, parts in by_op.items():
        yield op, [unsigned(part) if op in ("QGemm", "MatMulIntegerToFloat")
                   else part for part in parts], 3
