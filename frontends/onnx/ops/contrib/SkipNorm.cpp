// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft normalisations with the sums in front of them.

#include "frontends/onnx/ops/Terms.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::NormKind;
using model::Term;
using model::Terms;

/// The norm of x from `axis` on, with the mean and 1 / deviation as results
/// `mean` and `mean` + 1 where the node wants them.
LogicalResult norm(Node &node, NormKind kind, Tensor x, Value scale, Value bias,
                   int64_t axis, float epsilon, unsigned mean) {
  bool statistics = node.wantsOutput(mean) || node.wantsOutput(mean + 1);
  auto op = model::NormOp::create(node.b, node.loc, kind, node.value(x), scale,
                                  bias, axis, epsilon, statistics);
  SmallVector<Size> reduced(x.dims);
  for (int64_t i = axis; i < x.rank(); ++i)
    reduced[i] = node.sizes.constant(1);
  DType carried = x.dtype == DType::Double ? DType::Double : DType::Float;
  if (statistics)
    for (unsigned i : {0, 1})
      (void)node.result(mean + i, op.getShared()[i], carried, reduced);
  return node.result(0, op.getResult(), x.dtype, x.dims);
}

Value optional(Node &node, unsigned i) {
  return node.has(i) ? node.value(i) : Value();
}

LogicalResult importSimplified(Node &node) {
  Tensor x = node.tensor(0);
  auto axis = node.axis(node.intAttr("axis", -1), x.rank());
  if (failed(axis))
    return failure();
  // Its second result is 1 / deviation; there is no mean.
  bool statistics = node.wantsOutput(1);
  auto op = model::NormOp::create(node.b, node.loc, NormKind::Rms,
                                  node.value(0), node.value(1), Value(), *axis,
                                  node.floatAttr("epsilon", 1e-5f), statistics);
  SmallVector<Size> reduced(x.dims);
  for (int64_t i = *axis; i < x.rank(); ++i)
    reduced[i] = node.sizes.constant(1);
  if (statistics) { // float32 beside any type
    Tensor deviation;
    deviation.value = op.getShared()[1];
    deviation.dtype = x.dtype == DType::Double ? DType::Double : DType::Float;
    deviation.dims = reduced;
    (void)node.result(1, castTo(node, deviation, DType::Float));
  }
  return node.result(0, op.getResult(), x.dtype, x.dims);
}

/// input + skip (+ bias), which is result 3.
FailureOr<Tensor> skipSum(Node &node, unsigned bias) {
  SmallVector<Tensor> inputs{node.tensor(0), node.tensor(1)};
  if (node.has(bias))
    inputs.push_back(node.tensor(bias));
  auto sum = perElement(node, inputs, node.dtype(0), [](auto x) {
    Term all = x[0];
    for (Term next : x.drop_front())
      all = all + next;
    return all;
  });
  if (succeeded(sum))
    (void)node.result(3, *sum);
  return sum;
}

// norm(input + skip + bias); inputs: input, skip, gamma, beta?, bias?
LogicalResult importSkipLayerNorm(Node &node) {
  auto sum = skipSum(node, 4);
  if (failed(sum))
    return failure();
  return norm(node, NormKind::Layer, *sum, node.value(2), optional(node, 3),
              sum->rank() - 1, node.floatAttr("epsilon", 1e-12f), 1);
}

// inputs: input, skip, gamma, bias?
LogicalResult importSkipSimplified(Node &node) {
  auto sum = skipSum(node, 3);
  if (failed(sum))
    return failure();
  return norm(node, NormKind::Rms, *sum, node.value(2), Value(),
              sum->rank() - 1, node.floatAttr("epsilon", 1e-12f), 1);
}

/// table[ids]
Tensor embed(Node &node, Tensor table, Tensor ids) {
  Tensor out;
  out.dtype = table.dtype;
  out.dims = ids.dims;
  out.dims.push_back(table.dims[1]);
  auto gather =
      model::GatherOp::create(node.b, node.loc, model::GatherKind::Axis,
                              node.value(table), node.value(ids), 0);
  out.value = gather.getResult();
  return out;
}

// norm(word[ids] + position[0, 1, ...] + segment[segments]); inputs: ids,
// segments?, word, position, segment?, gamma, beta, mask?, position ids?
LogicalResult importEmbedLayerNorm(Node &node) {
  Tensor ids = node.tensor(0);
  for (unsigned i : {2, 3})
    if (node.tensor(i).rank() != 2 || ids.rank() != 2)
      return node.bad("needs ids [B, S] and tables of rank 2");
  Tensor places;
  if (node.has(8)) {
    places = node.tensor(8);
  } else {
    places = generate(node, {ids.dims[1]}, DType::Int64, [](Emit &e, Terms at) {
      return e.cast(at[0], e.b.getI64Type());
    });
  }
  SmallVector<Tensor> parts{embed(node, node.tensor(2), ids),
                            embed(node, node.tensor(3), places)};
  if (node.has(1) && node.has(4)) {
    if (node.tensor(4).rank() != 2)
      return node.bad("needs a segment table of rank 2");
    parts.push_back(embed(node, node.tensor(4), node.tensor(1)));
  }
  auto sum = perElement(node, parts, node.dtype(2), [](auto x) {
    return x.size() == 3 ? x[0] + x[1] + x[2] : x[0] + x[1];
  });
  if (failed(sum))
    return failure();
  (void)node.result(2, *sum);
  if (node.wantsOutput(1)) { // how many places of the mask are set
    Emit e(node.b, node.loc);
    Term zero = e.integer(e.b.getI32Type(), 0);
    Tensor mask = node.has(7) ? castTo(node, node.tensor(7), DType::Int32)
                              : full(node, ids.dims, DType::Int32, zero);
    (void)node.result(1, reduce(node, mask, {1}, /*keepDims=*/false, zero,
                                [](auto &b, auto args) -> Value {
                                  return arith::AddIOp::create(b, args[0],
                                                               args[1]);
                                }));
  }
  auto op = model::NormOp::create(
      node.b, node.loc, NormKind::Layer, node.value(*sum), node.value(5),
      node.value(6), 2, node.floatAttr("epsilon", 1e-12f), false);
  return node.result(0, op.getResult(), sum->dtype, sum->dims);
}

constexpr const char *ms = "com.microsoft";

const Registration table[] = {
    {"", "SimplifiedLayerNormalization", importSimplified, floats},
    {ms, "SimplifiedLayerNormalization", importSimplified, floats},
    {ms, "SkipLayerNormalization", importSkipLayerNorm, floats},
    {ms, "SkipSimplifiedLayerNormalization", importSkipSimplified, floats},
    {ms, "EmbedLayerNormalization", importEmbedLayerNorm,
     bit(DType::Int32) | bit(DType::Int64)},
};

} // namespace

ArrayRef<Registration> skipNormOps() { return table; }

} // namespace niello::onnx_frontend
