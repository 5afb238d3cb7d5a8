// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Takes the zero points out of products of bytes.
//
// Sums and products wrap at 32 bits on both sides, so they are equal bit for
// bit; Jacob et al., "Quantization and Training of Neural Networks for
// Efficient Integer-Arithmetic-Only Inference", 2.3, has the same sums.

#include "passes/compose/Passes.h"

#include "compiler/support/Reasons.h"
#include "compiler/support/SourceNodes.h"
#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace niello {
#define GEN_PASS_DEF_SPLITZEROPOINTS
#include "passes/compose/Passes.h.inc"
} // namespace niello

using namespace niello;
using namespace niello::model;

namespace {

// A zero point, `offset` added: one number, or a tensor of bytes.
struct Zero {
  std::optional<int64_t> number;
  Value tensor;
  bool isSigned = true;
  int64_t offset = 0;

  bool isNothing() const { return number && *number == 0; }
};

// lhs [batch.., m, k] without a sign, rhs [batch.., k, n] with one.
struct Factors {
  Value lhs, rhs;
  Zero lhsZero, rhsZero;
};

} // namespace

static Zero readZero(Value tensor, bool isSigned, bool flips) {
  Zero zero;
  zero.isSigned = isSigned;
  zero.offset = flips ? (isSigned ? 128 : -128) : 0;
  DenseIntElementsAttr constant;
  if (!tensor)
    zero.number = zero.offset;
  else if (matchPattern(tensor, m_Constant(&constant)) && constant.isSplat()) {
    APInt number = constant.getSplatValue<APInt>();
    zero.number = zero.offset + (isSigned ? number.getSExtValue()
                                          : int64_t(number.getZExtValue()));
  } else {
    zero.tensor = tensor;
  }
  return zero;
}

// The numbers that are signed bytes as bytes without a sign, 128 higher, or the
// other way round: the highest bit says the opposite.
static Value flipSign(Emit &e, Value x) {
  AffineMap same = e.b.getMultiDimIdentityMap(rankOf(x));
  return e.structured(
      x, {same, same}, e.empty(e.dims(x), e.b.getI8Type()), [&](Terms in) {
        Value bit = e.integer(e.b.getI8Type(), -128);
        return e.wrap(arith::XOrIOp::create(e.b, e.loc, in[0], bit));
      });
}

// Whether a zero point is one number along dimension `axis` of its operand.
static bool isSameAlong(Value zero, Value operand, int64_t axis) {
  int64_t at = axis - (rankOf(operand) - rankOf(zero));
  return at < 0 || staticSize(zero, at) == 1;
}

namespace {

// Builds one product and what corrects it.
struct Split {
  Emit &e;
  MatmulOp op;
  Factors in;
  Terms sizes; // of the result: batch.., m, n
  int64_t batches;

  Type sum() { return e.b.getI32Type(); }
  Term wide(Term byte, bool isSigned) { return e.cast(byte, sum(), isSigned); }
  Term valueOf(const Zero &zero, Term element) {
    return wide(element, zero.isSigned) + e.integer(sum(), zero.offset);
  }

  Terms alongColumns();
  Value sumsOf(Value operand, int64_t kept, int64_t summed, bool isSigned);
  Value columnFactors(Term depth);
  Value correct(Value product, Value columns, Value rows);
};

} // namespace

// The sums of an operand over its dimension `summed`, where `kept` is the
// other one of the matrix.
Value Split::sumsOf(Value operand, int64_t kept, int64_t summed,
                    bool isSigned) {
  int64_t rank = rankOf(operand);
  SmallVector<AffineExpr> out;
  for (int64_t axis : llvm::seq(rank))
    if (axis != summed)
      out.push_back(e.b.getAffineDimExpr(axis));
  Terms all = e.dims(operand), left;
  for (int64_t axis : llvm::seq(rank))
    if (axis != summed)
      left.push_back(all[axis]);
  return e.structured(operand,
                      {e.b.getMultiDimIdentityMap(rank),
                       AffineMap::get(rank, 0, out, op.getContext())},
                      e.filled(left, e.integer(sum(), 0)), [&](Terms elements) {
                        return elements[1] + wide(elements[0], isSigned);
                      });
}

// [batch.., n]: the sums of rhs - rhs_zero along k, times the zero point of
// lhs where that is one known number. They depend on weights alone where the
// right factor is one.
Value Split::columnFactors(Term depth) {
  int64_t rank = rankOf(in.rhs);
  Value sums = sumsOf(in.rhs, rank - 1, rank - 2, /*isSigned=*/true);
  int64_t factor = in.lhsZero.number.value_or(1);
  if (factor == 1 && in.rhsZero.isNothing())
    return sums;
  // As [batch.., 1, n], without the 1.
  Terms shape = e.dims(in.rhs);
  shape.erase(shape.end() - 2);
  AffineMap same = e.b.getMultiDimIdentityMap(rank - 1);
  SmallVector<Value> inputs = {sums};
  SmallVector<AffineMap> maps = {same};
  if (in.rhsZero.tensor) {
    Terms stretched = e.dims(in.rhs);
    stretched[rank - 2] = e.index(1);
    Aligned zero = align(e, in.rhsZero.tensor, stretched);
    SmallVector<AffineExpr> loops, places;
    for (int64_t axis : llvm::seq(rank))
      loops.push_back(axis == rank - 2
                          ? e.b.getAffineConstantExpr(0)
                          : e.b.getAffineDimExpr(axis - (axis > rank - 2)));
    for (AffineExpr place : zero.places)
      places.push_back(place.replaceDims(loops));
    inputs.push_back(zero.value);
    maps.push_back(AffineMap::get(rank - 1, 0, places, op.getContext()));
  }
  maps.push_back(same);
  return e.structured(inputs, maps, e.empty(shape, sum()), [&](Terms elements) {
    Term zero = in.rhsZero.tensor ? valueOf(in.rhsZero, elements[1])
                                  : e.integer(sum(), *in.rhsZero.number);
    Term rest = elements[0] - zero * e.cast(depth, sum());
    return rest * e.integer(sum(), factor);
  });
}

// product - lhs_zero columns - rhs_zero rows
Value Split::correct(Value product, Value columns, Value rows) {
  int64_t rank = sizes.size();
  AffineMap same = e.b.getMultiDimIdentityMap(rank);
  SmallVector<Value> inputs = {product};
  SmallVector<AffineMap> maps = {same};
  // `operand` as [.., 1 in `missing`, ..] or with all dimensions.
  auto add = [&](Value operand, std::optional<int64_t> missing) {
    Terms shape = sizes;
    if (missing)
      shape.erase(shape.begin() + *missing);
    Aligned aligned = align(e, operand, shape);
    SmallVector<AffineExpr> loops, places;
    for (int64_t axis : llvm::seq(rank))
      if (axis != missing)
        loops.push_back(e.b.getAffineDimExpr(axis));
    for (AffineExpr place : aligned.places)
      places.push_back(place.replaceDims(loops));
    inputs.push_back(aligned.value);
    maps.push_back(AffineMap::get(rank, 0, places, op.getContext()));
    return inputs.size() - 1;
  };
  unsigned column = 0, row = 0, left = 0, right = 0;
  if (columns)
    column = add(columns, rank - 2);
  if (columns && in.lhsZero.tensor)
    left = add(in.lhsZero.tensor, std::nullopt);
  if (rows)
    row = add(rows, rank - 1);
  if (rows && in.rhsZero.tensor)
    right = add(in.rhsZero.tensor, std::nullopt);
  maps.push_back(same);
  return e.structured(inputs, maps, e.empty(sizes, sum()), [&](Terms elements) {
    Term result = elements[0];
    if (left)
      result = result - valueOf(in.lhsZero, elements[left]) * elements[column];
    else if (column)
      result = result - elements[column];
    if (right)
      result = result - valueOf(in.rhsZero, elements[right]) * elements[row];
    else if (row)
      result = result - e.integer(sum(), *in.rhsZero.number) * elements[row];
    return result;
  });
}

// sum_k (a - p) (b - q)
//   -> sum_k a b - p (sum_k b - K q) - q sum_k a,  a in u8, b in s8
static LogicalResult split(MatmulOp op, PatternRewriter &rewriter) {
  if (!elementType(op.getLhs()).isInteger(8) ||
      !elementType(op.getRhs()).isInteger(8))
    return rewriter.notifyMatchFailure(op, "its factors are not bytes");
  int64_t lhsRank = rankOf(op.getLhs()), rhsRank = rankOf(op.getRhs());
  for (auto [zero, operand, axis] :
       {std::tuple<Value, Value, int64_t>(op.getLhsZero(), op.getLhs(),
                                          lhsRank - 1),
        std::tuple<Value, Value, int64_t>(op.getRhsZero(), op.getRhs(),
                                          rhsRank - 2)})
    if (zero && !isSameAlong(zero, operand, axis))
      return rewriter.notifyMatchFailure(
          op, "a zero point of it differs along the sum");
  bool flipsLhs = op.getSignedLhs(), flipsRhs = !op.getSignedRhs();
  if (!flipsLhs && !flipsRhs && !op.getLhsZero() && !op.getRhsZero())
    return rewriter.notifyMatchFailure(op, "it has no zero points");

  Emit e(rewriter, op.getLoc());
  Factors in{op.getLhs(), op.getRhs(),
             readZero(op.getLhsZero(), op.getSignedLhs(), flipsLhs),
             readZero(op.getRhsZero(), op.getSignedRhs(), flipsRhs)};
  Term depth = e.dim(op.getLhs(), lhsRank - 1);
  Terms sizes = resultSizes(e, op);
  if (flipsLhs)
    in.lhs = flipSign(e, in.lhs);
  if (flipsRhs)
    in.rhs = flipSign(e, in.rhs);
  Split split{e, op, in, sizes, int64_t(sizes.size()) - 2};
  Value product = MatmulOp::create(rewriter, op.getLoc(), in.lhs, in.rhs,
                                   Value(), Value(), /*signed_lhs=*/false,
                                   /*signed_rhs=*/true);
  Value columns, rows;
  if (!in.lhsZero.isNothing())
    columns = split.columnFactors(depth);
  if (!in.rhsZero.isNothing())
    rows = split.sumsOf(in.lhs, lhsRank - 2, lhsRank - 1, /*isSigned=*/false);
  Value result =
      columns || rows ? split.correct(product, columns, rows) : product;
  rewriter.replaceOp(op, castTo(e, result, op.getType()));
  return success();
}

namespace {
struct SplitZeroPoints : niello::impl::SplitZeroPointsBase<SplitZeroPoints> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add(split);
    KeepNames names(getOperation());
    Reasons reasons(getOperation(), getArgument(), names);
    GreedyRewriteConfig config;
    config.enableFolding(false).enableConstantCSE(false).setListener(
        reasons.listener());
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      return signalPassFailure();
  }
};
} // namespace
