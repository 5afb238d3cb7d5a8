// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/ops/contrib/Heads.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>

using namespace mlir;

namespace niello::onnx_frontend {

FailureOr<Tensor> splitHeads(Node &node, Tensor x, int64_t heads) {
  Sizes &sizes = node.sizes;
  if (x.rank() == 4)
    return x;
  auto width = x.rank() == 3 ? Sizes::asConstant(x.dims[2]) : std::nullopt;
  if (x.rank() == 3 && !width)
    return node.refuse("needs a width known at compile time");
  if (!width || heads < 1 || *width % heads != 0)
    return node.bad("needs [batch, length, width] with a width that " +
                    Twine(heads) + " heads divide");
  auto apart = reshape(node, x,
                       {x.dims[0], x.dims[1], sizes.constant(heads),
                        sizes.constant(*width / heads)});
  if (failed(apart))
    return failure();
  return transpose(node, *apart, {0, 2, 1, 3});
}

FailureOr<Tensor> mergeHeads(Node &node, Tensor x) {
  Tensor back = transpose(node, x, {0, 2, 1, 3});
  return reshape(
      node, back,
      {back.dims[0], back.dims[1], node.sizes.mul(back.dims[2], back.dims[3])});
}

Tensor part(Node &node, Tensor x, int64_t axis, Size from, Size size) {
  SmallVector<Size> offsets(x.rank(), node.sizes.constant(0)), lengths(x.dims),
      steps(x.rank(), node.sizes.constant(1));
  offsets[axis] = from;
  lengths[axis] = size;
  return slice(node, x, offsets, lengths, steps);
}

LogicalResult requireDims(Node &node, Tensor &x, ArrayRef<Size> dims,
                          StringRef what) {
  if (x.rank() != int64_t(dims.size()))
    return node.bad("needs rank " + Twine(dims.size()) + " of " + what +
                    ", but got " + Twine(x.rank()));
  for (auto [mine, wanted] : llvm::zip(x.dims, dims))
    if (failed(requireEqual(node, mine, wanted, what)))
      return failure();
  return success();
}

FailureOr<Tensor> afterPast(Node &node, Tensor past, Tensor x) {
  if (past.rank() != 4 || past.dtype != x.dtype)
    return node.bad("needs a past of [batch, heads, length, width] of the "
                    "type of the input");
  for (int64_t i : {0, 1, 3})
    if (failed(requireEqual(node, past.dims[i], x.dims[i],
                            "the past and the present")))
      return failure();
  SmallVector<Tensor> parts{past, x};
  return concat(node, parts, 2);
}

LogicalResult addBias(Node &node, AttentionOptions &options, Tensor bias) {
  if (!options.bias) {
    options.bias = bias;
    return success();
  }
  SmallVector<Tensor> both{*options.bias,
                           castTo(node, bias, options.bias->dtype)};
  auto sum = perElement(node, both, options.bias->dtype,
                        [](auto x) { return x[0] + x[1]; });
  if (failed(sum))
    return failure();
  options.bias = *sum;
  return success();
}

FailureOr<Tensor> attend(Node &node, Heads heads,
                         const AttentionOptions &options) {
  for (Tensor *x : {&heads.query, &heads.key, &heads.value})
    if (x->rank() != 4)
      return node.bad("needs query, key and value of [batch, heads, length, "
                      "width]");
  auto width = Sizes::asConstant(heads.query.dims[3]);
  if (!width || *width < 1)
    return node.refuse("needs a head width known at compile time");
  double scale =
      options.scale != 0 ? options.scale : 1 / std::sqrt(double(*width));
  auto given = [&](const std::optional<Tensor> &tensor) {
    Tensor copy = tensor.value_or(Tensor());
    return tensor ? node.value(copy) : Value();
  };
  ImplicitLocOpBuilder &b = node.b;
  auto op = model::AttentionOp::create(
      b, node.loc, node.value(heads.query), node.value(heads.key),
      node.value(heads.value), given(options.bias), given(options.offset),
      given(options.lengths), given(options.sinks), b.getF64FloatAttr(scale),
      b.getF64FloatAttr(options.softcap),
      options.causal ? b.getUnitAttr() : UnitAttr(),
      b.getI64IntegerAttr(options.left), b.getI64IntegerAttr(-1), FloatAttr());
  Tensor out;
  out.value = op.getResult();
  out.dtype = heads.query.dtype;
  out.dims = heads.query.dims;
  out.dims[3] = heads.value.dims[3];
  return out;
}

/// Rows `positions` [B, T] of a cache [M, R / 2], as [B, 1, T, R / 2].
static FailureOr<Tensor> cacheRows(Node &node, Tensor cache, Tensor positions) {
  if (cache.rank() != 2 || positions.rank() != 2)
    return node.bad("needs caches and positions of rank 2, but got ranks " +
                    Twine(cache.rank()) + " and " + Twine(positions.rank()));
  auto rows =
      model::GatherOp::create(node.b, node.loc, model::GatherKind::Axis,
                              node.value(cache), node.value(positions), 0);
  Tensor out;
  out.value = rows.getResult();
  out.dtype = cache.dtype;
  out.dims = {positions.dims[0], positions.dims[1], cache.dims[1]};
  return reshape(
      node, out,
      {out.dims[0], node.sizes.constant(1), out.dims[1], out.dims[2]});
}

FailureOr<Tensor> rotate(Node &node, Tensor x, Tensor cos, Tensor sin,
                         Tensor positions, bool interleaved) {
  auto c = cacheRows(node, castTo(node, cos, x.dtype), positions);
  auto s = cacheRows(node, castTo(node, sin, x.dtype), positions);
  if (failed(c) || failed(s))
    return failure();
  auto half = Sizes::asConstant(c->dims[3]);
  auto width = Sizes::asConstant(x.dims[3]);
  if (!half || !width)
    return node.refuse("needs widths known at compile time");
  if (*half * 2 > *width)
    return node.bad("needs caches at most half as wide as a head, but got " +
                    Twine(*half) + " and " + Twine(*width));
  auto op = model::RopeOp::create(node.b, node.loc, node.value(x),
                                  node.value(*c), node.value(*s), interleaved);
  Tensor out = x;
  out.value = op.getResult();
  return out;
}

} // namespace niello::onnx_frontend
