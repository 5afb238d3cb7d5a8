// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calls the C library for the mathematical functions that LLVM does not know.

#include "passes/lower/Passes.h"

#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/DialectConversion.h"

namespace niello {
#define GEN_PASS_DEF_LOWERMATH
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

// LLVM has an intrinsic for most functions and calls the library for it. These
// have none, or one that MLIR expands with a loss: expm1(x) = exp(x) - 1.
static LogicalResult useLibrary(ModuleOp module) {
  RewritePatternSet patterns(module.getContext());
  populateMathToLibmConversionPatterns(patterns);
  ConversionTarget target(*module.getContext());
  target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
  target
      .addIllegalOp<math::AcoshOp, math::AsinhOp, math::AtanhOp, math::CbrtOp,
                    math::ErfcOp, math::ErfOp, math::ExpM1Op, math::Log1pOp>();
  return applyPartialConversion(module, target, std::move(patterns));
}

namespace {
struct LowerMath : niello::impl::LowerMathBase<LowerMath> {
  void runOnOperation() override {
    if (failed(useLibrary(getOperation())))
      return signalPassFailure();
  }
};
} // namespace
