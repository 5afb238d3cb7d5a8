// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Allows a sum in a loop to be taken in several parts, in a fixed order.

#include "passes/lower/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace niello {
#define GEN_PASS_DEF_REASSOCIATESUMS
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

static void allow(Operation *op, arith::FastMathFlags flags) {
  auto interface = dyn_cast_or_null<arith::ArithFastMathInterface>(op);
  if (!interface)
    return;
  flags = flags | interface.getFastMathFlagsAttr().getValue();
  op->setAttr(interface.getFastMathAttrName(),
              arith::FastMathFlagsAttr::get(op->getContext(), flags));
}

// s' = s + a * b, s carried by the loop: the sum may be split, the product
// contracted into it. Nothing is said about NaN, infinities or signed zeros.
static void allowInLoop(scf::ForOp loop) {
  for (auto [sum, next] :
       llvm::zip(loop.getRegionIterArgs(), loop.getYieldedValues())) {
    auto add = next.getDefiningOp<arith::AddFOp>();
    if (!add || !sum.hasOneUse() || !llvm::is_contained(add.getOperands(), sum))
      continue;
    allow(add, arith::FastMathFlags::reassoc | arith::FastMathFlags::contract);
    for (Value operand : add.getOperands())
      if (auto mul = operand.getDefiningOp<arith::MulFOp>())
        allow(mul, arith::FastMathFlags::contract);
  }
}

namespace {
struct ReassociateSums : niello::impl::ReassociateSumsBase<ReassociateSums> {
  void runOnOperation() override { getOperation()->walk(allowInLoop); }
};
} // namespace
