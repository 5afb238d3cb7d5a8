// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns what an entry still computes itself, fills and copies that came with
// its buffers, into functions beside the kernels.

#include "compiler/support/SourceNodes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"
#include "passes/plan/Outliner.h"
#include "passes/plan/Passes.h"

using namespace mlir;

namespace niello {
#define GEN_PASS_DEF_OUTLINELOOPS
#include "passes/plan/Passes.h.inc"

namespace {

// Loops over more elements than LLVM unrolls well where they stand.
bool isLarge(Operation *op) {
  constexpr int64_t few = 64;
  return llvm::any_of(op->getOperandTypes(), [](Type type) {
    auto buffer = dyn_cast<MemRefType>(type);
    return buffer &&
           (!buffer.hasStaticShape() || buffer.getNumElements() > few);
  });
}

bool becomesLoops(Operation *op) {
  if (auto structured = dyn_cast<linalg::LinalgOp>(op))
    return structured.hasPureBufferSemantics() && isLarge(op);
  return isa<memref::CopyOp>(op) && isLarge(op);
}

// op -> func(values from outside) { op }. Constants move along.
void outline(Operation *op, Outliner &outliner) {
  llvm::SetVector<Value> outside(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), outside);
  auto isConstant = [](Value value) {
    return isa_and_nonnull<arith::ConstantOp>(value.getDefiningOp());
  };
  SmallVector<Value> operands, constants;
  for (Value value : outside)
    (isConstant(value) ? constants : operands).push_back(value);

  OpBuilder builder(op->getContext());
  auto function = func::FuncOp::create(
      op->getLoc(), "loops",
      builder.getFunctionType(TypeRange(ValueRange(operands)), {}));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  IRMapping inside;
  inside.map(operands, body->getArguments());
  for (Value constant : constants)
    builder.clone(*constant.getDefiningOp(), inside);
  builder.clone(*op, inside);
  func::ReturnOp::create(builder, op->getLoc());

  function = outliner.add(function, firstNodeIn(op->getLoc()));
  builder.setInsertionPoint(op);
  func::CallOp::create(builder, op->getLoc(), function, operands);
  op->erase();
}

struct OutlineLoops : impl::OutlineLoopsBase<OutlineLoops> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<Operation *> found;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isPrivate())
        function.walk<WalkOrder::PreOrder>([&](Operation *op) {
          if (!becomesLoops(op))
            return WalkResult::advance();
          found.push_back(op);
          return WalkResult::skip();
        });
    Outliner outliner(getOperation(), "loops");
    for (Operation *op : found)
      outline(op, outliner);
  }
};

} // namespace
} // namespace niello
