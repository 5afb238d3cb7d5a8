# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Nodes of com.microsoft and ai.onnx.ml that niello refuses, and what it says.

Each is a model of one node, the kind of refusal and what its sentence has:
`not` for what niello does not compile, `bad` for a node that its documentation
does not allow.
"""

import numpy as np

from contrib_parts import ML, Part

X = np.zeros((2, 3, 8), "float32")
KEYS = np.zeros((2, 2, 3, 4), "float32")
CACHE = np.zeros((16, 4), "float32")
ROWS = np.zeros((2, 3), "float32")


def ints(*numbers):
    return np.array(numbers, "int32")


def attention():
    two = {"num_heads": 2}
    w = np.zeros((8, 24), "float32")
    yield "not", "do_rotary", Part("Attention", [X, w],
                                   {**two, "do_rotary": 1})
    yield "not", "mask of rank 1, 2 or 3, but got rank 4", Part(
        "Attention", [X, w, None, np.zeros((2, 1, 3, 3), "int32")], two)
    yield "bad", "columns divide by 3", Part(
        "Attention", [X, np.zeros((8, 23), "float32")], two)
    yield "bad", "qkv_hidden_sizes that add up to the 24", Part(
        "Attention", [X, w], {**two, "qkv_hidden_sizes": [8, 8, 4]})
    yield "bad", "past of [2, batch, heads, length, width]", Part(
        "Attention", [X, w, None, None, KEYS], two)
    yield "bad", "a width that 3 heads divide", Part(
        "Attention", [X, w], {"num_heads": 3})
    yield "bad", "needs input 1", Part(
        "SkipSimplifiedLayerNormalization", [X, None, X[0, 0]])
    yield "bad", "needs input 3", Part(
        "QLinearSigmoid", [X.astype("int8"), X[0, 0, 0]])
    yield "bad", "needs one element type for 'p0_in0' and 'p0_in1'", Part(
        "SkipLayerNormalization", [X, X.astype("float16"), X[0, 0]])
    op = "MultiHeadAttention"
    yield "not", "past_sequence_length, cache_indirection", Part(
        op, [X, X, X, None, None, None, KEYS, KEYS, ints(1)], two)
    yield "bad", "past of keys or of values alone", Part(
        op, [X, X, X, None, None, None, KEYS], two)
    yield "bad", "lacks key or value", Part(op, [X, X], two)
    yield "bad", "past of [batch, heads, length, width]", Part(
        op, [X, X, X, None, None, None, X, X], two)
    op = "RotaryEmbedding"
    places = np.zeros((2, 3), "int64")
    yield "not", "is_packed_batching", Part(
        op, [KEYS, places, CACHE[:, :2], CACHE[:, :2]],
        {"is_packed_batching": 1})
    yield "not", "a scale of 1", Part(
        op, [KEYS, places, CACHE[:, :2], CACHE[:, :2]], {"scale": 2.0})
    yield "bad", "at most half as wide as a head, but got 4 and 4", Part(
        op, [KEYS, places, CACHE, CACHE])
    yield "bad", "rank 3 or 4, but got 2", Part(
        op, [ROWS, places, CACHE, CACHE])
    yield "bad", "the bias and the projections", Part(
        "MultiHeadAttention", [X, X, X, X[0, 0]], two)
    yield "bad", "the packed parts", Part(
        "MultiHeadAttention", [np.zeros((2, 3, 2, 4, 4), "float32")], two)
    yield "bad", "the keys and values of the past", Part(
        "Attention", [X, w, None, None, KEYS[None]], two)
    yield "bad", "position_ids, cos_cache and sin_cache", Part(
        op, [KEYS, places])


def group_query():
    op, heads = "GroupQueryAttention", {"num_heads": 2, "kv_num_heads": 1}
    base = [X, X[..., :4], X[..., :4], None, None, ints(2, 2),
            np.array(3, "int32")]
    rest = [None, None, None, None, None]
    for attrs, text in (({"sliding_window_cache": 1}, "sliding_window_cache"),
                        ({"qk_output": 1}, "output_qk")):
        yield "not", text, Part(op, base, {**heads, **attrs})
    yield "not", "k_scale and v_scale", Part(
        op, [*base, *rest, CACHE[0, :1], CACHE[0, :1]], heads)
    yield "not", "q_norm_weight", Part(
        op, [*base, *rest, None, None, CACHE[0], CACHE[0]], heads)
    yield "bad", "key heads that divide the query heads, but got 3", Part(
        op, base, {"num_heads": 4, "kv_num_heads": 3})
    yield "bad", "lacks seqlens_k", Part(op, base[:3], heads)
    yield "bad", "a key or a value alone", Part(
        op, [*base[:2], None, *base[3:]], heads)
    yield "bad", "a packed width that 4 heads divide", Part(
        op, [X[..., :7], None, None, *base[3:]], heads)
    yield "bad", "lacks the caches", Part(op, base, {**heads, "do_rotary": 1})
    yield "bad", "past of keys or of values alone", Part(
        op, [*base[:3], KEYS[:, :1], *base[4:]], heads)


def products():
    a = np.zeros((2, 32), "float32")
    b, scales = np.zeros((4, 2, 8), "uint8"), np.zeros(8, "float32")
    sizes = {"K": 32, "N": 4, "block_size": 16}
    op = "MatMulNBits"
    yield "not", "2, 4 or 8 bits, but got 3", Part(
        op, [a, b, scales], {**sizes, "bits": 3})
    yield "bad", "K, N and block_size", Part(op, [a, b, scales],
                                             {"K": 32, "N": 4})
    yield "bad", "block_size from 1 to 2^31 - 1", Part(
        op, [a, b, scales], {**sizes, "block_size": 2**63 - 1})
    one, zero = np.ones((), "float32"), np.zeros((), "uint8")
    yield "not", "to int64", Part(
        "QLinearSigmoid", [zero[None], one, zero, one, np.zeros((), "int64")])
    yield "bad", "packed weights and their scales", Part(op, [a, b], sizes)
    yield "bad", "g_idx and the K rows of weights", Part(
        op, [a, b, scales, None, ints(0, 1)], sizes)

    op = "MatMulBnb4"
    yield "bad", "a quant_type of 0 or 1", Part(
        op, [a, b.ravel(), scales], {**sizes, "quant_type": 2})
    yield "not", "its activation Selu with 2 parameters", Part(
        "FusedGemm", [a, a.T.copy()], {"activation": "Selu"})
    yield "not", "its activation LeakyRelu with 0 parameters", Part(
        "FusedConv", [np.zeros((1, 2, 3, 3), "float32"),
                      np.zeros((1, 2, 1, 1), "float32")],
        {"activation": "LeakyRelu"})
    yield "not", "the metric euclidean or sqeuclidean, but got cosine", Part(
        "CDist", [a, a], {"metric": "cosine"})
    yield "bad", "one start, limit and delta", Part(
        "Range", [ints(), ints(1).reshape(()), ints(1).reshape(())])
    yield "bad", "the sides of a matrix", Part("Inverse", [a])
    op = "GatherBlockQuantized"
    table, row = np.zeros((3, 16), "uint8"), np.zeros((3, 1), "float32")
    yield "not", "2, 4 or 8 bits, but got 5", Part(
        op, [table, ints(0), row], {"bits": 5, "block_size": 16})
    yield "bad", "a gather_axis before the last one", Part(
        op, [table, ints(0), row], {"gather_axis": 1, "block_size": 16,
                                    "quantize_axis": 0})
    yield "bad", "rank 2 of the scales and the blocks, but got 1", Part(
        op, [table, ints(0), row[0]], {"block_size": 16})
    yield "bad", "the scales and the blocks", Part(
        op, [table, ints(0), row], {"block_size": 16})


def experts():
    tokens, router = np.zeros((2, 8), "float32"), np.zeros((2, 3), "float32")
    w1, w2 = np.zeros((3, 4, 8), "float32"), np.zeros((3, 8, 4), "float32")
    base = [tokens, router, w1, None, w2]
    yield "not", "its activation_type elu", Part(
        "MoE", base, {"activation_type": "elu"})
    yield "not", "a swiglu_fusion of 1 or 2", Part(
        "MoE", base, {"activation_type": "swiglu"})
    yield "not", "fc3_experts_weights", Part("MoE", [*base, None, w1])
    yield "not", "use_sparse_mixer", Part("MoE", base,
                                          {"use_sparse_mixer": 1})
    yield "bad", "8 outputs of its first weights, but got 4", Part(
        "MoE", base, {"activation_type": "swiglu", "swiglu_fusion": 1})
    yield "bad", "weights of [experts, outputs, inputs]", Part(
        "MoE", [*base[:2], w1[0], None, w2])
    yield "bad", "router_probs of [tokens, experts]", Part(
        "MoE", [tokens, router[0], *base[2:]])
    yield "bad", "the experts of the router and of the weights", Part(
        "MoE", [tokens, router[:, :2], *base[2:]])
    yield "bad", "the biases and the outputs", Part(
        "MoE", [*base[:3], router, w2])
    op = "QMoE"
    q1, q2 = w1[:, :, :4].astype("uint8"), w2[:, :, :2].astype("uint8")
    base = [tokens, router, q1, w1[:, :, 0], None, q2, w2[:, :, 0]]
    yield "not", "2, 4 or 8 bits, but got 5", Part(
        op, base, {"expert_weight_bits": 5})
    yield "not", "integer weights that are not prepacked", Part(
        op, base, {"quant_type": "fp4"})
    yield "bad", "scales beside its weights", Part(
        op, [*base[:3], None, *base[4:]])
    yield "bad", "a block_size with scales of rank 3", Part(
        op, [*base[:3], w1[:, :, :1], *base[4:]])
    yield "not", "router_weights", Part(
        op, [*base, *[None] * 7, router])


def learned():
    def part(op, inputs, attrs):
        return Part(op, inputs, attrs, domain=ML,
                    outputs=2 if "Classifier" in op else 1)

    yield "not", "maps have no compiled form", part(
        "ZipMap", [ROWS], {"classlabels_int64s": [1, 2, 3]})
    yield "not", "strings have no compiled form", part(
        "LabelEncoder", [np.array([1], "int64")],
        {"keys_int64s": [1], "values_strings": ["a"]})
    yield "not", "categories of integers", part(
        "OneHotEncoder", [ROWS], {"cats_strings": ["a"]})
    vectors = {"kernel_type": "LINEAR", "kernel_params": [0.0] * 3,
               "support_vectors": [1.0] * 6, "coefficients": [1.0, 1.0],
               "rho": [0.0]}
    op = "SVMClassifier"
    yield "not", "string labels", part(
        op, [ROWS], {**vectors, "classlabels_strings": ["a", "b"],
                     "vectors_per_class": [1, 1]})
    yield "not", "two classes or more", part(
        op, [ROWS], {**vectors, "classlabels_ints": [1]})
    two = {**vectors, "classlabels_ints": [1, 2]}
    yield "bad", "vectors_per_class for each of 2 classes, but got 3", part(
        op, [ROWS], {**two, "vectors_per_class": [1, 1, 1]})
    yield "bad", "needs 3 coefficients and 1 numbers rho, but got 2", part(
        op, [ROWS], {**two, "vectors_per_class": [1, 2]})
    yield "bad", "prob_a and prob_b for each of 1 pairs", part(
        op, [ROWS], {**two, "vectors_per_class": [1, 1], "prob_a": [1.0]})


def cases():
    for make in (attention, group_query, products, experts, learned):
        yield from make()
