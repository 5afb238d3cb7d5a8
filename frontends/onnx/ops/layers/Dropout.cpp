// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dropout: in training y = mask x / (1 - ratio), with a mask that is drawn;
// otherwise y = x.

#include "frontends/onnx/ops/Terms.h"
#include "frontends/onnx/ops/math/Random.h"

#include "dialects/model/Model.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;

/// How a node says that it trains: by an input since opset 12, and before
/// opset 7 by an attribute, which says so where it is absent. Between them
/// there was no training.
struct Training {
  bool isNever = false;
  Term is, ratio; // i1, f32 or f64
};

FailureOr<Training> readTraining(Node &node, Emit &e, DType real) {
  Training training;
  Type type = elementType(node.b.getContext(), real);
  if (node.opset < 12) {
    training.isNever = node.opset >= 7 || node.intAttr("is_test", 0);
    training.is = e.boolean(true);
    training.ratio = e.constant(type, node.floatAttr("ratio", 0.5));
    return training;
  }
  training.isNever = !node.has(2);
  if (training.isNever)
    return training;
  if (auto known = node.constants(2); known && known->size() == 1)
    training.isNever = known->front() == 0;
  for (unsigned i : {1, 2})
    if (node.has(i) && node.tensor(i).rank() > 1)
      return node.bad("needs a ratio and a training_mode of one element");
  training.is = e.wrap(extractScalar(node, node.tensor(2)));
  training.ratio =
      node.has(1) ? e.cast(e.wrap(extractScalar(node, node.tensor(1))), type)
                  : e.constant(type, 0.5);
  return training;
}

LogicalResult giveAll(Node &node) {
  Tensor input = node.tensor(0);
  if (node.wantsOutput(1)) {
    DType mask = node.opset < 10 ? input.dtype : DType::Bool;
    Type type = elementType(node.b.getContext(), mask);
    (void)node.result(1, full(node, input.dims, mask, scalar(node, type, 1)));
  }
  return node.result(0, input);
}

LogicalResult importDropout(Node &node) {
  Tensor input = node.tensor(0);
  DType real = input.dtype == DType::Double ? DType::Double : DType::Float;
  Emit e(node.b, node.loc);
  auto training = readTraining(node, e, real);
  if (failed(training))
    return failure();
  if (training->isNever)
    return giveAll(node);
  Term ratio = training->ratio;
  Size zero = node.sizes.constant(0);
  require(node, (!training->is) | ((ratio >= 0) & (ratio < 1)),
          "needs a ratio of 0 or more and below 1 in training mode", zero,
          zero);
  Term keep = select(training->is, 1 - ratio, ratio.like(1));
  Tensor mask =
      drawBernoulli(node, full(node, input.dims, real, keep), DType::Bool);
  SmallVector<Tensor> terms{castTo(node, input, real), mask};
  auto kept = perElement(node, terms, real, [&](ArrayRef<Term> x) {
    return select(x[1], x[0] / keep, x[0].like(0));
  });
  if (failed(kept))
    return failure();
  if (node.wantsOutput(1))
    (void)node.result(
        1, castTo(node, mask, node.opset < 10 ? input.dtype : DType::Bool));
  return node.result(0, castTo(node, *kept, input.dtype));
}

const Registration table[] = {
    {"", "Dropout", importDropout, floats},
};

} // namespace

ArrayRef<Registration> dropoutOps() { return table; }

} // namespace niello::onnx_frontend
