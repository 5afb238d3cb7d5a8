// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ai.onnx.ml models that are one product of matrices.

#include "frontends/onnx/ops/math/Matmul.h"
#include "frontends/onnx/ops/ml/Scores.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Term;

/// rows coefficients' (+ intercepts), for `targets` rows of coefficients.
FailureOr<Tensor> linearScores(Node &node, int64_t targets) {
  auto x = featureRows(node, 0);
  auto coefficients = numbersOrNone(node, "coefficients");
  auto intercepts = numbersOrNone(node, "intercepts");
  if (failed(x) || failed(coefficients) || failed(intercepts))
    return failure();
  auto weights = constantMatrix(node, *coefficients, targets);
  if (failed(weights))
    return failure();
  auto scores = matmul(node, castTo(node, *x, DType::Float),
                       transpose(node, *weights, {1, 0}));
  if (failed(scores) || intercepts->empty())
    return scores;
  if (int64_t(intercepts->size()) != targets)
    return node.bad("needs " + Twine(targets) + " intercepts, but got " +
                    Twine(intercepts->size()));
  SmallVector<Tensor> both{*scores,
                           constantReals(node, *intercepts, DType::Float)};
  return perElement(node, both, DType::Float,
                    [](auto v) { return v[0] + v[1]; });
}

LogicalResult importLinearRegressor(Node &node) {
  auto scores = linearScores(node, node.intAttr("targets", 1));
  if (failed(scores))
    return failure();
  return give(
      node, 0,
      postTransform(node, *scores, node.stringAttr("post_transform", "NONE")));
}

LogicalResult importLinearClassifier(Node &node) {
  auto labels = classLabels(node, "classlabels_ints", "classlabels_strings");
  auto coefficients = numbersOrNone(node, "coefficients");
  auto intercepts = numbersOrNone(node, "intercepts");
  if (failed(labels) || failed(coefficients) || failed(intercepts))
    return failure();
  // Two classes may share one row: then its sign decides.
  bool isBinary = labels->size() == 2 && intercepts->size() == 1;
  auto scores = linearScores(node, isBinary ? 1 : labels->size());
  if (failed(scores))
    return failure();
  std::string kind = node.stringAttr("post_transform", "NONE");
  if (node.wantsOutput(0))
    (void)node.result(0, isBinary ? binaryLabels(node, *scores, 0, *labels)
                                  : topLabels(node, *scores, *labels));
  auto out = postTransform(node, *scores, kind);
  if (failed(out) || !isBinary)
    return give(node, 1, out);
  Tensor other =
      mapElements(node, *out, DType::Float, [](Term s) { return 1 - s; });
  SmallVector<Tensor> both{other, *out};
  return node.result(1, concat(node, both, 1));
}

constexpr DTypes features = bit(DType::Float) | bit(DType::Double) |
                            bit(DType::Int64) | bit(DType::Int32);
constexpr const char *ml = "ai.onnx.ml";

const Registration table[] = {
    {ml, "LinearRegressor", importLinearRegressor, features},
    {ml, "LinearClassifier", importLinearClassifier, features},
};

} // namespace

ArrayRef<Registration> linearOps() { return table; }

} // namespace niello::onnx_frontend
