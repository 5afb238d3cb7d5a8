// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft MultiHeadAttention, Attention and QAttention.

#include "frontends/onnx/ops/contrib/Heads.h"
#include "frontends/onnx/ops/math/Matmul.h"
#include "frontends/onnx/ops/quantized/Quantize.h"

#include "dialects/model/Model.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

FailureOr<Tensor> add(Node &node, Tensor x, Tensor y) {
  SmallVector<Tensor> both{x, y};
  return perElement(node, both, x.dtype, [](auto v) { return v[0] + v[1]; });
}

/// [B] ends, or 2 B numbers: the ends, then the starts, of the keys to see, as
/// what is added to the scores.
FailureOr<Tensor> spanBias(Node &node, Tensor ends, Size batch, Size keys,
                           double hidden) {
  Sizes &sizes = node.sizes;
  bool hasStarts =
      sizes.equal(ends.dims[0], sizes.mul(batch, sizes.constant(2)));
  if (!hasStarts &&
      failed(requireEqual(node, ends.dims[0], batch,
                          "the entries of a mask of rank 1 and the batch")))
    return failure();
  Value numbers = node.value(ends);
  Size one = sizes.constant(1);
  return generate(
      node, {batch, one, one, keys}, DType::Float, [&](Emit &e, Terms at) {
        Term end = e.toIndex(e.at(numbers, {at[0]}));
        Term seen = at[3] < end;
        if (hasStarts) {
          Term place = at[0] + e.size(batch);
          seen = seen & (at[3] >= e.toIndex(e.at(numbers, {place})));
        }
        Type real = e.b.getF32Type();
        return select(seen, e.constant(real, 0), e.constant(real, hidden));
      });
}

/// A mask of [B] or [2 B] ends, [B, S] or [B, T, S] flags: `mask_filter_value`
/// is added to the scores of what is hidden, so that a row in which all is
/// hidden still has a softmax.
LogicalResult readMask(Node &node, Tensor mask, Heads &heads,
                       AttentionOptions &options) {
  Sizes &sizes = node.sizes;
  double hidden = node.floatAttr("mask_filter_value", -10000);
  Size batch = heads.query.dims[0], keys = heads.key.dims[2],
       one = sizes.constant(1);
  if (mask.rank() == 1) {
    auto bias = spanBias(node, mask, batch, keys, hidden);
    return failed(bias) ? failure() : addBias(node, options, *bias);
  }
  SmallVector<Size> dims(mask.dims);
  if (mask.rank() != 2 && mask.rank() != 3)
    return node.refuse("needs a mask of rank 1, 2 or 3, but got rank " +
                       Twine(mask.rank()));
  if (failed(requireEqual(node, mask.dims.back(), keys,
                          "the last size of the mask and the keys")))
    return failure();
  dims.insert(dims.begin() + 1, mask.rank() == 2 ? 2 : 1, one);
  auto shaped = reshape(node, mask, dims);
  if (failed(shaped))
    return failure();
  return addBias(node, options,
                 mapElements(node, *shaped, DType::Float, [&](Term flag) {
                   Type real = flag.emit->b.getF32Type();
                   return select(flag > 0, flag.emit->constant(real, 0),
                                 flag.emit->constant(real, hidden));
                 }));
}

/// Causal where asked, with queries standing after the past.
void setCausal(Node &node, AttentionOptions &options, Heads &heads) {
  options.causal = node.intAttr("unidirectional", 0);
  Size past = node.sizes.sub(heads.key.dims[2], heads.query.dims[2]);
  if (!options.causal || Sizes::asConstant(past) == 0)
    return;
  Emit e(node.b, node.loc);
  options.offset =
      full(node, {}, DType::Int64, e.cast(e.size(past), e.b.getI64Type()));
}

/// Part i of n of the fourth dimension of [B, T, H, n, D], as [B, H, T, D].
FailureOr<Tensor> packedPart(Node &node, Tensor x, int64_t i, int64_t n) {
  Sizes &sizes = node.sizes;
  if (failed(
          requireEqual(node, x.dims[3], sizes.constant(n), "the packed parts")))
    return failure();
  Tensor own = part(node, x, 3, sizes.constant(i), sizes.constant(1));
  auto flat = reshape(node, own, {x.dims[0], x.dims[1], x.dims[2], x.dims[4]});
  if (failed(flat))
    return failure();
  return transpose(node, *flat, {0, 2, 1, 3});
}

/// Query, key and value as [B, H, T, D], from three inputs or packed ones.
FailureOr<Heads> readHeads(Node &node, int64_t count) {
  bool packed = node.tensor(0).rank() == 5;
  bool packedKeys = !packed && node.has(1) && node.tensor(1).rank() == 5;
  Heads heads;
  Tensor *parts[] = {&heads.query, &heads.key, &heads.value};
  for (unsigned i : {0, 1, 2}) {
    FailureOr<Tensor> own = failure();
    if (packed)
      own = packedPart(node, node.tensor(0), i, 3);
    else if (packedKeys && i > 0)
      own = packedPart(node, node.tensor(1), i - 1, 2);
    else if (!node.has(i))
      return node.bad("lacks key or value");
    else
      own = splitHeads(node, node.tensor(i), count);
    if (failed(own))
      return failure();
    *parts[i] = *own;
  }
  return heads;
}

/// Adds the parts of a bias [H D + H D + H E] to query, key and value; keys
/// that come split have had theirs.
LogicalResult addProjectionBias(Node &node, Tensor bias, Heads &heads) {
  Sizes &sizes = node.sizes;
  Size at = sizes.constant(0);
  bool areSplit = node.has(1) && node.tensor(1).rank() == 4;
  Size all = at;
  for (Tensor *x : {&heads.query, &heads.key, &heads.value})
    all = sizes.add(all, sizes.mul(x->dims[1], x->dims[3]));
  if (failed(requireDims(node, bias, {all}, "the bias and the projections")))
    return failure();
  for (Tensor *x : {&heads.query, &heads.key, &heads.value}) {
    Size width = sizes.mul(x->dims[1], x->dims[3]);
    Tensor own = part(node, bias, 0, at, width);
    auto shaped =
        reshape(node, own, {x->dims[1], sizes.constant(1), x->dims[3]});
    if (failed(shaped))
      return failure();
    auto sum = add(node, *x, *shaped);
    if (failed(sum))
      return failure();
    *x = *sum;
    at = sizes.add(at, width);
    if (areSplit)
      break;
  }
  return success();
}

LogicalResult finish(Node &node, Heads &heads, AttentionOptions &options) {
  options.scale = node.floatAttr("scale", 0);
  setCausal(node, options, heads);
  auto out = attend(node, heads, options);
  return failed(out) ? failure() : give(node, 0, mergeHeads(node, *out));
}

// query, key, value, bias?, key_padding_mask?, attention_bias?, past_key?,
// past_value?
LogicalResult importMultiHead(Node &node) {
  if (node.has(8) || node.has(9) || node.wantsOutput(3))
    return node.refuse("past_sequence_length, cache_indirection and qk");
  if (node.has(6) != node.has(7))
    return node.bad("has a past of keys or of values alone");
  auto heads = readHeads(node, node.intAttr("num_heads", 0));
  if (failed(heads))
    return failure();
  if (node.has(3) && failed(addProjectionBias(node, node.tensor(3), *heads)))
    return failure();
  if (node.has(6)) {
    auto keys = afterPast(node, node.tensor(6), heads->key);
    auto values = afterPast(node, node.tensor(7), heads->value);
    if (failed(keys) || failed(values))
      return failure();
    heads->key = *keys;
    heads->value = *values;
  }
  (void)node.result(1, heads->key);
  (void)node.result(2, heads->value);
  AttentionOptions options;
  if (node.has(5))
    options.bias = node.tensor(5);
  if (node.has(4) && failed(readMask(node, node.tensor(4), *heads, options)))
    return failure();
  return finish(node, *heads, options);
}

/// Half i of a past [2, B, H, P, D].
FailureOr<Tensor> pastHalf(Node &node, Tensor past, int64_t i) {
  Sizes &sizes = node.sizes;
  if (past.rank() != 5)
    return node.bad("needs a past of [2, batch, heads, length, width]");
  if (failed(requireEqual(node, past.dims[0], sizes.constant(2),
                          "the keys and values of the past")))
    return failure();
  Tensor half = part(node, past, 0, sizes.constant(i), sizes.constant(1));
  return reshape(node, half, ArrayRef<Size>(past.dims).drop_front());
}

// input, weights, bias?, mask_index?, past [2, B, H, P, D]?, attention_bias?
LogicalResult importAttention(Node &node) {
  if (node.has(6) || node.intAttr("do_rotary", 0) ||
      node.intAttr("past_present_share_buffer", 0))
    return node.refuse("past_sequence_length, past_present_share_buffer and "
                       "do_rotary");
  if (!node.has(1))
    return node.bad("needs weights");
  auto widths = projectedWidths(node, node.tensor(1));
  auto projected = matmul(node, node.tensor(0), node.tensor(1));
  if (failed(widths) || failed(projected))
    return failure();
  if (node.has(2)) {
    projected = add(node, *projected, node.tensor(2));
    if (failed(projected))
      return failure();
  }
  return attendProjected(node, *projected, *widths, 3, 4, 5);
}

// input, weight, bias, input_scale, weight_scale, mask_index?,
// input_zero_point?, weight_zero_point?, past?
LogicalResult importQAttention(Node &node) {
  if (node.intAttr("do_rotary", 0) ||
      node.intAttr("past_present_share_buffer", 0))
    return node.refuse("past_present_share_buffer and do_rotary");
  auto projected = integerProduct(node, {0, 1, 3, 4, 6, 7, 2});
  if (failed(projected))
    return failure();
  auto widths = projectedWidths(node, node.tensor(1));
  constexpr unsigned none = 9; // it takes no added bias
  return failed(widths)
             ? failure()
             : attendProjected(node, *projected, *widths, 5, 8, none);
}

constexpr const char *ms = "com.microsoft";

const Registration table[] = {
    {ms, "MultiHeadAttention", importMultiHead, floats},
    {ms, "Attention", importAttention, floats},
    {ms, "QAttention", importQAttention, bit(DType::Int8) | bit(DType::UInt8)},
};

} // namespace

LogicalResult attendProjected(Node &node, Tensor projected,
                              ArrayRef<int64_t> widths, unsigned mask,
                              unsigned past, unsigned bias) {
  Sizes &sizes = node.sizes;
  Heads heads;
  Tensor *parts[] = {&heads.query, &heads.key, &heads.value};
  int64_t at = 0;
  if (projected.rank() != 3)
    return node.bad("needs an input of rank 3");
  for (unsigned i : {0, 1, 2}) {
    auto own = splitHeads(
        node,
        part(node, projected, 2, sizes.constant(at), sizes.constant(widths[i])),
        node.intAttr("num_heads", 0));
    if (failed(own))
      return failure();
    *parts[i] = *own;
    at += widths[i];
  }
  SmallVector<Tensor> presents;
  for (unsigned i : {1, 2}) {
    if (node.has(past)) {
      auto half = pastHalf(node, node.tensor(past), i - 1);
      if (failed(half))
        return failure();
      auto all = afterPast(node, *half, *parts[i]);
      if (failed(all))
        return failure();
      *parts[i] = *all;
    }
    SmallVector<Size> dims(parts[i]->dims);
    dims.insert(dims.begin(), sizes.constant(1));
    auto whole = reshape(node, *parts[i], dims);
    if (failed(whole))
      return failure();
    presents.push_back(*whole);
  }
  if (node.wantsOutput(1))
    (void)node.result(1, concat(node, presents, 0));
  AttentionOptions options;
  if (node.has(bias))
    options.bias = node.tensor(bias);
  if (node.has(mask) &&
      failed(readMask(node, node.tensor(mask), heads, options)))
    return failure();
  return finish(node, heads, options);
}

FailureOr<SmallVector<int64_t>> projectedWidths(Node &node, Tensor &weights) {
  auto columns =
      weights.rank() == 2 ? Sizes::asConstant(weights.dims[1]) : std::nullopt;
  if (!columns)
    return node.refuse("needs weights of a width known at compile time");
  auto given = node.intsAttr("qkv_hidden_sizes");
  if (!given && *columns % 3 != 0)
    return node.bad("needs weights whose columns divide by 3");
  auto widths = given.value_or(SmallVector<int64_t>(3, *columns / 3));
  if (widths.size() != 3 ||
      llvm::any_of(widths, [](int64_t n) { return n < 1; }) ||
      widths[0] > *columns || widths[1] > *columns ||
      *columns - widths[0] - widths[1] != widths[2])
    return node.bad("needs three qkv_hidden_sizes that add up to the " +
                    Twine(*columns) + " columns of the weights");
  return widths;
}

ArrayRef<Registration> multiHeadOps() { return table; }

} // namespace niello::onnx_frontend
