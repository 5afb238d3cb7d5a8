// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Makes integer division safe: by zero it ends the call with a sentence, and
// the smallest number by -1 wraps instead of trapping.

#include "passes/lower/Passes.h"

#include "dialects/model/Model.h"
#include "runtime/include/niello/niello_abi.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

namespace niello {
#define GEN_PASS_DEF_GUARDDIVISION
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

static bool isSigned(Operation *op) {
  return isa<arith::DivSIOp, arith::RemSIOp, arith::FloorDivSIOp,
             arith::CeilDivSIOp>(op);
}

static bool isDivision(Operation *op) {
  return isSigned(op) ||
         isa<arith::DivUIOp, arith::RemUIOp, arith::CeilDivUIOp>(op);
}

// A divisor that is a constant other than 0, and than -1 where that matters.
static bool isHarmless(Operation *op) {
  APInt divisor;
  return matchPattern(op->getOperand(1), m_ConstantInt(&divisor)) &&
         !divisor.isZero() && !(isSigned(op) && divisor.isAllOnes());
}

// " in '/encoder/Div'", the nearest name that the source gave.
static std::string nodeName(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc))
    return " in '" + name.getName().str() + "'";
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      if (std::string found = nodeName(part); !found.empty())
        return found;
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return nodeName(call.getCallee());
  return "";
}

// a / b -> require b != 0; b == -1 ? 0 - a : a / b
// a % b -> require b != 0; b == -1 ? 0 : a % b
static void guard(Operation *op) {
  OpBuilder builder(op);
  Location loc = op->getLoc();
  Value dividend = op->getOperand(0), divisor = op->getOperand(1);
  Type type = divisor.getType();
  auto splat = [&](int64_t value) -> Value {
    Type element = getElementTypeOrSelf(type);
    TypedAttr attribute = builder.getIntegerAttr(element, value);
    if (auto shaped = dyn_cast<ShapedType>(type))
      attribute = DenseElementsAttr::get(shaped, Attribute(attribute));
    return arith::ConstantOp::create(builder, loc, attribute);
  };
  auto compare = [&](arith::CmpIPredicate predicate, Value a,
                     Value b) -> Value {
    return arith::CmpIOp::create(builder, loc, predicate, a, b);
  };

  Value zero = splat(0), one = splat(1);
  Value fits = compare(arith::CmpIPredicate::ne, divisor, zero);
  Value all = fits;
  if (isa<VectorType>(type))
    all = vector::ReductionOp::create(builder, loc, vector::CombiningKind::AND,
                                      fits);
  std::string text = "integer division by zero" + nodeName(loc);
  // Braces of a name would be taken for numbers.
  llvm::replace(text, '{', '(');
  llvm::replace(text, '}', ')');
  model::RequireOp::create(builder, loc, all,
                           builder.getI32IntegerAttr(NIELLO_FAILED_CHECK),
                           builder.getStringAttr(text), ValueRange{});
  Value safe = arith::SelectOp::create(builder, loc, fits, divisor, one);
  if (!isSigned(op)) {
    op->setOperand(1, safe);
    return;
  }
  Value negates = compare(arith::CmpIPredicate::eq, divisor, splat(-1));
  op->setOperand(1, arith::SelectOp::create(builder, loc, negates, one, safe));
  builder.setInsertionPointAfter(op);
  Value exact =
      isa<arith::RemSIOp>(op)
          ? zero
          : arith::SubIOp::create(builder, loc, zero, dividend).getResult();
  auto result =
      arith::SelectOp::create(builder, loc, negates, exact, op->getResult(0));
  op->getResult(0).replaceAllUsesExcept(result, result);
}

namespace {
struct GuardDivision : niello::impl::GuardDivisionBase<GuardDivision> {
  void runOnOperation() override {
    SmallVector<Operation *> divisions;
    getOperation()->walk([&](Operation *op) {
      if (isDivision(op) && !isHarmless(op))
        divisions.push_back(op);
    });
    for (Operation *op : divisions)
      guard(op);
  }
};
} // namespace
