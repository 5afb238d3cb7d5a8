// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Replaces transcendental functions of f32, scalars and vectors, by arithmetic
// that runs in lanes. What is not replaced becomes a call of libm for each
// lane.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/lower/cpu/Passes.h"

using namespace mlir;

namespace niello {
#define GEN_PASS_DEF_APPROXIMATEMATH
#include "passes/lower/cpu/Passes.h.inc"

namespace {

// Arithmetic on values of one shape; a number stands for a splat.
struct Lanes {
  PatternRewriter &rewriter;
  Location loc;
  Type type; // f32, or a vector of it

  Value real(float value) {
    return splat(type, rewriter.getF32FloatAttr(value));
  }
  Value integer(int32_t value) {
    return splat(integers(), rewriter.getI32IntegerAttr(value));
  }
  Value add(Value left, Value right) {
    return arith::AddFOp::create(rewriter, loc, left, right);
  }
  Value sub(Value left, Value right) {
    return arith::SubFOp::create(rewriter, loc, left, right);
  }
  Value mul(Value left, Value right) {
    return arith::MulFOp::create(rewriter, loc, left, right);
  }
  Value fma(Value a, Value b, Value c) {
    return math::FmaOp::create(rewriter, loc, a, b, c);
  }
  // A NaN compares false, so it comes through unchanged.
  Value clamp(Value value, float low, float high) {
    auto pick = [&](arith::CmpFPredicate predicate, float bound) {
      Value limit = real(bound);
      Value beyond =
          arith::CmpFOp::create(rewriter, loc, predicate, value, limit);
      value = arith::SelectOp::create(rewriter, loc, beyond, limit, value);
    };
    pick(arith::CmpFPredicate::OGT, high);
    pick(arith::CmpFPredicate::OLT, low);
    return value;
  }
  // 2^n for an integer -127 < n < 128.
  Value power(Value n) {
    Value biased = arith::AddIOp::create(rewriter, loc, n, integer(127));
    Value bits = arith::ShLIOp::create(rewriter, loc, biased, integer(23));
    return arith::BitcastOp::create(rewriter, loc, type, bits);
  }
  Type integers() {
    Type element = rewriter.getI32Type();
    if (auto vector = dyn_cast<VectorType>(type))
      return vector.clone(element);
    return element;
  }

private:
  Value splat(Type shape, TypedAttr value) {
    if (auto vector = dyn_cast<VectorType>(shape))
      value = DenseElementsAttr::get(vector, value);
    return arith::ConstantOp::create(rewriter, loc, value);
  }
};

// exp(x) = 2^n exp(r) with n = round(x / ln 2) and |r| <= ln 2 / 2; 1 ulp.
// Adding 1.5 * 2^23 rounds to an integer that stands in the low bits. 2^n is
// applied in two halves, because n runs from -150 (denormals) to 128.
LogicalResult approximateExp(math::ExpOp op, PatternRewriter &rewriter) {
  if (!getElementTypeOrSelf(op.getType()).isF32())
    return rewriter.notifyMatchFailure(op, "it is not f32");
  Lanes lanes{rewriter, op.getLoc(), op.getType()};
  Value x = lanes.clamp(op.getOperand(), -104.0f, 89.0f);
  Value magic = lanes.real(12582912.0f);
  Value shifted = lanes.fma(x, lanes.real(1.44269504f), magic);
  Value whole = lanes.sub(shifted, magic);
  // ln 2 in two parts, the first short enough that n times it is exact.
  Value r = lanes.fma(whole, lanes.real(-0.693145752f), x);
  r = lanes.fma(whole, lanes.real(-1.42860677e-6f), r);
  // exp(r) on that interval, minimax of degree 6.
  Value p = lanes.real(1.38049809e-3f);
  for (float coefficient : {8.37541395e-3f, 4.16688547e-2f, 1.66664511e-1f,
                            4.99999881e-1f, 1.0f, 1.0f})
    p = lanes.fma(p, r, lanes.real(coefficient));
  Value n =
      arith::SubIOp::create(rewriter, op.getLoc(),
                            arith::BitcastOp::create(rewriter, op.getLoc(),
                                                     lanes.integers(), shifted),
                            lanes.integer(0x4B400000));
  Value half =
      arith::ShRSIOp::create(rewriter, op.getLoc(), n, lanes.integer(1));
  Value rest = arith::SubIOp::create(rewriter, op.getLoc(), n, half);
  p = lanes.mul(p, lanes.power(half));
  rewriter.replaceOp(op, lanes.mul(p, lanes.power(rest)));
  return success();
}

// log(x) = e ln 2 + log(1 + f) with 1 + f in [sqrt 1/2, sqrt 2], where
// log(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)), s = f / (2 + f); 1 ulp.
LogicalResult approximateLog(math::LogOp op, PatternRewriter &rewriter) {
  if (!getElementTypeOrSelf(op.getType()).isF32())
    return rewriter.notifyMatchFailure(op, "it is not f32");
  Location loc = op.getLoc();
  Lanes lanes{rewriter, loc, op.getType()};
  using Predicate = arith::CmpFPredicate;
  auto pick = [&](Predicate predicate, Value value, float bound, Value then,
                  Value otherwise) -> Value {
    Value chosen = arith::CmpFOp::create(rewriter, loc, predicate, value,
                                         lanes.real(bound));
    return arith::SelectOp::create(rewriter, loc, chosen, then, otherwise);
  };
  // A denormal is scaled by 2^25 first.
  Value x = op.getOperand();
  constexpr float leastNormal = 1.17549435e-38f;
  Value scaled = pick(Predicate::OLT, x, leastNormal,
                      lanes.mul(x, lanes.real(33554432.0f)), x);
  Value bias = pick(Predicate::OLT, x, leastNormal, lanes.real(-25.0f),
                    lanes.real(0.0f));
  Value bits =
      arith::BitcastOp::create(rewriter, loc, lanes.integers(), scaled);
  Value offset =
      arith::SubIOp::create(rewriter, loc, bits, lanes.integer(0x3F3504F3));
  Value e = arith::ShRSIOp::create(rewriter, loc, offset, lanes.integer(23));
  Value mantissa = arith::SubIOp::create(
      rewriter, loc, bits,
      arith::ShLIOp::create(rewriter, loc, e, lanes.integer(23)));
  Value m = arith::BitcastOp::create(rewriter, loc, lanes.type, mantissa);
  Value exponent =
      lanes.add(arith::SIToFPOp::create(rewriter, loc, lanes.type, e), bias);
  Value f = lanes.sub(m, lanes.real(1.0f));
  Value s =
      arith::DivFOp::create(rewriter, loc, f, lanes.add(f, lanes.real(2.0f)));
  Value z = lanes.mul(s, s);
  Value r = lanes.real(0.24279078841f);
  for (float coefficient : {0.28498786688f, 0.40000972152f, 0.66666662693f})
    r = lanes.fma(r, z, lanes.real(coefficient));
  r = lanes.mul(r, z);
  Value square = lanes.mul(lanes.mul(f, f), lanes.real(0.5f));
  Value low = lanes.fma(exponent, lanes.real(9.0580006145e-6f),
                        lanes.mul(s, lanes.add(square, r)));
  Value result = lanes.add(lanes.sub(low, square), f);
  result = lanes.fma(exponent, lanes.real(6.9313812256e-1f), result);
  constexpr float infinity = std::numeric_limits<float>::infinity();
  result = pick(Predicate::UGE, x, infinity, x, result); // and NaN
  result = pick(Predicate::OEQ, x, 0.0f, lanes.real(-infinity), result);
  result = pick(Predicate::OLT, x, 0.0f,
                lanes.real(std::numeric_limits<float>::quiet_NaN()), result);
  rewriter.replaceOp(op, result);
  return success();
}

// fma(a, b, c) -> a * b + c, where the target would call a function for it.
LogicalResult splitFma(math::FmaOp op, PatternRewriter &rewriter) {
  Value product =
      arith::MulFOp::create(rewriter, op.getLoc(), op.getA(), op.getB());
  rewriter.replaceOpWithNewOp<arith::AddFOp>(op, product, op.getC());
  return success();
}

struct ApproximateMath : impl::ApproximateMathBase<ApproximateMath> {
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add(approximateExp);
    patterns.add(approximateLog);
    // Not sin and cos, whose error grows with the angle, nor those with more
    // than a few ulp of error.
    auto isReplaced = [](StringRef name) {
      return name == "math.tanh" || name == "math.erf";
    };
    auto isWidened = [&](StringRef name) {
      return isReplaced(name) || name == "math.exp" || name == "math.log";
    };
    populateMathF32ExpansionPatterns(patterns, isWidened);
    populateMathPolynomialApproximationPatterns(patterns, isReplaced);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    if (fma)
      return;
    RewritePatternSet split(&getContext());
    split.add(splitFma);
    if (failed(applyPatternsGreedily(getOperation(), std::move(split))))
      return signalPassFailure();
  }
};

} // namespace
} // namespace niello
