// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/ops/ml/Scores.h"

#include "frontends/onnx/ops/ml/Forest.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
using model::Term;
using model::Terms;

Tensor constantInts(Node &node, ArrayRef<int64_t> numbers) {
  auto type =
      RankedTensorType::get({int64_t(numbers.size())}, node.b.getI64Type());
  return node.makeTensor(
      arith::ConstantOp::create(node.b, node.loc, type,
                                DenseElementsAttr::get(type, numbers)),
      DType::Int64);
}

Tensor constantReals(Node &node, ArrayRef<double> numbers, DType dtype) {
  auto element = cast<FloatType>(elementType(node.b.getContext(), dtype));
  SmallVector<APFloat> values;
  for (double number : numbers) {
    bool lossy;
    values.emplace_back(number);
    values.back().convert(element.getFloatSemantics(),
                          APFloat::rmNearestTiesToEven, &lossy);
  }
  auto type = RankedTensorType::get({int64_t(numbers.size())}, element);
  return node.makeTensor(
      arith::ConstantOp::create(node.b, node.loc, type,
                                DenseElementsAttr::get(type, values)),
      dtype);
}

FailureOr<Tensor> constantMatrix(Node &node, ArrayRef<double> numbers,
                                 int64_t rows) {
  if (rows < 1 || numbers.size() % rows != 0)
    return node.bad("cannot make " + Twine(rows) + " rows of " +
                    Twine(numbers.size()) + " numbers");
  Tensor flat = constantReals(node, numbers, DType::Float);
  Sizes &sizes = node.sizes;
  return reshape(
      node, flat,
      {sizes.constant(rows), sizes.constant(int64_t(numbers.size()) / rows)});
}

FailureOr<SmallVector<double>> numbersOrNone(Node &node, StringRef name) {
  auto given = numbersAttr(node, name);
  if (failed(given))
    return failure();
  if (!*given)
    return SmallVector<double>();
  return **given;
}

FailureOr<Tensor> featureRows(Node &node, unsigned i) {
  Tensor &x = node.tensor(i);
  if (x.rank() == 2)
    return x;
  if (x.rank() != 1)
    return node.bad("needs features of rank 1 or 2, but got rank " +
                    Twine(x.rank()));
  return reshape(node, x, {node.sizes.constant(1), x.dims[0]});
}

// 1 / (1 + e^-|x|), or 1 less that for negative x
Term logistic(Term x) {
  Term high = 1 / (exp(0 - abs(x)) + 1);
  return select(x < 0, 1 - high, high);
}

// sqrt(2) inverse-erf(2 x - 1), by Winitzki's approximation
static Term probit(Term x) {
  constexpr double a = 0.147, pi = 3.14159265358979323846;
  Term y = 2 * x - 1;
  Term log = apply<math::LogOp>((1 - y) * (1 + y));
  Term v = 0.5 * log + 2 / (pi * a);
  Term root = sqrt(sqrt(v * v - log / a) - v);
  return 1.41421356237309505 * select(y < 0, 0 - root, root);
}

/// e^(x - max) / sum, where a score of zero takes no part and stays zero.
static FailureOr<Tensor> softmaxZero(Node &node, Tensor scores) {
  model::Emit e(node.b, node.loc);
  Type type = elementType(node.b.getContext(), scores.dtype);
  Tensor high = reduce(node, scores, {1}, /*keepDims=*/true, e.lowest(type),
                       [](auto &b, auto args) -> Value {
                         return arith::MaximumFOp::create(b, args[0], args[1]);
                       });
  SmallVector<Tensor> shifted{scores, high};
  auto powers = perElement(node, shifted, scores.dtype, [](auto x) {
    return select(abs(x[0]) > 1e-7, exp(x[0] - x[1]), x[0].like(0));
  });
  if (failed(powers))
    return failure();
  Tensor sum = reduce(node, *powers, {1}, /*keepDims=*/true,
                      e.constant(type, 0), [](auto &b, auto args) -> Value {
                        return arith::AddFOp::create(b, args[0], args[1]);
                      });
  SmallVector<Tensor> both{*powers, sum};
  return perElement(node, both, scores.dtype,
                    [](auto x) { return x[0] / x[1]; });
}

FailureOr<Tensor> postTransform(Node &node, Tensor scores, StringRef kind) {
  if (kind == "NONE")
    return scores;
  if (kind == "LOGISTIC")
    return mapElements(node, scores, scores.dtype, logistic);
  if (kind == "PROBIT")
    return mapElements(node, scores, scores.dtype, probit);
  if (kind == "SOFTMAX_ZERO")
    return softmaxZero(node, scores);
  if (kind != "SOFTMAX")
    return node.bad("has an unknown post_transform " + kind);
  Value init =
      empty(node, scores.dims, elementType(node.b.getContext(), scores.dtype));
  Tensor out = scores;
  out.value =
      linalg::SoftmaxOp::create(node.b, node.loc, TypeRange{init.getType()},
                                node.value(scores), init, 1)
          .getResult()[0];
  return out;
}

FailureOr<Tensor> marginScores(Node &node, Tensor margin, StringRef kind) {
  SmallVector<Tensor> both{
      mapElements(node, margin, margin.dtype, [](Term s) { return 0 - s; }),
      margin};
  return postTransform(node, concat(node, both, 1), kind);
}

FailureOr<SmallVector<int64_t>> classLabels(Node &node, StringRef ints,
                                            StringRef strings) {
  if (auto labels = node.intsAttr(ints); labels && !labels->empty())
    return *labels;
  if (auto *names = node.attribute(strings); names && names->strings_size()) {
    if (node.wantsOutput(0))
      return node.refuse("string labels have no compiled form; use integer "
                         "labels");
    SmallVector<int64_t> numbers;
    for (int i = 0; i < names->strings_size(); ++i)
      numbers.push_back(i);
    return numbers;
  }
  return node.bad("lacks class labels");
}

Tensor topLabels(Node &node, Tensor scores, ArrayRef<int64_t> labels) {
  Value source = node.value(scores);
  Value names = constantInts(node, labels).value;
  return generate(
      node, {scores.dims[0]}, DType::Int64, [&](model::Emit &e, Terms at) {
        Term best = e.loop(e.index(0), e.size(scores.dims[1]), e.index(0),
                           [&](Term i, Term found) {
                             return select(e.at(source, {at[0], i}) >
                                               e.at(source, {at[0], found}),
                                           i, found);
                           });
        return e.at(names, {best});
      });
}

Tensor binaryLabels(Node &node, Tensor scores, double threshold,
                    ArrayRef<int64_t> labels) {
  Value source = node.value(scores);
  return generate(
      node, {scores.dims[0]}, DType::Int64, [&](model::Emit &e, Terms at) {
        Type type = e.b.getI64Type();
        Term last = e.size(scores.dims[1]) - 1;
        return select(e.at(source, {at[0], last}) > threshold,
                      e.integer(type, labels[1]), e.integer(type, labels[0]));
      });
}

} // namespace niello::onnx_frontend
