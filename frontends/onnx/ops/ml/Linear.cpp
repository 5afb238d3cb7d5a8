// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ai.onnx.ml models that are one product of matrices, or one of kernels.

#include "frontends/onnx/ops/math/Matmul.h"
#include "frontends/onnx/ops/ml/Forest.h"
#include "frontends/onnx/ops/ml/Scores.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Term;

/// A list of numbers as a [rows, columns] constant.
FailureOr<Tensor> matrix(Node &node, ArrayRef<double> numbers, int64_t rows) {
  if (rows < 1 || numbers.size() % rows != 0)
    return node.bad("cannot make " + Twine(rows) + " rows of " +
                    Twine(numbers.size()) + " numbers");
  Tensor flat = constantReals(node, numbers, DType::Float);
  Sizes &sizes = node.sizes;
  return reshape(
      node, flat,
      {sizes.constant(rows), sizes.constant(int64_t(numbers.size()) / rows)});
}

FailureOr<SmallVector<double>> numbersOf(Node &node, StringRef name) {
  auto given = numbersAttr(node, name);
  if (failed(given))
    return failure();
  if (!*given)
    return SmallVector<double>();
  return **given;
}

/// rows coefficients' (+ intercepts), for `targets` rows of coefficients.
FailureOr<Tensor> linearScores(Node &node, int64_t targets) {
  auto x = featureRows(node, 0);
  auto coefficients = numbersOf(node, "coefficients");
  auto intercepts = numbersOf(node, "intercepts");
  if (failed(x) || failed(coefficients) || failed(intercepts))
    return failure();
  auto weights = matrix(node, *coefficients, targets);
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
  auto coefficients = numbersOf(node, "coefficients");
  auto intercepts = numbersOf(node, "intercepts");
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

/// K(x, y) for the rows of both, [N, M].
FailureOr<Tensor> kernel(Node &node, Tensor x, Tensor vectors) {
  std::string kind = node.stringAttr("kernel_type", "LINEAR");
  auto params = numbersOf(node, "kernel_params");
  if (failed(params))
    return failure();
  params->resize(3, 0);
  double gamma = (*params)[0], coef0 = (*params)[1], degree = (*params)[2];
  auto dots = matmul(node, x, transpose(node, vectors, {1, 0}));
  if (failed(dots) || kind == "LINEAR")
    return dots;
  if (kind == "POLY")
    return mapElements(node, *dots, DType::Float, [&](Term d) {
      return pow(gamma * d + coef0, d.like(degree));
    });
  if (kind == "SIGMOID")
    return mapElements(node, *dots, DType::Float, [&](Term d) {
      return apply<math::TanhOp>(gamma * d + coef0);
    });
  if (kind != "RBF")
    return node.bad("has an unknown kernel_type " + kind);
  // e^(-gamma |x - y|^2), the difference taken before it is squared
  Value rows = node.value(x), others = node.value(vectors);
  Size width = x.dims[1];
  return generate(
      node, dots->dims, DType::Float, [&](model::Emit &e, model::Terms at) {
        Term zero = e.constant(e.b.getF32Type(), 0);
        Term sum =
            e.loop(e.index(0), e.size(width), zero, [&](Term k, Term total) {
              Term d = e.at(rows, {at[0], k}) - e.at(others, {at[1], k});
              return total + d * d;
            });
        return exp(-gamma * sum);
      });
}

// y = sum_j coefficient[j] K(x, vector[j]) + rho; one_class: its sign
LogicalResult importSVMRegressor(Node &node) {
  auto rows = featureRows(node, 0);
  auto coefficients = numbersOf(node, "coefficients");
  auto vectors = numbersOf(node, "support_vectors");
  auto rho = numbersOf(node, "rho");
  if (failed(rows) || failed(coefficients) || failed(vectors) || failed(rho))
    return failure();
  if (rho->size() != 1)
    return node.bad("needs one rho, but got " + Twine(rho->size()));
  Tensor x = castTo(node, *rows, DType::Float);
  int64_t supports = node.intAttr("n_supports", 0);
  if (supports > 0) {
    auto known = matrix(node, *vectors, supports);
    if (failed(known))
      return failure();
    auto values = kernel(node, x, *known);
    if (failed(values))
      return failure();
    x = *values;
  }
  auto weights = matrix(node, *coefficients, 1);
  if (failed(weights))
    return failure();
  auto sums = matmul(node, x, transpose(node, *weights, {1, 0}));
  if (failed(sums))
    return failure();
  bool isOneClass = node.intAttr("one_class", 0);
  Tensor out = mapElements(node, *sums, DType::Float, [&](Term s) {
    Term y = s + rho->front();
    return isOneClass ? select(y > 0, y.like(1), y.like(-1)) : y;
  });
  return give(
      node, 0,
      postTransform(node, out, node.stringAttr("post_transform", "NONE")));
}

constexpr DTypes features = bit(DType::Float) | bit(DType::Double) |
                            bit(DType::Int64) | bit(DType::Int32);
constexpr const char *ml = "ai.onnx.ml";

const Registration table[] = {
    {ml, "LinearRegressor", importLinearRegressor, features},
    {ml, "LinearClassifier", importLinearClassifier, features},
    {ml, "SVMRegressor", importSVMRegressor, features},
};

} // namespace

ArrayRef<Registration> linearOps() { return table; }

} // namespace niello::onnx_frontend
