// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises a product of dequantised tensors, as quantisers write it into a
// file (QuantizeLinear -> DequantizeLinear -> MatMul), and takes it in
// integers.

#include "dialects/model/Sizes.h"
#include "passes/raise/Passes.h"
#include "passes/raise/Spelled.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace niello {
#define GEN_PASS_DEF_RAISEQUANTIZEDMATMUL
#include "passes/raise/Passes.h.inc"
} // namespace niello

using namespace niello;
using namespace niello::model;

namespace {
// scale (stored - zero) for every element, then transposed where there is an
// order. Scale and zero point broadcast to what is stored.
struct Dequantized {
  Value stored, scale, zero;
  bool isSigned = true;
  ArrayRef<int64_t> order{};
};
} // namespace

// `x` where x is the widened element of an input; says whether it has a sign.
static BlockArgument widened(Value x, bool &isSigned) {
  Operation *op = x.getDefiningOp();
  if (!op || !isa<arith::ExtSIOp, arith::ExtUIOp>(op))
    return nullptr;
  isSigned = isa<arith::ExtSIOp>(op);
  return dyn_cast<BlockArgument>(op->getOperand(0));
}

// float(ext(x) - ext(z)) * s or float(x) * s, element by element.
static std::optional<Dequantized> dequantizedHere(linalg::GenericOp op) {
  if (!op || op.getNumLoops() != op.getNumParallelLoops() ||
      op.getNumDpsInits() != 1 ||
      !llvm::all_of(op.getIndexingMapsArray(),
                    [](AffineMap map) { return map.isIdentity(); }))
    return std::nullopt;
  Block *body = op.getBody();
  auto product =
      body->getTerminator()->getOperand(0).getDefiningOp<arith::MulFOp>();
  if (!product)
    return std::nullopt;
  auto scale = dyn_cast<BlockArgument>(product.getRhs());
  Operation *number = product.getLhs().getDefiningOp();
  if (!scale || !number || !isa<arith::SIToFPOp, arith::UIToFPOp>(number))
    return std::nullopt;
  auto inputOf = [&](BlockArgument argument) {
    return op.getDpsInputOperand(argument.getArgNumber())->get();
  };
  Dequantized result;
  BlockArgument stored, zero;
  Value integer = number->getOperand(0);
  if (auto difference = integer.getDefiningOp<arith::SubIOp>()) {
    bool isZeroSigned = true;
    stored = widened(difference.getLhs(), result.isSigned);
    zero = widened(difference.getRhs(), isZeroSigned);
    if (!zero || isZeroSigned != result.isSigned)
      return std::nullopt;
  } else {
    stored = dyn_cast<BlockArgument>(integer);
    result.isSigned = isa<arith::SIToFPOp>(number);
  }
  unsigned inputs = op.getNumDpsInputs();
  if (!stored || stored.getArgNumber() >= inputs ||
      scale.getArgNumber() >= inputs || (zero && zero.getArgNumber() >= inputs))
    return std::nullopt;
  result.stored = inputOf(stored);
  result.scale = unstretched(inputOf(scale));
  if (zero)
    result.zero = unstretched(inputOf(zero));
  return result;
}

// The grid with all dimensions of the tensor, transposed with it. Numbers for
// all elements stay as they are.
static Value transposeGrid(Emit &e, Value grid, ArrayRef<int64_t> order) {
  if (!grid || rankOf(grid) == 0)
    return grid;
  auto type = tensorType(grid);
  int64_t rank = order.size(), missing = rank - type.getRank();
  SmallVector<int64_t> shape(missing, 1);
  llvm::append_range(shape, type.getShape());
  if (missing > 0) {
    SmallVector<ReassociationIndices> groups(type.getRank());
    for (int64_t axis : llvm::seq(rank))
      groups[std::max<int64_t>(0, axis - missing)].push_back(axis);
    grid = tensor::ExpandShapeOp::create(
        e.b, e.loc, RankedTensorType::get(shape, type.getElementType()), grid,
        groups);
  }
  Terms sizes;
  for (int64_t from : order)
    sizes.push_back(e.index(shape[from]));
  return linalg::TransposeOp::create(
             e.b, e.loc, grid, e.empty(sizes, type.getElementType()), order)
      ->getResult(0);
}

// Looks through a transpose: a Gemm's weights are stored with their columns
// outside.
static std::optional<Dequantized> dequantizedOf(Value x) {
  auto transpose = x.getDefiningOp<linalg::TransposeOp>();
  if (transpose)
    x = transpose.getInput();
  auto result = dequantizedHere(x.getDefiningOp<linalg::GenericOp>());
  if (result && transpose)
    result->order = transpose.getPermutation();
  return result;
}

// Takes the transpose of what is stored.
static Dequantized transposed(Emit &e, Dequantized x) {
  if (x.order.empty())
    return x;
  Terms from = e.dims(x.stored), sizes;
  for (int64_t axis : x.order)
    sizes.push_back(from[axis]);
  x.stored = linalg::TransposeOp::create(e.b, e.loc, x.stored,
                                         e.empty(sizes, elementType(x.stored)),
                                         x.order)
                 ->getResult(0);
  x.scale = transposeGrid(e, x.scale, x.order);
  x.zero = transposeGrid(e, x.zero, x.order);
  return x;
}

// What is in the way of a sum of integers along dimension `axis`.
static StringRef whyNotAlong(const Dequantized &x, int64_t axis) {
  if (!elementType(x.stored).isInteger(8))
    return "a factor of it is not stored in bytes";
  if (!x.order.empty())
    axis = x.order[axis];
  for (Value grid : {x.scale, x.zero}) {
    if (!grid)
      continue;
    if (!x.order.empty() && !tensorType(grid).hasStaticShape())
      return "the sizes of a scale or a zero point that is transposed are not "
             "known";
    int64_t at = axis - (rankOf(x.stored) - rankOf(grid));
    if (at >= 0 && staticSize(grid, at) != 1)
      return "the scale or the zero point of a factor differs along the sum";
  }
  return "";
}

static bool isOneNumber(Value grid) {
  return llvm::all_of(tensorType(grid).getShape(),
                      [](int64_t size) { return size == 1; });
}

// body(whole, others..) for every element of a tensor, to which the others
// broadcast.
static Value eachElement(Emit &e, Value whole, ArrayRef<Value> others,
                         Emit::Body body) {
  Terms sizes = e.dims(whole);
  SmallVector<Value> values = {whole};
  SmallVector<AffineMap> maps = {e.b.getMultiDimIdentityMap(sizes.size())};
  for (Value input : others) {
    Aligned aligned = align(e, input, sizes);
    values.push_back(aligned.value);
    maps.push_back(
        AffineMap::get(sizes.size(), 0, aligned.places, e.b.getContext()));
  }
  maps.push_back(maps.front());
  return e.structured(values, maps, e.empty(sizes, e.b.getF32Type()), body);
}

// The product of two scales as one tensor, where one of them is one number, so
// that it is not larger than they are.
static std::optional<Value> joinScales(Emit &e, Value left, Value right) {
  if (!isOneNumber(left) && !isOneNumber(right))
    return std::nullopt;
  if (!isOneNumber(right))
    std::swap(left, right);
  // The one number has rank 0, so that it broadcasts to whatever there is.
  while (rankOf(right) > 0)
    right = tensor::CollapseShapeOp::create(
        e.b, e.loc, RankedTensorType::get({}, elementType(right)), right,
        ArrayRef<ReassociationIndices>{});
  return eachElement(e, left, right, [](Terms in) { return in[0] * in[1]; });
}

// The depth up to which no sum of products of bytes passes 2^31.
constexpr int64_t kMostDepth = (int64_t(1) << 31) / (255 * 255);

// matmul(s (a - p), t (b - q)) -> float(matmul(a - p, b - q)) (s t)
static LogicalResult raise(MatmulOp op, PatternRewriter &rewriter) {
  if (!elementType(op.getLhs()).isF32())
    return rewriter.notifyMatchFailure(op, "it is no product of f32");
  auto left = dequantizedOf(op.getLhs()), right = dequantizedOf(op.getRhs());
  if (!left && !right)
    return rewriter.notifyMatchFailure(op, "its factors are not dequantised");
  if (!left || !right)
    return rewriter.notifyMatchFailure(
        op, left ? "its right factor is not dequantised"
                 : "its left factor is not dequantised");
  int64_t leftAxis = rankOf(op.getLhs()) - 1;
  int64_t rightAxis = rankOf(op.getRhs()) - 2;
  for (StringRef why :
       {whyNotAlong(*left, leftAxis), whyNotAlong(*right, rightAxis)})
    if (!why.empty())
      return rewriter.notifyMatchFailure(op, why);
  int64_t depth = staticSize(op.getLhs(), leftAxis);
  if (ShapedType::isDynamic(depth))
    depth = staticSize(op.getRhs(), rightAxis);
  if (ShapedType::isDynamic(depth))
    return rewriter.notifyMatchFailure(
        op, "nobody knows how many products it sums, and i32 could overflow");
  if (depth > kMostDepth)
    return rewriter.notifyMatchFailure(
        op, "it sums " + Twine(depth) + " products, and more than " +
                Twine(kMostDepth) + " could overflow i32");

  Emit e(rewriter, op.getLoc());
  left = transposed(e, *left);
  right = transposed(e, *right);
  Value product = MatmulOp::create(rewriter, op.getLoc(), left->stored,
                                   right->stored, left->zero, right->zero,
                                   left->isSigned, right->isSigned);
  SmallVector<Value> scales = {left->scale, right->scale};
  if (auto joined = joinScales(e, left->scale, right->scale))
    scales = {*joined};
  Value result = eachElement(e, product, scales, [&](Terms in) {
    Term number = e.cast(in[0], e.b.getF32Type());
    for (Term scale : ArrayRef(in).slice(1, scales.size()))
      number = number * scale;
    return number;
  });
  rewriter.replaceOp(op, castTo(e, result, op.getType()));
  return success();
}

namespace {
struct RaiseQuantizedMatmul
    : niello::impl::RaiseQuantizedMatmulBase<RaiseQuantizedMatmul> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add(raise);
    if (failed(raiseAll(getOperation(), getArgument(), std::move(patterns))))
      return signalPassFailure();
  }
};
} // namespace
