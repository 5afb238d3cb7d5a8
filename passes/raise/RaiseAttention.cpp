// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises attention that a file spells out: a product of queries and keys,
// what is done to its scores, a softmax, and a product with the values.
//
// B batch, H heads, G key heads, T query length, S key length, D head width,
// E value width.

#include "dialects/model/Sizes.h"
#include "passes/raise/Passes.h"
#include "passes/raise/Spelled.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <limits>

namespace niello {
#define GEN_PASS_DEF_RAISEATTENTION
#include "passes/raise/Passes.h.inc"
} // namespace niello

using namespace niello;
using namespace niello::model;

static constexpr double infinity = std::numeric_limits<double>::infinity();

namespace {
// What stands between a softmax and the product of queries and keys.
struct Scores {
  MatmulOp product;
  double scale = 1;
  double softcap = 0;
  /// What is added, before it is stretched, and its factor.
  SmallVector<std::pair<Value, double>> sums;
  /// Who sees whom, before it is stretched; `isInverted`: true where not seen.
  Value bits;
  bool isInverted = false;
  /// What has the score of a key that is not seen.
  double hidden = -infinity;

  /// Reads the scores upwards from `x`; says what is in the way, or "".
  StringRef read(Value x);
  StringRef readSum(arith::AddFOp sum);
  StringRef readSelect(arith::SelectOp op);
  bool readFactor(Value &x);
};
} // namespace

// mask + scores, either way round.
StringRef Scores::readSum(arith::AddFOp sum) {
  if (bits)
    return "it hides keys and then adds to them";
  if (softcap != 0)
    return "its mask is inside of its softcap";
  StringRef reason;
  for (unsigned side : {0, 1}) {
    Scores other = *this;
    other.sums.push_back({unstretched(sum->getOperand(1 - side)), scale});
    reason = other.read(sum->getOperand(side));
    if (reason.empty()) {
      *this = other;
      break;
    }
  }
  return reason;
}

// where(mask, scores, number), or where(mask, number, scores).
StringRef Scores::readSelect(arith::SelectOp op) {
  if (bits || !sums.empty())
    return "it hides keys and has another mask";
  if (softcap != 0)
    return "its mask is inside of its softcap";
  if (!isa<RankedTensorType>(op.getCondition().getType()))
    return "its mask is one for all scores";
  auto number = splatOf(op.getFalseValue());
  isInverted = !number;
  if (isInverted)
    number = splatOf(op.getTrueValue());
  if (!number)
    return "its mask chooses between tensors";
  bits = unstretched(op.getCondition());
  hidden = *number * scale;
  return read(isInverted ? op.getFalseValue() : op.getTrueValue());
}

// Takes a factor off x, and a tanh between factors: c tanh(x / c).
bool Scores::readFactor(Value &x) {
  auto scaled = scaledBy(x);
  if (!scaled)
    return false;
  x = scaled->rest;
  scale *= scaled->factor;
  auto cap = x.getDefiningOp<math::TanhOp>();
  if (cap && x.hasOneUse() && softcap == 0 && scale > 0) {
    softcap = scale;
    x = cap.getOperand();
  }
  return true;
}

StringRef Scores::read(Value x) {
  while (true) {
    if (!x.hasOneUse())
      return "its scores have another reader";
    Operation *op = x.getDefiningOp();
    if (auto matmul = dyn_cast_or_null<MatmulOp>(op)) {
      product = matmul;
      return "";
    }
    if (auto sum = dyn_cast_or_null<arith::AddFOp>(op))
      return readSum(sum);
    if (auto choice = dyn_cast_or_null<arith::SelectOp>(op))
      return readSelect(choice);
    auto stretch = dyn_cast_or_null<BroadcastOp>(op);
    if (stretch && rankOf(stretch.getInput()) == rankOf(x))
      x = stretch.getInput();
    else if (!readFactor(x))
      return "its scores are no product of queries and keys";
  }
}

// x with its dimensions in another order; a transpose of a transpose is one.
static Value transposed(Emit &e, Value x, ArrayRef<int64_t> order) {
  SmallVector<int64_t> places(order);
  while (auto inner = x.getDefiningOp<linalg::TransposeOp>()) {
    for (int64_t &place : places)
      place = inner.getPermutation()[place];
    x = inner.getInput();
  }
  if (llvm::equal(places, llvm::seq<int64_t>(0, places.size())))
    return x;
  Terms sizes = e.dims(x), moved;
  for (int64_t place : places)
    moved.push_back(sizes[place]);
  return linalg::TransposeOp::create(e.b, e.loc, x,
                                     e.empty(moved, elementType(x)), places)
      ->getResult(0);
}

// x stretched to `sizes`, or x where these are its own.
static Value stretched(Emit &e, Value x, ArrayRef<Term> sizes) {
  bool same = llvm::all_of(llvm::zip(e.dims(x), sizes), [](auto pair) {
    auto [own, wanted] = pair;
    auto number = constantOf(own);
    return number ? number == constantOf(wanted) : sameSize(own, wanted);
  });
  if (same)
    return x;
  return BroadcastOp::create(e.b, e.loc, x, toFoldResults(sizes));
}

// A number for every element of a tensor like `x`.
static Value everywhere(Emit &e, Value x, TypedAttr number) {
  auto type = RankedTensorType::get({}, number.getType());
  Value one = arith::ConstantOp::create(e.b, e.loc,
                                        DenseElementsAttr::get(type, number));
  return BroadcastOp::create(e.b, e.loc, one, toFoldResults(e.dims(x)));
}

// x times a number.
static Value times(Emit &e, Value x, double factor) {
  if (factor == 1)
    return x;
  auto number = e.b.getFloatAttr(elementType(x), factor);
  return arith::MulFOp::create(e.b, e.loc, x, everywhere(e, x, number));
}

// The mask as attention takes it: true where a key is seen, or to be added.
static Value maskOf(Emit &e, const Scores &scores, ArrayRef<Term> sizes) {
  if (Value bits = scores.bits) {
    if (!scores.isInverted)
      return bits;
    return arith::XOrIOp::create(e.b, e.loc, bits,
                                 everywhere(e, bits, e.b.getBoolAttr(true)));
  }
  Value mask;
  for (auto [addend, factor] : scores.sums) {
    Value next = times(e, addend, factor);
    mask = !mask ? next
                 : arith::AddFOp::create(e.b, e.loc, stretched(e, mask, sizes),
                                         stretched(e, next, sizes))
                       .getResult();
  }
  return mask;
}

// [B,T,D] -> [B,1,T,D], for tensors of rank 3.
static Value withHeads(Emit &e, Value x) {
  if (!x || rankOf(x) != 3)
    return x;
  Terms sizes = e.dims(x);
  sizes.insert(sizes.begin() + 1, e.index(1));
  SmallVector<int64_t> shape(tensorType(x).getShape());
  shape.insert(shape.begin() + 1, 1);
  return tensor::ExpandShapeOp::create(
      e.b, e.loc, RankedTensorType::get(shape, elementType(x)), x,
      ArrayRef<ReassociationIndices>{{0, 1}, {2}, {3}}, toFoldResults(sizes));
}

// Whether `rows` says of each row that all of its mask is -infinity.
static bool saysBlind(Value rows, const Scores &scores) {
  auto equal = unstretched(rows).getDefiningOp<arith::CmpFOp>();
  if (!equal || equal.getPredicate() != arith::CmpFPredicate::OEQ ||
      scores.sums.size() != 1 || scores.sums[0].second != 1)
    return false;
  for (unsigned side : {0, 1}) {
    auto most = reducedOf(equal->getOperand(side));
    if (most && splatOf(equal->getOperand(1 - side)) == -infinity &&
        isa<arith::MaximumFOp, arith::MaxNumFOp>(most->join) &&
        unstretched(most->input) == scores.sums[0].first &&
        ArrayRef(most->dims) == ArrayRef<int64_t>{rankOf(most->input) - 1})
      return true;
  }
  return false;
}

// Takes factors off a query or a key, whose dimensions are in `order`.
static Value unscaled(Emit &e, Value x, ArrayRef<int64_t> order,
                      double &scale) {
  auto takeFactors = [&] {
    while (auto scaled = scaledBy(x)) {
      x = scaled->rest;
      scale *= scaled->factor;
    }
  };
  takeFactors();
  x = transposed(e, x, order);
  takeFactors();
  return x;
}

// `sizes` are those of the scores, `hidden` as the op has it.
static Value raised(Emit &e, MatmulOp op, Scores &scores, ArrayRef<Term> sizes,
                    std::optional<double> hidden) {
  int64_t rank = rankOf(op.getResult());
  Terms all = resultSizes(e, op), mine = all;
  auto order = llvm::to_vector(llvm::seq<int64_t>(0, rank)), turned = order;
  std::swap(turned[rank - 2], turned[rank - 1]);
  double scale = scores.scale;
  Value query = unscaled(e, scores.product.getLhs(), order, scale);
  Value key = unscaled(e, scores.product.getRhs(), turned, scale);
  Value value = op.getRhs();
  mine.back() = e.dim(query, rank - 1);
  query = stretched(e, query, mine);
  // One key head for all query heads needs no copies.
  bool isShared =
      rank == 4 && staticSize(key, 1) == 1 && staticSize(value, 1) == 1;
  if (isShared)
    mine[1] = e.index(1);
  mine[rank - 2] = sizes.back();
  mine.back() = e.dim(key, rank - 1);
  key = stretched(e, key, mine);
  mine[rank - 2] = e.dim(value, rank - 2);
  mine.back() = all.back();
  value = stretched(e, value, mine);
  OpBuilder &b = e.b;
  Value result = AttentionOp::create(
      b, e.loc, withHeads(e, query), withHeads(e, key), withHeads(e, value),
      withHeads(e, maskOf(e, scores, sizes)), Value(), Value(), Value(),
      b.getF64FloatAttr(scale), b.getF64FloatAttr(scores.softcap), UnitAttr(),
      b.getI64IntegerAttr(-1), b.getI64IntegerAttr(-1),
      hidden ? b.getF64FloatAttr(*hidden) : FloatAttr());
  if (rank == 3)
    result = mergeAxes(e, result, 0);
  return castTo(e, result, op.getType());
}

// softmax(scores) v -> attention(q, k, v)
static LogicalResult raise(MatmulOp op, PatternRewriter &rewriter) {
  Value weights = op.getLhs(), rows;
  auto choice = weights.getDefiningOp<arith::SelectOp>();
  if (choice && splatOf(choice.getTrueValue()) == 0 && choice->hasOneUse()) {
    rows = choice.getCondition();
    weights = choice.getFalseValue();
  }
  auto softmax = weights.getDefiningOp<linalg::SoftmaxOp>();
  int64_t rank = rankOf(op.getResult());
  if (!softmax)
    return rewriter.notifyMatchFailure(op, "its left operand is no softmax");
  if (rank < 3 || rank > 4 || rankOf(op.getLhs()) != rank ||
      rankOf(op.getRhs()) != rank)
    return rewriter.notifyMatchFailure(op, "its operands are not of rank 3 or "
                                           "4, one for all");
  if (int64_t(softmax.getDimension()) != rank - 1)
    return rewriter.notifyMatchFailure(op, "its softmax is along another "
                                           "dimension than the keys");
  if (elementType(op.getLhs()).getIntOrFloatBitWidth() < 32)
    return rewriter.notifyMatchFailure(op, "its 16-bit floats are rounded "
                                           "between the steps");
  if (!weights.hasOneUse())
    return rewriter.notifyMatchFailure(op, "its weights have another reader");
  Scores scores;
  if (StringRef reason = scores.read(softmax.getInput()); !reason.empty())
    return rewriter.notifyMatchFailure(op, reason);
  if (rankOf(scores.product.getLhs()) != rank ||
      rankOf(scores.product.getRhs()) != rank)
    return rewriter.notifyMatchFailure(op, "its queries and keys are not of "
                                           "the rank of its values");
  std::optional<double> hidden = scores.hidden;
  if (rows && !saysBlind(rows, scores))
    return rewriter.notifyMatchFailure(op, "its weights are changed by more "
                                           "than their mask");
  if (rows)
    hidden.reset();
  Emit e(rewriter, op.getLoc());
  Terms sizes = e.dims(softmax->getResult(0));
  rewriter.replaceOp(op, raised(e, op, scores, sizes, hidden));
  return success();
}

namespace {
struct RaiseAttention : niello::impl::RaiseAttentionBase<RaiseAttention> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add(raise);
    // What is raised leaves its steps without readers, which the driver drops;
    // the rest of the file stays as it is.
    GreedyRewriteConfig config;
    config.enableFolding(false).enableConstantCSE(false);
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      return signalPassFailure();
  }
};
} // namespace
