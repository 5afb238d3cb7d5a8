// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes the tensor ops that have no buffer form in terms of those that have.

#include "passes/lower/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
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

namespace {
struct DecomposeTensors : niello::impl::DecomposeTensorsBase<DecomposeTensors> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add(decomposeSoftmax);
    patterns.add<linalg::DecomposePadOpPattern>(&getContext());
    linalg::populateDecomposePackUnpackPatterns(patterns);
    tensor::populateDecomposeTensorConcatPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
  }
};
} // namespace
