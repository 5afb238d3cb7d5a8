// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators along one axis: the greatest elements, and running sums.

#include "frontends/onnx/ops/Terms.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;

LogicalResult importTopK(Node &node) {
  Tensor x = node.tensor(0);
  Sizes &sizes = node.sizes;
  auto axis = node.axis(node.intAttr("axis", -1), x.rank());
  if (failed(axis))
    return failure();
  Size k = sizes.constant(node.intAttr("k", 0));
  if (node.opset >= 10) {
    auto given = node.elements(1);
    if (!given || given->size() != 1)
      return node.bad("needs one number k");
    k = given->front();
  }
  if (failed(requireCounts(node, k, "k")))
    return failure();
  SmallVector<Size> dims(x.dims);
  dims[*axis] = k;
  auto end =
      node.intAttr("largest", 1) ? model::Extreme::Max : model::Extreme::Min;
  auto top =
      model::TopKOp::create(node.b, node.loc, end, node.value(x),
                            sizes.value(k), *axis, isSignedInteger(x.dtype));
  (void)node.result(1, top.getPlaces(), DType::Int64, dims);
  return node.result(0, top.getValues(), x.dtype, dims);
}

template <model::Extreme end> LogicalResult importArg(Node &node) {
  Tensor x = node.tensor(0);
  auto axis = node.axis(node.intAttr("axis", 0), x.rank());
  if (failed(axis))
    return failure();
  bool keeps = node.intAttr("keepdims", 1);
  SmallVector<Size> dims(x.dims);
  if (keeps)
    dims[*axis] = node.sizes.constant(1);
  else
    dims.erase(dims.begin() + *axis);
  auto place = model::ArgReduceOp::create(
      node.b, node.loc, end, node.value(x), *axis, keeps,
      node.intAttr("select_last_index", 0) != 0, isSignedInteger(x.dtype));
  return node.result(0, place.getResult(), DType::Int64, dims);
}

template <model::CumulativeKind kind>
LogicalResult importCumulative(Node &node) {
  Tensor x = node.tensor(0);
  bool isExclusive = node.intAttr("exclusive", 0);
  bool isReverse = node.intAttr("reverse", 0);
  Value source = node.value(x);
  Emit e(node.b, node.loc);
  auto along = [&](int64_t axis) {
    return e.wrap(model::CumulativeOp::create(node.b, node.loc, kind, source,
                                              axis, isExclusive, isReverse)
                      .getResult());
  };
  auto given = node.elements(1);
  if (!given || given->size() != 1 || x.rank() == 0)
    return node.bad("needs one axis, and rank 1 or more");
  if (auto known = Sizes::asConstant(given->front())) {
    auto axis = node.axis(*known, x.rank());
    if (failed(axis))
      return failure();
    return node.result(0, along(*axis), x.dtype, x.dims);
  }
  // The axis is only known at run time: a branch for each.
  Size size = given->front();
  Term number = e.size(size), rank = e.index(x.rank());
  Term axis = select(number < 0, number + rank, number);
  require(node, (axis >= 0) & (axis < rank),
          "needs an axis of its {1} dimensions, but got {0}", size,
          node.sizes.constant(x.rank()));
  std::function<Term(int64_t)> from = [&](int64_t at) {
    if (at + 1 == x.rank())
      return along(at);
    return e.branch(
        axis == e.index(at), [&] { return along(at); },
        [&] { return from(at + 1); });
  };
  return node.result(0, from(0), x.dtype, x.dims);
}

const Registration table[] = {
    {"", "TopK", importTopK, numbers},
    {"", "ArgMax", importArg<model::Extreme::Max>, numbers},
    {"", "ArgMin", importArg<model::Extreme::Min>, numbers},
    {"", "CumSum", importCumulative<model::CumulativeKind::Sum>, numbers},
    {"", "CumProd", importCumulative<model::CumulativeKind::Product>, numbers},
};

} // namespace

ArrayRef<Registration> orderOps() { return table; }

} // namespace niello::onnx_frontend
