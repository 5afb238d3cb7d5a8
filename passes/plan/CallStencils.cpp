// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes model ops calls of stencils that Halide compiled with Niello, where
// there is one; Stencils.h names the families.

#include "passes/plan/Stencils.h"

#include "compiler/support/Reasons.h"
#include "compiler/support/SourceNodes.h"
#include "passes/plan/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace niello {
#define GEN_PASS_DEF_CALLSTENCILS
#include "passes/plan/Passes.h.inc"

namespace {
struct CallStencils : impl::CallStencilsBase<CallStencils> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add(callGridSample).add(callPool).add(callResize);
    patterns.add(callRoiAlign);
    KeepNames names(getOperation());
    Reasons reasons(getOperation(), getArgument(), names);
    if (failed(applyPatternsGreedily(
            getOperation(), std::move(patterns),
            GreedyRewriteConfig().setListener(reasons.listener()))))
      return signalPassFailure();
  }
};
} // namespace
} // namespace niello
