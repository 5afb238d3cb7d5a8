// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes model ops out in upstream ops by each op's own plain lowering: the
// oracle's path, which every fast lowering is compared with.

#include "passes/lower/Passes.h"

#include "dialects/model/Model.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace niello {
#define GEN_PASS_DEF_LOWERMODELTOLINALG
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;
using namespace niello::model;

// op -> its plain lowering, cast where that knows other sizes than the type.
static LogicalResult lower(PlainLoweringInterface op) {
  OpBuilder builder(op);
  FailureOr<SmallVector<Value>> values = op.lowerPlain(builder);
  if (failed(values))
    return failure();
  for (auto [result, value] : llvm::zip_equal(op->getResults(), *values)) {
    if (value.getType() != result.getType())
      value =
          tensor::CastOp::create(builder, op.getLoc(), result.getType(), value);
    result.replaceAllUsesWith(value);
  }
  op->erase();
  return success();
}

namespace {
struct LowerModelToLinalg
    : niello::impl::LowerModelToLinalgBase<LowerModelToLinalg> {
  void runOnOperation() override {
    // In order, so that sizes are taken from what is lowered already.
    SmallVector<PlainLoweringInterface> ops;
    getOperation()->walk([&](PlainLoweringInterface op) { ops.push_back(op); });
    for (PlainLoweringInterface op : ops)
      if (failed(lower(op)))
        return signalPassFailure();
  }
};
} // namespace
