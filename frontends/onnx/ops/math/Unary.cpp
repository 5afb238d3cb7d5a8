// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of one number.

#include "frontends/onnx/ops/Terms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Term;

template <typename Op> LogicalResult importMath(Node &node) {
  return give(node, 0,
              onTensors(node, node.tensor(0), node.dtype(0),
                        [](auto &b, auto args) -> Value {
                          return Op::create(b, args[0]);
                        }));
}

/// Rounding leaves integers as they are.
template <typename Op> LogicalResult importRounding(Node &node) {
  if (!isFloat(node.dtype(0)))
    return node.resultValue(0, node.input(0));
  return importMath<Op>(node);
}

LogicalResult importAbs(Node &node) {
  DType dtype = node.dtype(0);
  if (isUnsignedInteger(dtype))
    return node.resultValue(0, node.input(0));
  return node.result(0, mapElements(node, node.tensor(0), dtype,
                                    [](Term x) { return abs(x); }));
}

LogicalResult importNeg(Node &node) {
  DType dtype = node.dtype(0);
  if (node.tensor(0).elements && !isFloat(dtype)) {
    SmallVector<Size> out;
    for (Size size : *node.tensor(0).elements)
      if (auto c = Sizes::asConstant(size))
        out.push_back(node.sizes.constant(
            wrapped(int64_t(-uint64_t(*c)), node.dtype(0))));
      else
        out.push_back(node.sizes.mul(size, node.sizes.constant(-1)));
    return node.resultElements(0, dtype, node.tensor(0).dims, out);
  }
  if (isFloat(dtype)) // 0 - x would lose the sign of 0
    return importMath<arith::NegFOp>(node);
  return node.result(0, mapElements(node, node.tensor(0), dtype,
                                    [](Term x) { return 0 - x; }));
}

LogicalResult importReciprocal(Node &node) {
  return node.result(0, mapElements(node, node.tensor(0), node.dtype(0),
                                    [](Term x) { return 1 / x; }));
}

// 1, -1 or 0; the sign of NaN is NaN
LogicalResult importSign(Node &node) {
  DType dtype = node.dtype(0);
  auto sign = [&](Term x) {
    if (isUnsignedInteger(dtype))
      return select(x != 0, x.like(1), x.like(0));
    Term one = select(x > 0, x.like(1), select(x < 0, x.like(-1), x.like(0)));
    return x.isFloat() ? select(x != x, x, one) : one;
  };
  return node.result(0, mapElements(node, node.tensor(0), dtype, sign));
}

/// Tests of floats; 8-bit ones are widened, which is exact.
Tensor testable(Node &node) {
  bool isNarrow = narrow & bit(node.dtype(0));
  return isNarrow ? castTo(node, node.tensor(0), DType::Float) : node.tensor(0);
}

LogicalResult importIsNaN(Node &node) {
  return node.result(0, mapElements(node, testable(node), DType::Bool,
                                    [](Term x) { return x != x; }));
}

LogicalResult importIsInf(Node &node) {
  bool negative = node.intAttr("detect_negative", 1);
  bool positive = node.intAttr("detect_positive", 1);
  auto test = [&](Term x) {
    model::Emit &e = *x.emit;
    Term isHigh = x == e.highest(x.getType());
    Term isLow = x == e.lowest(x.getType());
    return (isHigh & e.boolean(positive)) | (isLow & e.boolean(negative));
  };
  return node.result(0, mapElements(node, testable(node), DType::Bool, test));
}

constexpr DTypes float8 = bit(DType::Float8E4M3FN) |
                          bit(DType::Float8E4M3FNUZ) | bit(DType::Float8E5M2) |
                          bit(DType::Float8E5M2FNUZ) | bit(DType::Float8E8M0) |
                          bit(DType::Float4E2M1);

const Registration table[] = {
    {"", "Abs", importAbs, numbers},
    {"", "Sign", importSign, numbers},
    {"", "Neg", importNeg, floats | signedInts},
    {"", "Reciprocal", importReciprocal, floats},
    {"", "Exp", importMath<math::ExpOp>, floats},
    {"", "Log", importMath<math::LogOp>, floats},
    {"", "Sqrt", importMath<math::SqrtOp>, floats},
    {"", "Erf", importMath<math::ErfOp>, floats},
    {"", "Floor", importRounding<math::FloorOp>, floats},
    {"", "Ceil", importRounding<math::CeilOp>, floats},
    {"", "Round", importRounding<math::RoundEvenOp>, floats},
    {"", "Sin", importMath<math::SinOp>, floats},
    {"", "Cos", importMath<math::CosOp>, floats},
    {"", "Tan", importMath<math::TanOp>, floats},
    {"", "Asin", importMath<math::AsinOp>, floats},
    {"", "Acos", importMath<math::AcosOp>, floats},
    {"", "Atan", importMath<math::AtanOp>, floats},
    {"", "Sinh", importMath<math::SinhOp>, floats},
    {"", "Cosh", importMath<math::CoshOp>, floats},
    {"", "Tanh", importMath<math::TanhOp>, floats},
    {"", "Asinh", importMath<math::AsinhOp>, floats},
    {"", "Acosh", importMath<math::AcoshOp>, floats},
    {"", "Atanh", importMath<math::AtanhOp>, floats},
    {"", "IsNaN", importIsNaN, floats | float8},
    {"", "IsInf", importIsInf, floats | float8},
};

} // namespace

ArrayRef<Registration> unaryOps() { return table; }

} // namespace niello::onnx_frontend
