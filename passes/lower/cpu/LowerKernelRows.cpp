// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns a kernel of rows, or a map, into loops that take a row at a time (see
// Rows.h).

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/lower/cpu/Passes.h"
#include "passes/lower/cpu/Rows.h"

using namespace mlir;

namespace niello {
#define GEN_PASS_DEF_LOWERKERNELROWS
#include "passes/lower/cpu/Passes.h.inc"

namespace {

// The number of row loops of a kernel function: the plan says it for rows; a
// map is its own row as far as its operands are dense.
std::optional<unsigned> countRows(func::FuncOp function) {
  if (auto rows = function->getAttrOfType<IntegerAttr>("kernel.rows"))
    return rows.getInt();
  auto kind = function->getAttrOfType<StringAttr>("kernel.kind");
  if (kind && (kind == "map" || kind == "move"))
    return 0;
  return std::nullopt;
}

struct LowerRows : OpRewritePattern<func::FuncOp> {
  int64_t lanes;

  LowerRows(MLIRContext *context, int64_t lanes)
      : OpRewritePattern(context), lanes(lanes) {}

  LogicalResult matchAndRewrite(func::FuncOp function,
                                PatternRewriter &rewriter) const override {
    auto rows = countRows(function);
    if (!rows)
      return rewriter.notifyMatchFailure(function, "it is no kernel of rows");
    SmallVector<linalg::GenericOp> ops;
    for (Operation &op : function.getBody().front()) {
      if (auto generic = dyn_cast<linalg::GenericOp>(op))
        ops.push_back(generic);
      else if (!isa<linalg::FillOp, memref::AllocOp, memref::DeallocOp,
                    memref::DimOp, func::ReturnOp>(op) &&
               !isPure(&op))
        return rewriter.notifyMatchFailure(
            &op, "it has an effect that rows would reorder");
    }
    if (ops.empty())
      return rewriter.notifyMatchFailure(function, "nothing is left in it");
    RowEmitter emitter(rewriter, function.getLoc(), *rows, lanes);
    if (StringRef reason = emitter.plan(ops); !reason.empty())
      return rewriter.notifyMatchFailure(function, reason);
    rewriter.setInsertionPoint(ops.back());
    emitter.emit();
    for (RowStep &step : llvm::reverse(emitter.steps)) {
      rewriter.eraseOp(step.op);
      for (Operation *fill : step.fills)
        rewriter.eraseOp(fill);
    }
    return success();
  }
};

struct LowerKernelRows : impl::LowerKernelRowsBase<LowerKernelRows> {
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerRows>(&getContext(), vectorBits / 32);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
  }
};

} // namespace
} // namespace niello
