// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MLIR's canonical forms and common subexpressions, with a listener that saves
// the names of what goes.

#include "compiler/support/SourceNodes.h"
#include "passes/lower/Passes.h"

#include "mlir/IR/Dominance.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace niello {
#define GEN_PASS_DEF_CLEANUP
#include "passes/lower/Passes.h.inc"

namespace {

struct CleanUp : impl::CleanUpBase<CleanUp> {
  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet all(context);
    for (Dialect *dialect : context->getLoadedDialects())
      dialect->getCanonicalizationPatterns(all);
    for (RegisteredOperationName op : context->getRegisteredOperations())
      op.getCanonicalizationPatterns(all, context);
    // Gives a loop-carried tensor<?xf32> the static size of its first value and
    // casts what each iteration yields to it: undefined for a loop in which the
    // tensor grows, which ONNX's Loop allows.
    const std::string disabled[] = {
        "(anonymous namespace)::ForOpTensorCastFolder"};
    patterns =
        std::make_shared<FrozenRewritePatternSet>(std::move(all), disabled);
    return success();
  }

  void runOnOperation() override {
    KeepNames names(getOperation());
    // Forms that come to no rest are as right as those that do.
    if (failed(
            applyPatternsGreedily(getOperation(), *patterns,
                                  GreedyRewriteConfig().setListener(&names))))
      remark::missed(getOperation()->getLoc(),
                     remark::RemarkOpts::name("rest").category(getArgument()))
          << "its canonical forms came to no rest";
    IRRewriter rewriter(&getContext(), &names);
    eliminateCommonSubExpressions(rewriter, getAnalysis<DominanceInfo>(),
                                  getOperation());
  }

  std::shared_ptr<const FrozenRewritePatternSet> patterns;
};

} // namespace
} // namespace niello
