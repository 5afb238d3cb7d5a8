// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes the tensor ops that have no buffer form in terms of those that have.

#include "passes/lower/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace niello {
#define GEN_PASS_DEF_DECOMPOSETENSORS
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

// softmax(x) -> exp(x - max(x)) / sum(exp(x - max(x)))
static LogicalResult decomposeSoftmax(linalg::SoftmaxOp op,
                                      PatternRewriter &rewriter) {
  if (!op.hasPureTensorSemantics())
    return rewriter.notifyMatchFailure(op, "softmax is on buffers already");
  FailureOr<SmallVector<Value>> values = op.decomposeOperation(rewriter);
  if (failed(values))
    return rewriter.notifyMatchFailure(op, "softmax does not decompose");
  rewriter.replaceOp(op, *values);
  return success();
}

// expand_shape(x) -> reshape(x, shape), where one dimension becomes several of
// run-time size: expand-strided-metadata crashes on such an expand_shape.
static LogicalResult expandByShape(tensor::ExpandShapeOp op,
                                   PatternRewriter &rewriter) {
  auto isFree = [&](int64_t i) { return op.getResultType().isDynamicDim(i); };
  if (llvm::none_of(op.getReassociationIndices(), [&](auto &group) {
        return llvm::count_if(group, isFree) > 1;
      }))
    return rewriter.notifyMatchFailure(op, "no group has two run-time sizes");
  SmallVector<Value> sizes = getValueOrCreateConstantIndexOp(
      rewriter, op.getLoc(), op.getMixedOutputShape());
  Value shape =
      tensor::FromElementsOp::create(rewriter, op.getLoc(), sizes);
  rewriter.replaceOpWithNewOp<tensor::ReshapeOp>(op, op.getResultType(),
                                                 op.getSrc(), shape);
  return success();
}

namespace {
struct DecomposeTensors : niello::impl::DecomposeTensorsBase<DecomposeTensors> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add(decomposeSoftmax);
    patterns.add(expandByShape);
    patterns.add<linalg::DecomposePadOpPattern>(&getContext());
    linalg::populateDecomposePackUnpackPatterns(patterns);
    tensor::populateDecomposeTensorConcatPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
  }
};
} // namespace
