// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes attention as what has generators: two products, and rows between them.
//
// B batch, H heads, G key heads, T query length, S key length, D head width,
// E value width. Where H > G the heads are two dimensions, [G, H / G], so that
// the rows which read one key head are rows of one product.

#include "compiler/support/Reasons.h"
#include "compiler/support/SourceNodes.h"
#include "dialects/model/Attention.h"
#include "dialects/model/Sizes.h"
#include "passes/fuse/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"

namespace niello {
#define GEN_PASS_DEF_SPLITATTENTION
#include "passes/fuse/Passes.h.inc"
} // namespace niello

using namespace niello;
using namespace niello::model;

namespace {

// The sizes and index maps of one attention. Loops are b, heads, t, then s or
// e, then what a product sums along.
struct Split {
  Emit &e;
  AttentionOp op;
  Type sum;
  Terms heads;      // [H], or [G, H / G]
  Terms rows;       // [B, heads, T]
  Term keys, width; // S, E

  Split(Emit &e, AttentionOp op, int64_t groups, int64_t perKey)
      : e(e), op(op), sum(sumType(elementType(op.getQuery()))) {
    Terms query = e.dims(op.getQuery());
    heads = {query[1]};
    if (perKey > 1)
      heads = {e.index(groups), e.index(perKey)};
    rows = {query[0]};
    rows.append(heads);
    rows.push_back(query[2]);
    keys = e.dim(op.getKey(), 2);
    width = e.dim(op.getValue(), 3);
  }

  unsigned last() const { return rows.size(); } // s or e

  AffineMap read(unsigned loops, ArrayRef<AffineExpr> at) {
    return AffineMap::get(loops, 0, at, e.b.getContext());
  }
  AffineMap perRow() {
    return AffineMap::getMultiDimIdentityMap(last() + 1, e.b.getContext())
        .dropResult(last());
  }
  AffineMap perElement() { return e.b.getMultiDimIdentityMap(last() + 1); }

  Terms rowsOf(Term size) {
    Terms sizes = rows;
    sizes.push_back(size);
    return sizes;
  }

  // The dimension `axis`, which is all heads, as those of `heads`.
  Value splitHeads(Value x, int64_t axis) {
    return heads.size() == 1 ? x : splitAxis(e, x, axis, *constantOf(heads[0]));
  }

  Value product(Value left, Value right, bool rightIsKeys, Term size);
  Value scores();
  Value visibleScores(Value products);
};

} // namespace

// q [b, heads, t, d] k [b, g, s, d] summed over d, or
// w [b, heads, t, s] v [b, g, s, e] summed over s.
Value Split::product(Value left, Value right, bool rightIsKeys, Term size) {
  unsigned loops = last() + 2;
  auto d = [&](unsigned i) { return e.b.getAffineDimExpr(i); };
  SmallVector<AffineExpr> out, of;
  for (unsigned i : llvm::seq(last()))
    of.push_back(d(i));
  out = of;
  out.push_back(d(last()));
  of.push_back(d(last() + 1));
  SmallVector<AffineExpr> by{d(0), d(1), d(last() + 1), d(last())};
  if (rightIsKeys)
    std::swap(by[2], by[3]);
  Term zero = e.filled(rowsOf(size), e.constant(sum, 0));
  return e.structured(
      {left, right}, {read(loops, of), read(loops, by), read(loops, out)}, zero,
      [&](Terms x) { return x[2] + e.cast(x[0], sum) * e.cast(x[1], sum); });
}

// softcap(scale x) + mask, or the hidden score where the key is not seen.
Value Split::visibleScores(Value products) {
  unsigned t = last() - 1, s = last();
  SmallVector<Value> inputs{products};
  SmallVector<AffineMap> maps{perElement()};
  auto add = [&](Value x, ArrayRef<AffineExpr> at) {
    inputs.push_back(x);
    maps.push_back(read(last() + 1, at));
  };
  bool isBits = false;
  if (Value mask = op.getMask()) {
    isBits = elementType(mask).isInteger(1);
    // No vector of bits can be loaded, and the mask is smaller than the scores.
    if (isBits)
      mask = e.castElements(e.wrap(mask), sum, /*isSigned=*/false);
    Terms sizes = e.dims(op.getQuery());
    sizes.back() = keys;
    Aligned aligned = align(e, mask, sizes);
    SmallVector<AffineExpr> at;
    for (AffineExpr place : aligned.places) {
      auto dim = dyn_cast<AffineDimExpr>(place);
      unsigned axis = dim ? dim.getPosition() : 0;
      at.push_back(dim && axis > 1
                       ? e.b.getAffineDimExpr(axis + heads.size() - 1)
                       : place);
      if (dim && axis == 1 && heads.size() == 2) {
        aligned.value = splitHeads(aligned.value, at.size() - 1);
        at.push_back(e.b.getAffineDimExpr(2));
      }
    }
    add(aligned.value, at);
  }
  for (Value numbers : {Value(op.getOffset()), Value(op.getLengths())}) {
    SmallVector<AffineExpr> batch{e.b.getAffineDimExpr(0)};
    if (numbers)
      add(numbers, ArrayRef(batch).take_front(rankOf(numbers)));
  }
  maps.push_back(perElement());
  bool hasPlaces = op.getCausal() || op.getLeft() >= 0 || op.getRight() >= 0 ||
                   op.getLengths();
  Term init = e.empty(rowsOf(keys), sum);
  return e.structured(inputs, maps, init, [&](Terms elements) {
    Term *next = elements.begin();
    Term x = *next++ * op.getScale();
    if (double cap = op.getSoftcap(); cap > 0)
      x = e.wrap(math::TanhOp::create(e.b, e.loc, x / cap)) * cap;
    Term visible = e.boolean(true);
    if (op.getMask() && isBits)
      visible = *next++ != 0;
    else if (op.getMask())
      x = x + e.cast(*next++, sum);
    Term offset, length;
    if (op.getOffset())
      offset = e.toIndex(*next++);
    if (op.getLengths())
      length = e.toIndex(*next++);
    auto place = [&](unsigned loop) {
      return e.wrap(linalg::IndexOp::create(e.b, e.loc, loop));
    };
    if (hasPlaces)
      visible = visible & seesKey(e, op, place(t), place(s), offset, length);
    return select(visible, x, hiddenScore(e, op, sum));
  });
}

// [B, heads, T, S]
Value Split::scores() {
  Value query = splitHeads(op.getQuery(), 1);
  return visibleScores(product(query, op.getKey(), /*rightIsKeys=*/true, keys));
}

// NaN only where both are.
static Term greater(Term a, Term b) {
  return a.emit->wrap(
      arith::MaxNumFOp::create(a.emit->b, a.emit->loc, a.value, b.value));
}

// attention(q, k, v):
//   x = visible(scale q k), top = max_s x, w = e^(x - top)
//   result = (sum_s w v) / (sum_s w)
static LogicalResult split(AttentionOp op, PatternRewriter &rewriter) {
  int64_t heads = staticSize(op.getQuery(), 1);
  int64_t groups = staticSize(op.getKey(), 1);
  if (ShapedType::isDynamic(heads) || ShapedType::isDynamic(groups))
    return rewriter.notifyMatchFailure(op, "its heads are not counted");
  if (groups == 0 || heads == 0)
    return rewriter.notifyMatchFailure(op, "it has no heads");
  // Rows of one product. A product packs its right operand first: by one row of
  // 512 keys of 64 this is 1.7 times as slow as plain loops, by two 1.3 times,
  // by four as fast, by eight 1.4 times as fast.
  constexpr int64_t worthIt = 4;
  int64_t length = staticSize(op.getQuery(), 2);
  if (!ShapedType::isDynamic(length) && length * (heads / groups) < worthIt)
    return rewriter.notifyMatchFailure(op, "few queries read each key");
  Emit e(rewriter, op.getLoc());
  requireFits(e, op);
  Split split(e, op, groups, heads / groups);
  Type sum = split.sum;
  AffineMap row = split.perRow(), element = split.perElement();
  AffineMap same = e.b.getMultiDimIdentityMap(split.rows.size());

  Value x = split.scores();
  Value top =
      e.structured(x, {element, row}, e.filled(split.rows, e.lowest(sum)),
                   [](Terms in) { return greater(in[1], in[0]); });
  Value sinks;
  SmallVector<AffineExpr> ofHead;
  for (unsigned i : llvm::seq(split.heads.size()))
    ofHead.push_back(e.b.getAffineDimExpr(1 + i));
  AffineMap head = split.read(split.rows.size(), ofHead);
  Term perRow = e.empty(split.rows, sum);
  if (op.getSinks()) {
    sinks = split.splitHeads(op.getSinks(), 0);
    top = e.structured({top, sinks}, {same, head, same}, perRow, [&](Terms in) {
      return greater(in[0], e.cast(in[1], sum));
    });
  }
  // A row that sees nothing is -infinity everywhere, which must not meet
  // itself.
  auto above = [&](Term most) {
    return op.getHidden() ? most
                          : select(most == e.lowest(sum), most.like(0), most);
  };
  Value weights = e.structured(
      {x, top}, {element, row, element}, e.empty(split.rowsOf(split.keys), sum),
      [&](Terms in) { return exp(in[0] - above(in[1])); });
  Value total = e.structured(weights, {element, row},
                             e.filled(split.rows, e.constant(sum, 0)),
                             [](Terms in) { return in[1] + in[0]; });
  if (sinks)
    total = e.structured(
        {total, top, sinks}, {same, same, head, same}, perRow, [&](Terms in) {
          return in[0] + exp(e.cast(in[2], sum) - above(in[1]));
        });
  Value mixed =
      split.product(weights, op.getValue(), /*rightIsKeys=*/false, split.width);
  Type type = elementType(op.getQuery());
  Value result =
      e.structured({mixed, total}, {element, row, element},
                   e.empty(split.rowsOf(split.width), type), [&](Terms in) {
                     Term divisor = select(in[1] == 0, in[1].like(1), in[1]);
                     return e.cast(in[0] / divisor, type);
                   });
  if (split.heads.size() == 2)
    result = mergeAxes(e, result, 1);
  rewriter.replaceOp(op, castTo(e, result, op.getType()));
  return success();
}

namespace {
struct SplitAttention : niello::impl::SplitAttentionBase<SplitAttention> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add(split);
    KeepNames names(getOperation());
    Reasons reasons(getOperation(), getArgument(), names);
    applyToEach<AttentionOp>(getOperation(), std::move(patterns),
                             reasons.listener());
  }
};
} // namespace
