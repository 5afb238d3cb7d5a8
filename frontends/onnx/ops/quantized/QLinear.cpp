// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators on quantised tensors: products in exact integers, and functions
// between dequantisation and quantisation.

#include "frontends/onnx/ops/math/Matmul.h"
#include "frontends/onnx/ops/quantized/Quantize.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Term;

Tensor *optional(Node &node, unsigned i) {
  return node.has(i) ? &node.tensor(i) : nullptr;
}

Term toFloat(Term x, DType from) {
  ImplicitLocOpBuilder b(x.emit->loc, x.emit->b);
  return x.emit->wrap(castScalar(b, x, from, DType::Float));
}

FailureOr<Tensor> times(Node &node, Tensor a, Tensor b) {
  SmallVector<Tensor> both{castTo(node, a, DType::Float),
                           castTo(node, b, DType::Float)};
  return perElement(node, both, DType::Float,
                    [](auto x) { return x[0] * x[1]; });
}

/// saturate(round(sums * (factor / scale)) + zero)
FailureOr<Tensor> requantize(Node &node, Tensor sums, Tensor factor,
                             Tensor scale, Tensor *zero, DType to) {
  if (failed(requireQuantised(node, to)))
    return failure();
  SmallVector<Tensor> inputs{sums, factor, castTo(node, scale, DType::Float)};
  if (zero)
    inputs.push_back(*zero);
  return perElement(node, inputs, to, [&](ArrayRef<Term> x) {
    Term q = toFloat(x[0], sums.dtype) * (x[1] / x[2]);
    return toIntegerGrid(q, zero ? std::optional(x[3]) : std::nullopt, to);
  });
}

LogicalResult importQLinearMatMul(Node &node) {
  Tensor a = node.tensor(0), b = node.tensor(3);
  if (!isInteger(a.dtype) || !isInteger(b.dtype))
    return node.refuse("not for " + dtypeName(a.dtype) + " and " +
                       dtypeName(b.dtype));
  auto sums = integerMatmul(node, a, b, optional(node, 2), optional(node, 5));
  auto rows = asColumn(node, node.tensor(1));
  if (failed(sums) || failed(rows))
    return failure();
  auto factor = times(node, *rows, node.tensor(4));
  if (failed(factor))
    return failure();
  Tensor *zero = optional(node, 7);
  return give(node, 0,
              requantize(node, *sums, *factor, node.tensor(6), zero,
                         zero ? zero->dtype : a.dtype));
}

/// sums * factor (+ bias)
FailureOr<Tensor> toReal(Node &node, Tensor sums, Tensor factor, Tensor *bias) {
  SmallVector<Tensor> inputs{sums, factor};
  if (bias)
    inputs.push_back(castTo(node, *bias, DType::Float));
  return perElement(node, inputs, DType::Float, [&](ArrayRef<Term> x) {
    Term real = toFloat(x[0], sums.dtype) * x[1];
    return bias ? real + x[2] : real;
  });
}

// A, B, a_scale, b_scale, a_zero?, b_zero?, bias?
LogicalResult importMatMulIntegerToFloat(Node &node) {
  return give(node, 0, integerProduct(node, {0, 1, 2, 3, 4, 5, 6}));
}

// A, a_scale, a_zero, B, b_scale, b_zero, C?, y_scale?, y_zero?:
// alpha A' B' (+ C, in units of alpha a_scale b_scale)
LogicalResult importQGemm(Node &node) {
  Tensor a = node.tensor(0), b = node.tensor(3);
  if (a.rank() != 2 || b.rank() != 2)
    return node.bad("needs matrices, but got ranks " + Twine(a.rank()) +
                    " and " + Twine(b.rank()));
  if (node.intAttr("transA", 0))
    a = transpose(node, a, {1, 0});
  if (node.intAttr("transB", 0))
    b = transpose(node, b, {1, 0});
  auto sums = integerMatmul(node, a, b, optional(node, 2), optional(node, 5));
  auto factor = times(node, node.tensor(1), node.tensor(4));
  if (failed(sums) || failed(factor))
    return failure();
  float alpha = node.floatAttr("alpha", 1);
  Tensor scaled = mapElements(node, *factor, DType::Float,
                              [&](Term x) { return x * alpha; });
  if (Tensor *c = optional(node, 6)) {
    SmallVector<Tensor> both{*sums, broadcastTo(node, *c, sums->dims)};
    auto sum = perElement(node, both, DType::Int32,
                          [](auto x) { return x[0] + x[1]; });
    if (failed(sum))
      return failure();
    sums = sum;
  }
  if (!node.has(7))
    return give(node, 0, toReal(node, *sums, scaled, nullptr));
  Tensor *zero = optional(node, 8);
  return give(node, 0,
              requantize(node, *sums, scaled, node.tensor(7), zero,
                         zero ? zero->dtype : a.dtype));
}

/// Input i with its scale i + 1 and zero point i + 2, as reals.
FailureOr<Tensor> readReal(Node &node, unsigned i) {
  Tensor x = node.tensor(i);
  auto grid = readGrid(node, i + 1, i + 2, x, /*axis=*/0, /*blockSize=*/0);
  if (failed(grid))
    return failure();
  return dequantize(node, x, *grid, DType::Float);
}

/// Quantises by the scale in input i and the zero point in input i + 1.
LogicalResult giveQuantized(Node &node, FailureOr<Tensor> real, unsigned i,
                            DType otherwise) {
  if (failed(real))
    return failure();
  auto grid = readGrid(node, i, i + 1, *real, /*axis=*/0, /*blockSize=*/0);
  if (failed(grid))
    return failure();
  Quantization how;
  how.to = grid->zero ? grid->zero->dtype : otherwise;
  return give(node, 0, quantize(node, *real, *grid, how));
}

/// A function of one quantised tensor: x, its grid, the result's grid.
LogicalResult importFunction(Node &node, llvm::function_ref<Term(Term)> f) {
  auto x = readReal(node, 0);
  if (failed(x))
    return failure();
  return giveQuantized(node, mapElements(node, *x, DType::Float, f), 3,
                       node.dtype(0));
}

LogicalResult importQLinearSigmoid(Node &node) {
  return importFunction(node, [](Term x) { return 1 / (exp(0 - x) + 1); });
}

LogicalResult importQLinearLeakyRelu(Node &node) {
  float alpha = node.floatAttr("alpha", 0.01f);
  return importFunction(node,
                        [&](Term x) { return select(x < 0, alpha * x, x); });
}

// y_scale, y_zero, then (x, x_scale, x_zero) for each part
LogicalResult importQLinearConcat(Node &node) {
  SmallVector<Tensor> parts;
  for (unsigned i = 2; i + 2 < node.numInputs(); i += 3) {
    auto part = readReal(node, i);
    if (failed(part))
      return failure();
    parts.push_back(*part);
  }
  if (parts.empty())
    return node.bad("has nothing to join");
  int64_t rank = parts[0].rank();
  auto axis = node.axis(node.intAttr("axis", 0), rank);
  if (failed(axis))
    return failure();
  auto joined = checkedConcat(node, parts, *axis);
  return failed(joined) ? failure()
                        : giveQuantized(node, *joined, 0, node.dtype(2));
}

// The mean over the spatial dimensions, which are last or, with channels_last,
// in the middle.
LogicalResult importQLinearGlobalAveragePool(Node &node) {
  auto x = readReal(node, 0);
  if (failed(x))
    return failure();
  if (x->rank() < 3)
    return node.bad("needs rank 3 or more, but got " + Twine(x->rank()));
  bool last = node.intAttr("channels_last", 0);
  SmallVector<int64_t> axes;
  Size count = node.sizes.constant(1);
  for (int64_t i = last ? 1 : 2; i < x->rank() - (last ? 1 : 0); ++i) {
    axes.push_back(i);
    count = node.sizes.mul(count, x->dims[i]);
  }
  model::Emit e(node.b, node.loc);
  Type real = e.b.getF32Type();
  Tensor sum = reduce(node, *x, axes, /*keepDims=*/true, e.constant(real, 0),
                      [](auto &b, auto args) -> Value {
                        return arith::AddFOp::create(b, args[0], args[1]);
                      });
  Term number = e.cast(e.size(count), real);
  Tensor mean =
      mapElements(node, sum, DType::Float, [&](Term s) { return s / number; });
  return giveQuantized(node, mean, 3, node.dtype(0));
}

constexpr DTypes bytes = bit(DType::Int8) | bit(DType::UInt8);
constexpr const char *ms = "com.microsoft";

const Registration table[] = {
    {"", "QLinearMatMul", importQLinearMatMul, bytes},
    {ms, "MatMulIntegerToFloat", importMatMulIntegerToFloat, bytes},
    {ms, "QGemm", importQGemm, bytes},
    {ms, "QLinearSigmoid", importQLinearSigmoid, bytes},
    {ms, "QLinearLeakyRelu", importQLinearLeakyRelu, bytes},
    {ms, "QLinearConcat", importQLinearConcat, bit(DType::Float)},
    {ms, "QLinearGlobalAveragePool", importQLinearGlobalAveragePool, bytes},
};

} // namespace

FailureOr<Tensor> integerProduct(Node &node, IntegerProduct in) {
  for (unsigned i : {in.a, in.b, in.aScale, in.bScale})
    if (!node.has(i))
      return node.bad("needs two matrices and their scales");
  auto sums = integerMatmul(node, node.tensor(in.a), node.tensor(in.b),
                            optional(node, in.aZero), optional(node, in.bZero));
  auto factor = times(node, node.tensor(in.aScale), node.tensor(in.bScale));
  if (failed(sums) || failed(factor))
    return failure();
  auto out = toReal(node, *sums, *factor, optional(node, in.bias));
  if (failed(out))
    return failure();
  return castTo(node, *out, node.dtype(in.aScale));
}

ArrayRef<Registration> qlinearOps() { return table; }

} // namespace niello::onnx_frontend
