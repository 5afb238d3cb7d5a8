// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes log1p and expm1 by log and exp without losing small arguments, which
// MLIR's own lowering, log(1 + x) and exp(x) - 1, does.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/lower/cpu/Passes.h"

using namespace mlir;

namespace niello {
#define GEN_PASS_DEF_EXPANDMATH
#include "passes/lower/cpu/Passes.h.inc"

namespace {

Value splat(PatternRewriter &rewriter, Location loc, Type type, double value) {
  auto element = cast<FloatType>(getElementTypeOrSelf(type));
  TypedAttr attribute = rewriter.getFloatAttr(element, value);
  if (auto shaped = dyn_cast<ShapedType>(type))
    attribute = DenseElementsAttr::get(shaped, attribute);
  return arith::ConstantOp::create(rewriter, loc, attribute);
}

// value == bound ? then : otherwise
Value where(PatternRewriter &rewriter, Location loc, Value value, double bound,
            Value then, Value otherwise) {
  Value equal =
      arith::CmpFOp::create(rewriter, loc, arith::CmpFPredicate::OEQ, value,
                            splat(rewriter, loc, value.getType(), bound));
  return arith::SelectOp::create(rewriter, loc, equal, then, otherwise);
}

constexpr double infinity = std::numeric_limits<double>::infinity();

// log1p(x) = log(u) x / (u - 1) with u = 1 + x: what rounding u loses is lost
// in both factors alike (Kahan).
LogicalResult expandLog1p(math::Log1pOp op, PatternRewriter &rewriter) {
  Location loc = op.getLoc();
  Value x = op.getOperand();
  Type type = x.getType();
  Value one = splat(rewriter, loc, type, 1);
  Value u = arith::AddFOp::create(rewriter, loc, x, one);
  Value rest = arith::SubFOp::create(rewriter, loc, u, one);
  Value log = math::LogOp::create(rewriter, loc, u);
  Value ratio = arith::DivFOp::create(rewriter, loc, x, rest);
  Value result = arith::MulFOp::create(rewriter, loc, log, ratio);
  result = where(rewriter, loc, u, 1, x, result);
  rewriter.replaceOp(op, where(rewriter, loc, u, infinity, x, result));
  return success();
}

// expm1(x) = (u - 1) x / log(u) with u = exp(x), by the same argument.
LogicalResult expandExpm1(math::ExpM1Op op, PatternRewriter &rewriter) {
  Location loc = op.getLoc();
  Value x = op.getOperand();
  Type type = x.getType();
  Value one = splat(rewriter, loc, type, 1);
  Value u = math::ExpOp::create(rewriter, loc, x);
  Value rest = arith::SubFOp::create(rewriter, loc, u, one);
  Value log = math::LogOp::create(rewriter, loc, u);
  Value ratio = arith::DivFOp::create(rewriter, loc, x, log);
  Value result = arith::MulFOp::create(rewriter, loc, rest, ratio);
  result = where(rewriter, loc, u, 1, x, result);
  result = where(rewriter, loc, rest, -1, rest, result);
  rewriter.replaceOp(op, where(rewriter, loc, u, infinity, u, result));
  return success();
}

struct ExpandMath : impl::ExpandMathBase<ExpandMath> {
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add(expandLog1p);
    patterns.add(expandExpm1);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
  }
};

} // namespace
} // namespace niello
