// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft GroupQueryAttention: attention over a cache of keys and values
// in which each batch entry has its own length.

#include "frontends/onnx/ops/contrib/Heads.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

// Inputs of the operator.
enum : unsigned {
  Query,
  Key,
  Values,
  PastKey,
  PastValue,
  SeqLens,
  TotalLength,
  Cos,
  Sin,
  PositionIds,
  AttentionBias,
  HeadSink,
};

/// Where the new tokens of each batch entry start: 0 for a prompt, that is
/// where there are as many new tokens as tokens; else what seqlens_k leaves.
Tensor pastLengths(Node &node, Tensor ends, Size tokens, Term isPrompt) {
  Value lengths = node.value(ends);
  return generate(node, ends.dims, DType::Int64, [&](Emit &e, Terms at) {
    Term count = e.size(tokens);
    Term past = e.toIndex(e.at(lengths, at)) + 1 - count;
    past = maximum(select(isPrompt, e.index(0), past), e.index(0));
    return e.cast(past, e.b.getI64Type());
  });
}

/// The cache with the new keys or values written after each entry's past.
// cache[b, g, s] = s < p[b] ? past : s - p[b] < T ? new : past or 0
FailureOr<Tensor> present(Node &node, unsigned pastInput, Tensor fresh,
                          Tensor starts, Size length) {
  SmallVector<Size> dims(fresh.dims);
  dims[2] = length;
  Value added = node.value(fresh), from = node.value(starts), old;
  Size oldLength = node.sizes.constant(0);
  if (node.has(pastInput)) {
    Tensor past = node.tensor(pastInput);
    if (past.rank() != 4 || past.dtype != fresh.dtype)
      return node.bad("needs a past of [B, G, P, D] of the type of the keys");
    for (int64_t i : {0, 1, 3})
      if (failed(requireEqual(node, past.dims[i], fresh.dims[i],
                              "the past and the present")))
        return failure();
    old = node.value(past);
    oldLength = past.dims[2];
  }
  Type type = elementType(node.b.getContext(), fresh.dtype);
  Size tokens = fresh.dims[2];
  return generate(node, dims, fresh.dtype, [&](Emit &e, Terms at) {
    Term shift = at[2] - e.toIndex(e.at(from, {at[0]}));
    Term isNew = (shift >= 0) & (shift < e.size(tokens));
    auto kept = [&] {
      if (!old)
        return e.constant(type, 0);
      return e.branch(
          at[2] < e.size(oldLength), [&] { return e.at(old, at); },
          [&] { return e.constant(type, 0); });
    };
    return e.branch(
        isNew, [&] { return e.at(added, {at[0], at[1], shift, at[3]}); }, kept);
  });
}

/// Query, key and value as heads, from three inputs or packed one.
FailureOr<Heads> readHeads(Node &node, int64_t count, int64_t groups) {
  Tensor query = node.tensor(Query);
  if (node.has(Key) != node.has(Values))
    return node.bad("has a key or a value alone");
  int64_t counts[] = {count, groups, groups};
  Heads heads;
  Tensor *parts[] = {&heads.query, &heads.key, &heads.value};
  auto width =
      query.rank() == 3 ? Sizes::asConstant(query.dims[2]) : std::nullopt;
  int64_t at = 0;
  auto all = llvm::checkedMulAdd<int64_t>(groups, 2, count);
  if (!node.has(Key) && (!width || !all || *width % *all != 0))
    return node.bad("needs a packed width that " +
                    (all ? std::to_string(*all) : "2^63 or more") +
                    " heads divide");
  for (unsigned i : {0, 1, 2}) {
    Tensor flat = node.has(Key) ? node.tensor(i) : query;
    if (!node.has(Key)) {
      int64_t size = counts[i] * (*width / *all);
      flat = part(node, query, 2, node.sizes.constant(at),
                  node.sizes.constant(size));
      at += size;
    }
    auto own = splitHeads(node, flat, counts[i]);
    if (failed(own))
      return failure();
    *parts[i] = *own;
  }
  return heads;
}

/// Positions of the new tokens, [B, T]: those after each entry's past. Given
/// positions count from their first in a prompt, as in onnxruntime.
Tensor positionsOf(Node &node, Tensor starts, Size tokens, Term isPrompt) {
  Value from = node.value(starts), given;
  if (node.has(PositionIds))
    given = node.value(PositionIds);
  return generate(node, {starts.dims[0], tokens}, DType::Int64,
                  [&](Emit &e, Terms at) {
                    Term after = e.cast(at[1], e.b.getI64Type());
                    if (!given)
                      return e.at(from, {at[0]}) + after;
                    Term first = e.at(given, {e.index(0), e.index(0)});
                    return select(isPrompt, first + after, e.at(given, at));
                  });
}

/// What is not there to compile, as a sentence.
LogicalResult checkSupported(Node &node) {
  for (auto [input, what] :
       {std::pair(HeadSink + 1, "k_scale and v_scale of a quantised cache"),
        {HeadSink + 2, "k_scale and v_scale of a quantised cache"},
        {HeadSink + 3, "q_norm_weight and k_norm_weight"},
        {HeadSink + 4, "q_norm_weight and k_norm_weight"}})
    if (node.has(input))
      return node.refuse(what);
  if (node.intAttr("qk_output", 0) || node.wantsOutput(3))
    return node.refuse("output_qk");
  if (node.intAttr("sliding_window_cache", 0))
    return node.refuse("sliding_window_cache; local_window_size alone keeps "
                       "the whole cache");
  return success();
}

/// The new tokens rotated to their positions, both query and key.
LogicalResult rotateNew(Node &node, Heads &heads, Tensor positions) {
  if (!node.has(Cos) || !node.has(Sin))
    return node.bad("lacks the caches of its rotation");
  for (Tensor *x : {&heads.query, &heads.key}) {
    auto turned = rotate(node, *x, node.tensor(Cos), node.tensor(Sin),
                         positions, node.intAttr("rotary_interleaved", 0));
    if (failed(turned))
      return failure();
    *x = *turned;
  }
  return success();
}

LogicalResult readOptions(Node &node, Heads &heads, Tensor starts, Tensor ends,
                          AttentionOptions &options) {
  options.scale = node.floatAttr("scale", 0);
  options.softcap = node.floatAttr("softcap", 0);
  options.causal = node.intAttr("causal", 1);
  options.offset = starts;
  options.lengths =
      mapElements(node, castTo(node, ends, DType::Int64), DType::Int64,
                  [](Term last) { return last + 1; });
  if (int64_t window = node.intAttr("local_window_size", -1); window > 0)
    options.left = window - 1; // a token sees itself
  if (node.has(HeadSink))
    options.sinks = node.tensor(HeadSink);
  else if (node.intAttr("smooth_softmax", 0))
    options.sinks = full(
        node, {heads.query.dims[1]}, heads.query.dtype,
        scalar(node, elementType(node.b.getContext(), heads.query.dtype), 0));
  return success();
}

LogicalResult importGroupQuery(Node &node) {
  if (failed(checkSupported(node)))
    return failure();
  int64_t count = node.intAttr("num_heads", 0);
  int64_t groups = node.intAttr("kv_num_heads", 0);
  if (count < 1 || groups < 1 || count % groups != 0)
    return node.bad("needs key heads that divide the query heads, but got " +
                    Twine(groups) + " and " + Twine(count));
  if (!node.has(SeqLens) || !node.has(TotalLength))
    return node.bad("lacks seqlens_k or total_sequence_length");
  if (node.has(PastKey) != node.has(PastValue))
    return node.bad("has a past of keys or of values alone");
  auto heads = readHeads(node, count, groups);
  if (failed(heads))
    return failure();
  auto given = node.elements(TotalLength);
  if (!given || given->size() != 1)
    return node.bad("needs one total_sequence_length");
  Size total = given->front(), batch = heads->query.dims[0],
       tokens = heads->query.dims[2];
  auto ends = reshape(node, node.tensor(SeqLens), {batch});
  if (failed(ends))
    return failure();
  if (node.has(PositionIds) &&
      failed(requireDims(node, node.tensor(PositionIds), {batch, tokens},
                         "position_ids and the new tokens")))
    return failure();
  require(node, node.sizes.compare(arith::CmpIPredicate::sge, total, tokens),
          "needs a total_sequence_length of the {1} new tokens or more, but "
          "got {0}",
          total, tokens);
  Emit e(node.b, node.loc);
  Term isPrompt = e.size(total) == e.size(tokens);
  Tensor starts = pastLengths(node, *ends, tokens, isPrompt);
  if (node.intAttr("do_rotary", 0) &&
      failed(
          rotateNew(node, *heads, positionsOf(node, starts, tokens, isPrompt))))
    return failure();

  Size length = node.sizes.max(total, tokens);
  if (node.has(PastKey) && node.tensor(PastKey).rank() == 4)
    length = node.sizes.max(length, node.tensor(PastKey).dims[2]);
  unsigned at = 1;
  for (Tensor *x : {&heads->key, &heads->value}) {
    auto all = present(node, PastKey + at - 1, *x, starts, length);
    if (failed(all))
      return failure();
    *x = *all;
    (void)node.result(at++, *all);
  }
  AttentionOptions options;
  if (failed(readOptions(node, *heads, starts, *ends, options)))
    return failure();
  if (node.has(AttentionBias)) {
    // A column a key in use; the cache may be longer.
    options.bias = node.tensor(AttentionBias);
    if (!node.sizes.equal(length, total))
      for (Tensor *x : {&heads->key, &heads->value})
        *x = part(node, *x, 2, node.sizes.constant(0), total);
  }
  auto out = attend(node, *heads, options);
  return failed(out) ? failure() : give(node, 0, mergeHeads(node, *out));
}

const Registration table[] = {
    {"com.microsoft", "GroupQueryAttention", importGroupQuery, floats},
};

} // namespace

ArrayRef<Registration> groupQueryOps() { return table; }

} // namespace niello::onnx_frontend
