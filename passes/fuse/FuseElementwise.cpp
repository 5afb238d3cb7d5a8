// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Joins elementwise operations, and folds movement of data into the index maps
// of what reads it, so that neither makes a trip through memory.

#include "compiler/support/Reasons.h"
#include "compiler/support/SourceNodes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/fuse/Generic.h"
#include "passes/fuse/Passes.h"

using namespace mlir;

namespace niello {
#define GEN_PASS_DEF_FUSEELEMENTWISE
#include "passes/fuse/Passes.h.inc"

namespace {

// softmax -> max, exp(x - max), sum, quotient
LogicalResult decomposeSoftmax(linalg::SoftmaxOp op,
                               PatternRewriter &rewriter) {
  auto parts = op.decomposeOperation(rewriter);
  if (failed(parts))
    return rewriter.notifyMatchFailure(op, "it does not decompose");
  rewriter.replaceOp(op, *parts);
  return success();
}

// A named operation -> the generic of the same maps and body. A fill stays: it
// is the start of a sum and belongs to whoever sums.
struct GeneralizeNamed : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (isa<linalg::GenericOp, linalg::FillOp>(op.getOperation()))
      return rewriter.notifyMatchFailure(op, "it is a generic or a fill");
    if (!op.hasPureTensorSemantics())
      return rewriter.notifyMatchFailure(op, "it is not on tensors");
    if (op->getNumRegions() != 1 ||
        op.getBlock()->getNumArguments() !=
            op.getNumDpsInputs() + op.getNumDpsInits())
      return rewriter.notifyMatchFailure(
          op, "its body has not one argument an operand");
    auto generic = linalg::GenericOp::create(
        rewriter, op.getLoc(), op->getResultTypes(), op.getDpsInputs(),
        op.getDpsInits(), op.getIndexingMapsArray(),
        op.getIteratorTypesArray());
    rewriter.inlineRegionBefore(op->getRegion(0), generic.getRegion(),
                                generic.getRegion().begin());
    rewriter.replaceOp(op, generic);
    return success();
  }
};

// generic(expand(x)) -> generic(x), where expand only adds dimensions of size
// one: the map forgets them.
LogicalResult foldUnitReshape(linalg::GenericOp op, PatternRewriter &rewriter) {
  for (OpOperand *input : op.getDpsInputOperands()) {
    auto expand = input->get().getDefiningOp<tensor::ExpandShapeOp>();
    if (!expand)
      continue;
    AffineMap map = op.getMatchingIndexingMap(input);
    SmallVector<AffineExpr> results;
    bool onlyUnits = expand.getSrcType().getRank() > 0;
    for (ReassociationIndices group : expand.getReassociationIndices()) {
      SmallVector<int64_t> kept;
      for (int64_t dim : group)
        if (expand.getResultType().getDimSize(dim) != 1)
          kept.push_back(dim);
      onlyUnits &= kept.size() <= 1;
      results.push_back(map.getResult(kept.empty() ? group[0] : kept[0]));
    }
    if (!onlyUnits)
      continue;
    auto maps = op.getIndexingMapsArray();
    maps[input->getOperandNumber()] =
        AffineMap::get(map.getNumDims(), 0, results, op.getContext());
    // Some other operand must still know the size of every loop.
    if (!inversePermutation(concatAffineMaps(maps, op.getContext())))
      continue;
    rewriter.modifyOpInPlace(op, [&] {
      takeNames(op, expand.getLoc());
      input->set(expand.getSrc());
      op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
    });
    return success();
  }
  return rewriter.notifyMatchFailure(
      op, "no input is a reshape that only adds dimensions of size one");
}

// One scalar for every element.
bool isSplat(linalg::GenericOp op) {
  return op.getNumDpsInputs() == 0 && isElementwise(op) &&
         op.getBody()->getOperations().size() == 1;
}

// contraction(start) -> start + contraction(0): the sum starts in registers and
// the start becomes a stage after it.
LogicalResult splitStart(linalg::GenericOp op, PatternRewriter &rewriter) {
  if (!isContraction(op) || !op.hasPureTensorSemantics())
    return rewriter.notifyMatchFailure(op, "it is no contraction");
  Value start = op.getDpsInits()[0];
  Operation *source = start.getDefiningOp();
  if (!source || isa<linalg::FillOp, tensor::EmptyOp>(source))
    return rewriter.notifyMatchFailure(op, "it starts from a constant");
  AffineMap map = op.getIndexingMapsArray()[2];
  if (!map.isProjectedPermutation())
    return rewriter.notifyMatchFailure(op, "its output is not plainly indexed");
  Location loc = op.getLoc();
  auto type = cast<RankedTensorType>(start.getType());
  auto sizes = tensor::getMixedSizes(rewriter, loc, start);
  Value empty =
      tensor::EmptyOp::create(rewriter, loc, sizes, type.getElementType());
  Value zero = arith::ConstantOp::create(
      rewriter, loc, rewriter.getZeroAttr(type.getElementType()));
  Value filled =
      linalg::FillOp::create(rewriter, loc, zero, empty).getResult(0);
  auto product = cast<linalg::GenericOp>(rewriter.clone(*op));
  product.getDpsInitsMutable()[0].set(filled);
  auto identity = rewriter.getMultiDimIdentityMap(type.getRank());
  SmallVector<AffineMap> maps(3, identity);
  SmallVector<utils::IteratorType> loops(type.getRank(),
                                         utils::IteratorType::parallel);
  rewriter.replaceOpWithNewOp<linalg::GenericOp>(
      op, op->getResultTypes(), ValueRange{product.getResult(0), start}, empty,
      maps, loops, [&](OpBuilder &inner, Location at, ValueRange elements) {
        Value sum =
            isa<FloatType>(type.getElementType())
                ? arith::AddFOp::create(inner, at, elements[0], elements[1])
                      .getResult()
                : arith::AddIOp::create(inner, at, elements[0], elements[1])
                      .getResult();
        linalg::YieldOp::create(inner, at, sum);
      });
  return success();
}

// Makes numbers of bits, which no vector of the consumer could load.
bool widensBits(linalg::GenericOp op) {
  return llvm::any_of(
             op.getDpsInputs(),
             [](Value input) {
               return getElementTypeOrSelf(input.getType()).isInteger(1);
             }) &&
         !getElementTypeOrSelf(op.getResultTypes()[0]).isInteger(1);
}

// dim(empty(.., n, ..)) -> n, so that nothing holds the empty tensor. Its other
// canonicalizations stay out: one makes it static behind a cast, and the
// pattern that empties unread outputs would empty the cast again, for ever.
LogicalResult foldSizeOfEmpty(tensor::DimOp op, PatternRewriter &rewriter) {
  auto empty = op.getSource().getDefiningOp<tensor::EmptyOp>();
  std::optional<int64_t> at = op.getConstantIndex();
  if (!empty || !at || *at < 0 || *at >= empty.getType().getRank() ||
      !empty.getType().isDynamicDim(*at))
    return rewriter.notifyMatchFailure(op, "it is no free size of an empty");
  rewriter.replaceOp(op, empty.getDynamicSize(*at));
  return success();
}

// dim(generic outs(x)) -> dim(x), so that asking for a size is no reader.
LogicalResult foldSizeOfResult(tensor::DimOp op, PatternRewriter &rewriter) {
  auto generic = op.getSource().getDefiningOp<linalg::GenericOp>();
  if (!generic)
    return rewriter.notifyMatchFailure(op, "it is no size of a generic");
  OpOperand *init = generic.getTiedOpOperand(cast<OpResult>(op.getSource()));
  rewriter.modifyOpInPlace(op,
                           [&] { op.getSourceMutable().assign(init->get()); });
  return success();
}

// Why the producer of `operand` should not move into its consumer; empty where
// it should.
StringRef whyNotFuse(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  if (!producer || !consumer || producer->getBlock() != consumer->getBlock())
    return "it is not of the same block";
  constexpr unsigned mostOperands = 16;
  constexpr int64_t mostWork = 400;
  if (producer->getNumOperands() + consumer->getNumOperands() > mostOperands)
    return "both have more than 16 operands";
  // Reading elsewhere costs nothing; a contraction's packing hides it.
  if (isMovement(producer) || isSplat(producer))
    return "";
  if (!producer->hasOneUse())
    return "something else reads it too";
  // A contraction reads each element many times: it wants the value, and the
  // producer is better off behind what made its own operands.
  if (isContraction(consumer))
    return "a product would compute it once for each element it meets";
  if (!isElementwise(consumer)) {
    if (!consumer.getMatchingIndexingMap(operand).isPermutation())
      return "a reduction would compute it more than once";
    for (Value input : producer.getDpsInputs())
      if (auto root = input.getDefiningOp<linalg::GenericOp>())
        if (isContraction(root) && root->hasOneUse())
          return "it belongs to the product that it reads";
  } else if (!consumer.getMatchingIndexingMap(operand).isPermutation()) {
    // A broadcast would compute the same element again and again.
    return workPerElement(producer) <= 2 && !widensBits(producer)
               ? ""
               : "a broadcast would compute it again and again";
  }
  return workPerElement(producer) + workPerElement(consumer) <= mostWork
             ? ""
             : "both have more than 400 operations an element";
}

// The pattern fuses what this says and gives the result its consumer's
// location, so that is where the producer's names have to be.
bool shouldFuse(OpOperand *operand, Reasons &reasons) {
  Operation *consumer = operand->getOwner();
  Operation *producer = operand->get().getDefiningOp();
  if (!producer)
    return false;
  StringRef why = whyNotFuse(operand);
  const void *key = operand->get().getAsOpaquePointer();
  if (!why.empty()) {
    reasons.note(consumer, key,
                 "does not take in '" + firstNodeIn(producer->getLoc()) +
                     "': " + why);
    return false;
  }
  takeNames(consumer, producer->getLoc());
  return true;
}

struct FuseElementwise : impl::FuseElementwiseBase<FuseElementwise> {
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet generalize(&getContext());
    generalize.add(decomposeSoftmax);
    generalize.add<GeneralizeNamed>(&getContext());
    KeepNames names(getOperation());
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(generalize),
                                  GreedyRewriteConfig().setListener(&names))))
      return signalPassFailure();

    RewritePatternSet fuse(&getContext());
    fuse.add(foldUnitReshape);
    fuse.add(splitStart);
    // transpose and reshape change places where they can, so that the transpose
    // reaches who reads it: heads that are split or joined beside it.
    linalg::populateFoldReshapeOpsByExpansionPatterns(
        fuse, [](OpOperand *operand) {
          auto isTranspose = [](Operation *op) {
            auto generic = dyn_cast_or_null<linalg::GenericOp>(op);
            return generic && generic.getNumDpsInputs() == 1 &&
                   isMovement(generic) && generic->hasOneUse() &&
                   llvm::all_of(
                       generic.getIndexingMapsArray(),
                       [](AffineMap map) { return map.isPermutation(); });
          };
          return isTranspose(operand->get().getDefiningOp()) ||
                 (isTranspose(operand->getOwner()) &&
                  operand->get().getDefiningOp<tensor::CollapseShapeOp>());
        });
    // The folds below apply to little and stop at most: no news.
    Reasons reasons(getOperation(), getArgument(), names,
                    /*hearsPatterns=*/false);
    linalg::populateElementwiseOpsFusionPatterns(
        fuse, [&](OpOperand *operand) { return shouldFuse(operand, reasons); });
    linalg::populateEraseUnusedOperandsAndResultsPatterns(fuse);
    fuse.add(foldSizeOfEmpty);
    fuse.add(foldSizeOfResult);
    // A chain of producers goes into its consumer one at a time, and a sweep
    // may come to rest before its end. Each further sweep has made an operation
    // fewer, so there are at most as many sweeps as operations.
    int64_t operations = 0;
    getOperation()->walk([&](Operation *) { ++operations; });
    GreedyRewriteConfig sweeps;
    sweeps.setMaxIterations(operations).setListener(reasons.listener());
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(fuse), sweeps))) {
      getOperation()->emitError("elementwise fusion found no end");
      return signalPassFailure();
    }
  }
};

} // namespace
} // namespace niello
