// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Turns an expand_shape with several sizes of a group known at run time only
// into a reinterpret_cast; upstream's expansion divides and can do one a group.

#include "passes/lower/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace niello {
#define GEN_PASS_DEF_LOWEREXPANDSHAPE
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

// expand_shape(x) sizes (s...) -> reinterpret_cast(x) sizes (s...) strides of a
// row-major buffer, for a buffer that is one.
static LogicalResult lowerExpandShape(memref::ExpandShapeOp op,
                                      PatternRewriter &rewriter) {
  auto from = cast<MemRefType>(op.getSrc().getType());
  auto to = cast<MemRefType>(op.getResult().getType());
  if (!from.getLayout().isIdentity() || !to.getLayout().isIdentity())
    return rewriter.notifyMatchFailure(op, "the buffer is a strided view");
  bool several = llvm::any_of(op.getReassociationIndices(), [&](auto &group) {
    return llvm::count_if(group, [&](int64_t dim) {
             return to.isDynamicDim(dim);
           }) > 1;
  });
  if (!several)
    return rewriter.notifyMatchFailure(op,
                                       "at most one size a group is dynamic");
  SmallVector<OpFoldResult> sizes = op.getMixedOutputShape();
  SmallVector<OpFoldResult> strides(sizes.size());
  OpFoldResult stride = rewriter.getIndexAttr(1);
  AffineExpr a, b;
  bindSymbols(rewriter.getContext(), a, b);
  for (size_t i = sizes.size(); i-- > 0;) {
    strides[i] = stride;
    stride = affine::makeComposedFoldedAffineApply(
        rewriter, op.getLoc(), a * b, {stride, sizes[i]});
  }
  rewriter.replaceOpWithNewOp<memref::ReinterpretCastOp>(
      op, to, op.getSrc(), rewriter.getIndexAttr(0), sizes, strides);
  return success();
}

namespace {
struct LowerExpandShape
    : niello::impl::LowerExpandShapeBase<LowerExpandShape> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add(lowerExpandShape);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
