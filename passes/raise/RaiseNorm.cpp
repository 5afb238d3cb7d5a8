// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises layer and RMS normalisation that a file spells out with means.

#include "dialects/model/Sizes.h"
#include "passes/raise/Passes.h"
#include "passes/raise/Spelled.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace niello {
#define GEN_PASS_DEF_RAISENORM
#include "passes/raise/Passes.h.inc"
} // namespace niello

using namespace niello;
using namespace niello::model;

namespace {

// sqrt(mean(x^2) + epsilon) along the dimensions from `axis` on.
struct Spread {
  Value x;
  int64_t axis;
  double epsilon;
};

// A norm of `input`, as far as it has been read.
struct Norm {
  NormKind kind;
  Value input;
  int64_t axis;
  double epsilon;
  Value scale{}, bias{};
};

} // namespace

// x where value = sqrt(x).
static Value underRoot(Value value) {
  auto root = unstretched(value).getDefiningOp<math::SqrtOp>();
  return root ? root.getOperand() : Value();
}

// The first of the dimensions that are reduced, where these are the last ones.
static std::optional<int64_t> firstOfLast(const Reduced &reduced) {
  int64_t rank = rankOf(reduced.input), axis = rank - reduced.dims.size();
  SmallVector<int64_t> dims(reduced.dims);
  llvm::sort(dims);
  if (!llvm::equal(dims, llvm::seq<int64_t>(axis, rank)))
    return std::nullopt;
  return axis;
}

// sqrt(mean(x x) + epsilon), or the inverse of that with `isInverse`.
static std::optional<Spread> spreadOf(Value value, bool isInverse) {
  Value variance;
  if (!isInverse) {
    variance = underRoot(value);
  } else if (auto root = unstretched(value).getDefiningOp<math::RsqrtOp>()) {
    variance = root.getOperand();
  } else if (Value spread = inverseOf(value)) {
    variance = underRoot(spread);
  }
  auto sum = variance ? variance.getDefiningOp<arith::AddFOp>() : nullptr;
  if (!sum)
    return std::nullopt;
  for (unsigned side : {0, 1}) {
    auto epsilon = splatOf(sum->getOperand(side));
    auto mean = meanOf(sum->getOperand(1 - side));
    Value x = mean ? squareRootOf(mean->input) : Value();
    auto axis = x ? firstOfLast(*mean) : std::nullopt;
    if (epsilon && axis)
      return Spread{x, *axis, *epsilon};
  }
  return std::nullopt;
}

// x where value = x - mean(x) along the dimensions from `axis` on.
static Value centredOf(Value value, int64_t axis) {
  auto difference = value.getDefiningOp<arith::SubFOp>();
  auto mean = difference ? meanOf(difference.getRhs()) : std::nullopt;
  if (!mean || mean->input != difference.getLhs() || firstOfLast(*mean) != axis)
    return Value();
  return mean->input;
}

// Whether two values are one, or the same difference written twice.
static bool isSame(Value a, Value b) {
  auto x = a.getDefiningOp<arith::SubFOp>();
  auto y = b.getDefiningOp<arith::SubFOp>();
  return a == b || (x && y && x.getLhs() == y.getLhs() &&
                    unstretched(x.getRhs()) == unstretched(y.getRhs()));
}

// x / sqrt(mean(x^2) + epsilon), where x may be centred.
static std::optional<Norm> normOf(Value x, Value divisor, bool isInverse) {
  auto spread = spreadOf(divisor, isInverse);
  if (!spread || !isSame(x, spread->x))
    return std::nullopt;
  if (Value input = centredOf(spread->x, spread->axis))
    return Norm{NormKind::Layer, input, spread->axis, spread->epsilon};
  return Norm{NormKind::Rms, x, spread->axis, spread->epsilon};
}

// Whether x may be a norm's scale or bias: it is the same for all rows.
static bool isAffine(Value x, const Norm &norm) {
  ArrayRef<int64_t> own = tensorType(x).getShape();
  ArrayRef<int64_t> shape = tensorType(norm.input).getShape();
  int64_t shift = int64_t(shape.size()) - int64_t(own.size());
  if (shift < 0 || elementType(x) != elementType(norm.input))
    return false;
  for (auto [i, size] : llvm::enumerate(own)) {
    bool isRow = int64_t(i) + shift >= norm.axis;
    if (ShapedType::isDynamic(size) ||
        (size != 1 && (!isRow || size != shape[i + shift])))
      return false;
  }
  return true;
}

// The other operand of the one reader of `op`, if that is an Op and the operand
// is fit for a norm; `op` becomes that reader.
template <typename Op> static Value takeAffine(Operation *&op, Norm &norm) {
  if (!op->hasOneUse())
    return Value();
  auto reader = dyn_cast<Op>(*op->user_begin());
  if (!reader)
    return Value();
  bool isLeft = reader.getLhs() == op->getResult(0);
  Value other = unstretched(isLeft ? reader.getRhs() : reader.getLhs());
  if (!isAffine(other, norm))
    return Value();
  op = reader;
  return other;
}

static LogicalResult replace(Operation *op, Norm norm,
                             PatternRewriter &rewriter) {
  if (elementType(norm.input).getIntOrFloatBitWidth() < 32)
    return rewriter.notifyMatchFailure(op, "its 16-bit floats are rounded "
                                           "between the steps");
  if (rankOf(op->getResult(0)) != rankOf(norm.input))
    return rewriter.notifyMatchFailure(op, "it stretches what it normalises");
  if (!norm.scale && !norm.bias) {
    norm.scale = takeAffine<arith::MulFOp>(op, norm);
    norm.bias = takeAffine<arith::AddFOp>(op, norm);
  }
  rewriter.setInsertionPoint(op);
  Emit e(rewriter, op->getLoc());
  auto result = NormOp::create(rewriter, op->getLoc(), norm.kind, norm.input,
                               norm.scale, norm.bias, norm.axis, norm.epsilon);
  rewriter.replaceOp(op,
                     castTo(e, result.getResult(), op->getResult(0).getType()));
  return success();
}

// x / spread -> norm(x)
static LogicalResult raiseQuotient(arith::DivFOp op,
                                   PatternRewriter &rewriter) {
  if (!isa<RankedTensorType>(op.getType()))
    return rewriter.notifyMatchFailure(op, "it is not of tensors");
  auto norm = normOf(op.getLhs(), op.getRhs(), /*isInverse=*/false);
  if (!norm)
    return rewriter.notifyMatchFailure(op, "its divisor is not the spread of "
                                           "what it divides");
  return replace(op, *norm, rewriter);
}

// x * (1 / spread) -> norm(x)
static LogicalResult raiseProduct(arith::MulFOp op, PatternRewriter &rewriter) {
  if (!isa<RankedTensorType>(op.getType()))
    return rewriter.notifyMatchFailure(op, "it is not of tensors");
  for (unsigned side : {0, 1})
    if (auto norm = normOf(op->getOperand(side), op->getOperand(1 - side),
                           /*isInverse=*/true))
      return replace(op, *norm, rewriter);
  return rewriter.notifyMatchFailure(op, "no factor of it is the inverse "
                                         "spread of the other");
}

// The inverse spread of `x - mean` and a scale, as factors of one value.
static std::optional<Norm> readGain(Value gain, Value x) {
  gain = unstretched(gain);
  auto product = gain.getDefiningOp<arith::MulFOp>();
  SmallVector<std::pair<Value, Value>, 3> ways{{gain, Value()}};
  if (product)
    ways = {{product.getLhs(), product.getRhs()},
            {product.getRhs(), product.getLhs()}};
  for (auto [inverse, scale] : ways) {
    auto spread = spreadOf(inverse, /*isInverse=*/true);
    if (!spread || centredOf(spread->x, spread->axis) != x)
      continue;
    Norm norm{NormKind::Layer, x, spread->axis, spread->epsilon};
    if (scale)
      norm.scale = unstretched(scale);
    if (!scale || isAffine(norm.scale, norm))
      return norm;
  }
  return std::nullopt;
}

// x g + (bias - mean(x) g), where g = scale / spread -> norm(x)
static LogicalResult raiseSum(arith::AddFOp op, PatternRewriter &rewriter) {
  if (!isa<RankedTensorType>(op.getType()))
    return rewriter.notifyMatchFailure(op, "it is not of tensors");
  for (unsigned side : {0, 1}) {
    auto whole = op->getOperand(side).getDefiningOp<arith::MulFOp>();
    auto rest =
        unstretched(op->getOperand(1 - side)).getDefiningOp<arith::SubFOp>();
    auto shift = rest
                     ? unstretched(rest.getRhs()).getDefiningOp<arith::MulFOp>()
                     : nullptr;
    if (!whole || !shift)
      continue;
    for (auto [i, j] : {std::pair(0, 0), {0, 1}, {1, 0}, {1, 1}}) {
      Value x = whole->getOperand(i), gain = whole->getOperand(1 - i);
      auto mean = meanOf(shift->getOperand(j));
      if (!mean || mean->input != x ||
          unstretched(shift->getOperand(1 - j)) != unstretched(gain))
        continue;
      auto norm = readGain(gain, x);
      if (!norm || firstOfLast(*mean) != norm->axis)
        continue;
      norm->bias = unstretched(rest.getLhs());
      if (!isAffine(norm->bias, *norm))
        return rewriter.notifyMatchFailure(op, "its bias differs by row");
      return replace(op, *norm, rewriter);
    }
  }
  return rewriter.notifyMatchFailure(op, "it is no norm with its mean apart");
}

namespace {
struct RaiseNorm : niello::impl::RaiseNormBase<RaiseNorm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add(raiseQuotient);
    patterns.add(raiseProduct);
    patterns.add(raiseSum);
    if (failed(raiseAll(getOperation(), getArgument(), std::move(patterns))))
      return signalPassFailure();
  }
};
} // namespace
