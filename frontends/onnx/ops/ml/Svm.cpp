// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ai.onnx.ml support vector machines.

#include "frontends/onnx/ops/math/Matmul.h"
#include "frontends/onnx/ops/ml/Scores.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

/// K(x, y) for the rows of both, [N, M].
FailureOr<Tensor> kernel(Node &node, Tensor x, Tensor vectors) {
  std::string kind = node.stringAttr("kernel_type", "LINEAR");
  auto params = numbersOrNone(node, "kernel_params");
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
  auto coefficients = numbersOrNone(node, "coefficients");
  auto vectors = numbersOrNone(node, "support_vectors");
  auto rho = numbersOrNone(node, "rho");
  if (failed(rows) || failed(coefficients) || failed(vectors) || failed(rho))
    return failure();
  if (rho->size() != 1)
    return node.bad("needs one rho, but got " + Twine(rho->size()));
  Tensor x = castTo(node, *rows, DType::Float);
  int64_t supports = node.intAttr("n_supports", 0);
  if (supports > 0) {
    auto known = constantMatrix(node, *vectors, supports);
    if (failed(known))
      return failure();
    auto values = kernel(node, x, *known);
    if (failed(values))
      return failure();
    x = *values;
  }
  auto weights = constantMatrix(node, *coefficients, 1);
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

/// What two or more classes with their support vectors say of each row: a score
/// a pair of classes, i before j, positive for i.
struct Pairs {
  Tensor scores;                               // [N, C (C - 1) / 2]
  SmallVector<std::pair<int64_t, int64_t>> of; // the classes of a pair
};

// score(i, j) = sum over vectors of i: coefficient[j - 1] K
//             + sum over vectors of j: coefficient[i] K + rho
FailureOr<Pairs> scorePairs(Node &node, Tensor x, ArrayRef<int64_t> counts) {
  auto coefficients = numbersOrNone(node, "coefficients");
  auto vectors = numbersOrNone(node, "support_vectors");
  auto rho = numbersOrNone(node, "rho");
  if (failed(coefficients) || failed(vectors) || failed(rho))
    return failure();
  int64_t classes = counts.size(), supports = 0;
  SmallVector<int64_t> starts;
  for (int64_t count : counts) {
    starts.push_back(supports);
    if (count < 0 || count > int64_t(vectors->size()))
      return node.bad("has more vectors_per_class than support_vectors");
    supports += count;
  }
  Pairs pairs;
  for (int64_t i = 0; i < classes; ++i)
    for (int64_t j = i + 1; j < classes; ++j)
      pairs.of.push_back({i, j});
  if (coefficients->size() != size_t((classes - 1) * supports) ||
      rho->size() < pairs.of.size())
    return node.bad("needs " + Twine((classes - 1) * supports) +
                    " coefficients and " + Twine(pairs.of.size()) +
                    " numbers rho, but got " + Twine(coefficients->size()) +
                    " and " + Twine(rho->size()));
  // One matrix: a column a pair, zero for the vectors of other classes.
  SmallVector<double> weights(supports * pairs.of.size(), 0);
  for (auto [at, pair] : llvm::enumerate(pairs.of))
    for (auto [own, other] :
         {std::pair(pair.first, pair.second - 1), {pair.second, pair.first}})
      for (int64_t k = starts[own]; k < starts[own] + counts[own]; ++k)
        weights[k * pairs.of.size() + at] =
            (*coefficients)[other * supports + k];
  auto known = constantMatrix(node, *vectors, supports);
  auto factors = constantMatrix(node, weights, supports);
  if (failed(known) || failed(factors))
    return failure();
  auto values = kernel(node, x, *known);
  if (failed(values))
    return failure();
  auto sums = matmul(node, *values, *factors);
  if (failed(sums))
    return failure();
  rho->resize(pairs.of.size());
  SmallVector<Tensor> both{*sums, constantReals(node, *rho, DType::Float)};
  auto scores =
      perElement(node, both, DType::Float, [](auto v) { return v[0] + v[1]; });
  if (failed(scores))
    return failure();
  pairs.scores = *scores;
  return pairs;
}

/// The class that wins most pairs, the first of equals.
Tensor votedLabels(Node &node, const Pairs &pairs, ArrayRef<int64_t> labels) {
  Tensor scores = pairs.scores;
  Value source = node.value(scores);
  return generate(node, {scores.dims[0]}, DType::Int64, [&](Emit &e, Terms at) {
    Type wide = e.b.getI64Type();
    Terms votes(labels.size(), e.integer(wide, 0));
    for (auto [k, pair] : llvm::enumerate(pairs.of)) {
      Term first = e.at(source, {at[0], e.index(k)}) > 0;
      auto [i, j] = pair;
      votes[i] = votes[i] + e.cast(first, wide, false);
      votes[j] = votes[j] + e.cast(!first, wide, false);
    }
    Term best = votes[0], label = e.integer(wide, labels[0]);
    for (size_t i = 1; i < labels.size(); ++i) {
      Term more = votes[i] > best;
      label = select(more, e.integer(wide, labels[i]), label);
      best = select(more, votes[i], best);
    }
    return label;
  });
}

/// [N, C, C] of r(i, j), the probability of i where it is i or j.
FailureOr<Tensor> pairProbabilities(Node &node, Pairs &pairs, int64_t classes) {
  auto a = numbersOrNone(node, "prob_a"), b = numbersOrNone(node, "prob_b");
  if (failed(a) || failed(b))
    return failure();
  if (a->size() < pairs.of.size() || b->size() < pairs.of.size())
    return node.bad("needs a prob_a and prob_b for each of " +
                    Twine(pairs.of.size()) + " pairs of classes");
  Value scores = node.value(pairs.scores);
  Emit e(node.b, node.loc);
  Type real = e.b.getF32Type();
  Size wide = node.sizes.constant(classes);
  Tensor out = full(node, {pairs.scores.dims[0], wide, wide}, DType::Float,
                    e.constant(real, 0));
  out.value = e.nest(
      {e.size(out.dims[0])}, e.wrap(out.value), [&](Terms at, Term state) {
        for (auto [k, pair] : llvm::enumerate(pairs.of)) {
          Term score = e.at(scores, {at[0], e.index(k)});
          Term p = 1 - logistic(score * (*a)[k] + (*b)[k]);
          p = minimum(maximum(p, p.like(1e-7)), p.like(1 - 1e-7));
          Term i = e.index(pair.first), j = e.index(pair.second);
          state = e.insert(p, state, {at[0], i, j});
          state = e.insert(1 - p, state, {at[0], j, i});
        }
        return state;
      });
  return out;
}

/// Without support vectors: a row of coefficients a class.
LogicalResult importLinearSvm(Node &node, Tensor x, ArrayRef<int64_t> labels) {
  auto coefficients = numbersOrNone(node, "coefficients");
  auto rho = numbersOrNone(node, "rho");
  if (failed(coefficients) || failed(rho))
    return failure();
  if (rho->empty())
    return node.bad("lacks rho");
  auto weights = constantMatrix(node, *coefficients, labels.size());
  if (failed(weights))
    return failure();
  auto sums = matmul(node, x, transpose(node, *weights, {1, 0}));
  if (failed(sums))
    return failure();
  Tensor scores = mapElements(node, *sums, DType::Float,
                              [&](Term s) { return s + rho->front(); });
  if (node.wantsOutput(0))
    (void)node.result(0, topLabels(node, scores, labels));
  return give(
      node, 1,
      postTransform(node, scores, node.stringAttr("post_transform", "NONE")));
}

LogicalResult importSVMClassifier(Node &node) {
  auto labels = classLabels(node, "classlabels_ints", "classlabels_strings");
  auto rows = featureRows(node, 0);
  if (failed(labels) || failed(rows))
    return failure();
  if (labels->size() < 2)
    return node.refuse("needs two classes or more");
  Tensor x = castTo(node, *rows, DType::Float);
  auto counts = node.intsAttr("vectors_per_class");
  if (!counts || counts->empty())
    return importLinearSvm(node, x, *labels);
  if (counts->size() != labels->size())
    return node.bad("needs vectors_per_class for each of " +
                    Twine(labels->size()) + " classes, but got " +
                    Twine(counts->size()));
  auto pairs = scorePairs(node, x, *counts);
  if (failed(pairs))
    return failure();
  if (node.wantsOutput(0))
    (void)node.result(0, votedLabels(node, *pairs, *labels));
  std::string kind = node.stringAttr("post_transform", "NONE");
  if (auto a = numbersOrNone(node, "prob_a"); succeeded(a) && !a->empty()) {
    auto r = pairProbabilities(node, *pairs, labels->size());
    if (failed(r))
      return failure();
    return give(node, 1,
                postTransform(node, coupled(node, *r, labels->size()), kind));
  }
  if (labels->size() > 2)
    return give(node, 1, postTransform(node, pairs->scores, kind));
  return give(node, 1, marginScores(node, pairs->scores, kind));
}

constexpr DTypes features = bit(DType::Float) | bit(DType::Double) |
                            bit(DType::Int64) | bit(DType::Int32);
constexpr const char *ml = "ai.onnx.ml";

const Registration table[] = {
    {ml, "SVMRegressor", importSVMRegressor, features},
    {ml, "SVMClassifier", importSVMClassifier, features},
};

} // namespace

ArrayRef<Registration> svmOps() { return table; }

} // namespace niello::onnx_frontend
