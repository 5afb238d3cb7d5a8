// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns each kernel into a private function that its place calls; kernels of
// one structure share a function.

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/plan/Numbers.h"
#include "passes/plan/Outliner.h"
#include "passes/plan/Passes.h"

using namespace mlir;

namespace niello {
#define GEN_PASS_DEF_OUTLINEKERNELS
#include "passes/plan/Passes.h.inc"

namespace {

// The function of a kernel, not yet in the module.
func::FuncOp makeFunction(kernel::GroupInterface group, OpBuilder &builder) {
  Block &body = group.getBody().front();
  auto type =
      builder.getFunctionType(body.getArgumentTypes(), group->getResultTypes());
  auto function = func::FuncOp::create(group.getLoc(), "kernel", type);
  function.setPrivate();
  function.getBody().takeBody(group.getBody());
  function->setAttr("kernel.kind", builder.getStringAttr(group.getKind()));
  for (StringRef name : {"tiles", "rows"})
    if (Attribute value = group->getAttr(name))
      function->setAttr(("kernel." + name).str(), value);
  Operation *yield = function.getBody().front().getTerminator();
  builder.setInsertionPoint(yield);
  func::ReturnOp::create(builder, yield->getLoc(), yield->getOperands());
  yield->erase();
  return function;
}

// Gives every destination that starts empty or filled a tensor of its own.
void separateDestinations(Operation *root) {
  root->walk([](Operation *op) {
    if (!isa<DestinationStyleOpInterface, func::CallOp>(op))
      return;
    for (OpOperand &operand : op->getOpOperands()) {
      Operation *start = operand.get().getDefiningOp();
      if (!isa_and_nonnull<tensor::EmptyOp, linalg::FillOp>(start) ||
          operand.get().hasOneUse())
        continue;
      OpBuilder builder(op);
      operand.set(builder.clone(*start)->getResult(0));
    }
  });
}

struct OutlineKernels : impl::OutlineKernelsBase<OutlineKernels> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<kernel::GroupInterface> groups;
    module.walk([&](kernel::GroupInterface group) { groups.push_back(group); });
    Outliner outliner(module, "kernel");
    OpBuilder builder(&getContext());
    SmallVector<func::FuncOp> functions;
    for (kernel::GroupInterface group : groups)
      functions.push_back(makeFunction(group, builder));
    auto passed = passNumbers(functions);
    for (auto [group, function, numbers] :
         llvm::zip(groups, functions, passed)) {
      builder.setInsertionPoint(group);
      SmallVector<Value> operands(group->getOperands());
      for (TypedAttr number : numbers)
        operands.push_back(
            arith::ConstantOp::create(builder, group.getLoc(), number));
      func::FuncOp shared = outliner.add(function, group.getSource());
      auto call =
          func::CallOp::create(builder, group.getLoc(), shared, operands);
      group->replaceAllUsesWith(call);
      group->erase();
    }
    separateDestinations(module);
  }
};

} // namespace
} // namespace niello
