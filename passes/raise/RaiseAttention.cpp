// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises attention that a file spells out: a product of queries and keys,
// what is done to its scores, a softmax, and a product with the values.
//
// B batch, H heads, G key heads, T query length, S key length, D head width,
// E value width.

#include "compiler/support/SourceNodes.h"
#include "dialects/model/Sizes.h"
#include "passes/raise/Passes.h"
#include "passes/raise/Scores.h"
#include "passes/raise/Spelled.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace niello {
#define GEN_PASS_DEF_RAISEATTENTION
#include "passes/raise/Passes.h.inc"
} // namespace niello

using namespace niello;
using namespace niello::model;

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
  bool same = llvm::all_of(llvm::enumerate(sizes), [&](auto place) {
    Term own = e.dim(x, place.index()), wanted = place.value();
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
  if (rows && !scores.saysBlind(rows))
    return rewriter.notifyMatchFailure(op, "its weights are changed by more "
                                           "than their mask");
  if (rows)
    hidden.reset();
  Emit e(rewriter, op.getLoc());
  Terms sizes = e.dims(softmax->getResult(0));
  rewriter.replaceOp(op, raised(e, op, scores, sizes, hidden));
  return success();
}

// x before each of its heads is repeated: [B,G,S,D] of [B,G R,S,D], as
// [B,G,1,S,D] stretched to [B,G,R,S,D]; null where that is not what it is.
static Value unrepeated(Value x) {
  SmallVector<ReassociationIndices> heads{{0}, {1, 2}, {3}, {4}};
  auto merge = x.getDefiningOp<tensor::CollapseShapeOp>();
  auto stretch =
      merge ? merge.getSrc().getDefiningOp<BroadcastOp>() : BroadcastOp();
  auto split = stretch
                   ? stretch.getInput().getDefiningOp<tensor::ExpandShapeOp>()
                   : nullptr;
  // The dimension of size 1 was added behind the heads, or before the keys.
  if (!split || merge.getReassociationIndices() != heads ||
      split.getSrcType().getRank() != 4 ||
      split.getReassociationIndices()[0].size() != 1 ||
      split.getReassociationIndices()[3].size() != 1 ||
      split.getResultType().getDimSize(2) != 1)
    return Value();
  auto own = split.getMixedOutputShape(), wanted = stretch.getMixedSizes();
  for (unsigned axis : {0, 1, 3, 4}) {
    Value a = dyn_cast<Value>(own[axis]), b = dyn_cast<Value>(wanted[axis]);
    bool isSame = a && b ? sameSize(a, b)
                         : isEqualConstantIntOrValue(own[axis], wanted[axis]);
    if (!isSame)
      return Value();
  }
  return split.getSrc();
}

// attention(q, repeated k, repeated v) -> attention(q, k, v), where several
// query heads read one key head.
static LogicalResult shareHeads(AttentionOp op, PatternRewriter &rewriter) {
  Value key = unrepeated(op.getKey()), value = unrepeated(op.getValue());
  if (!key || !value)
    return rewriter.notifyMatchFailure(op, "its key heads are not repeated");
  int64_t groups = staticSize(key, 1);
  if (ShapedType::isDynamic(groups) || groups != staticSize(value, 1))
    return rewriter.notifyMatchFailure(op, "its keys and values are not known "
                                           "to have one number of heads");
  rewriter.modifyOpInPlace(op, [&] {
    takeNames(op, op.getKey().getLoc());
    takeNames(op, op.getValue().getLoc());
    op.getKeyMutable().assign(key);
    op.getValueMutable().assign(value);
  });
  return success();
}

namespace {
struct RaiseAttention : niello::impl::RaiseAttentionBase<RaiseAttention> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add(raise);
    patterns.add(shareHeads);
    if (failed(raiseAll(getOperation(), getArgument(), std::move(patterns))))
      return signalPassFailure();
  }
};
} // namespace
