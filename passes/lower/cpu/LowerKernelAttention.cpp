// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Replaces the operations of an attention over memrefs by one loop nest over
// blocks of scores (Attention.h).

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/lower/cpu/Attention.h"
#include "passes/lower/cpu/Passes.h"

using namespace mlir;

namespace niello {
#define GEN_PASS_DEF_LOWERKERNELATTENTION
#include "passes/lower/cpu/Passes.h.inc"

namespace {

// q k, masks, weights, w v, quotient -> the loop nest of Attention.h
struct LowerAttention : OpRewritePattern<linalg::GenericOp> {
  LowerKernelAttentionOptions options;

  LowerAttention(MLIRContext *context, LowerKernelAttentionOptions options)
      : OpRewritePattern(context), options(options) {}

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    auto kind = op->getParentOfType<func::FuncOp>()->getAttrOfType<StringAttr>(
        "kernel.kind");
    if (!kind || kind != "attention")
      return rewriter.notifyMatchFailure(op, "its kernel is no attention");
    if (!op.hasPureBufferSemantics())
      return rewriter.notifyMatchFailure(op, "it is not on memrefs");
    AttentionChain chain;
    if (StringRef reason = matchAttention(op, chain); !reason.empty())
      return rewriter.notifyMatchFailure(op, reason);
    auto ops = chain.ops();
    SmallVector<Value> between;
    for (Operation *part : llvm::drop_end(ops)) {
      between.push_back(
          AttentionChain::resultOf(cast<linalg::GenericOp>(part)));
      if (!between.back().getDefiningOp<memref::AllocOp>())
        return rewriter.notifyMatchFailure(part, "others see its buffer");
    }

    int64_t lanes = options.vectorBits / 32;
    AttentionTile tile = chooseAttentionTile(chain, lanes, options.registers);
    // The plan has the last word.
    auto planned =
        op->getParentOfType<func::FuncOp>()->getAttrOfType<DenseI64ArrayAttr>(
            "kernel.tiles");
    if (planned && planned.size() == 2 && planned[0] >= lanes &&
        planned[0] <= 4 * lanes && planned[1] > 0) {
      tile.vectors = planned[0] / lanes;
      tile.keys = planned[1];
      tile.rows = std::gcd(tile.rows, tile.keys);
    }
    rewriter.setInsertionPoint(chain.quotient);
    AttentionEmitter emitter(rewriter, op.getLoc(), chain, tile, options.fma);
    emitter.emit();
    for (Operation *part : llvm::reverse(ops))
      rewriter.eraseOp(part);
    // What filled the buffers between them.
    for (Value buffer : between)
      for (Operation *user : llvm::make_early_inc_range(buffer.getUsers()))
        if (isa<linalg::LinalgOp>(user))
          rewriter.eraseOp(user);
    return success();
  }
};

struct LowerKernelAttention
    : impl::LowerKernelAttentionBase<LowerKernelAttention> {
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerAttention>(
        &getContext(), LowerKernelAttentionOptions{vectorBits, registers, fma});
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
  }
};

} // namespace
} // namespace niello
