// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns each kernel into a private function that its place calls; kernels of
// one structure share a function.

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/SymbolTable.h"
#include "passes/plan/Passes.h"

using namespace mlir;

namespace niello {
#define GEN_PASS_DEF_OUTLINEKERNELS
#include "passes/plan/Passes.h.inc"

namespace {

// "/encoder/layer.0/MatMul + Add" -> "encoder_layer_0_MatMul_Add", cut to a
// length that is still pleasant in a profile.
std::string toSymbol(StringRef source) {
  constexpr size_t longest = 48;
  std::string symbol;
  for (char c : source) {
    if (llvm::isAlnum(c))
      symbol += c;
    else if (!symbol.empty() && symbol.back() != '_')
      symbol += '_';
  }
  symbol.resize(std::min(symbol.size(), longest));
  return StringRef(symbol).rtrim('_').str();
}

// The function of a kernel, not yet in the module.
func::FuncOp makeFunction(kernel::GroupInterface group, OpBuilder &builder) {
  Block &body = group.getBody().front();
  auto type =
      builder.getFunctionType(body.getArgumentTypes(), group->getResultTypes());
  auto function = func::FuncOp::create(group.getLoc(), "kernel", type);
  function.setPrivate();
  function.getBody().takeBody(group.getBody());
  function->setAttr("kernel.kind", builder.getStringAttr(group.getKind()));
  // LLVM would inline whatever is called once into one function of everything,
  // which takes it minutes and leaves nothing to see in a profile.
  function->setAttr("passthrough", builder.getStrArrayAttr({"noinline"}));
  for (StringRef name : {"tiles", "rows"})
    if (Attribute value = group->getAttr(name))
      function->setAttr(("kernel." + name).str(), value);
  Operation *yield = function.getBody().front().getTerminator();
  builder.setInsertionPoint(yield);
  func::ReturnOp::create(builder, yield->getLoc(), yield->getOperands());
  yield->erase();
  return function;
}

// What two functions must share to be one.
std::string textOf(func::FuncOp function) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  function->print(
      stream, OpPrintingFlags().useLocalScope().elideLargeElementsAttrs(-1));
  return text;
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
    SymbolTable symbols(module);
    llvm::StringMap<func::FuncOp> known;
    OpBuilder builder(&getContext());
    for (auto [number, group] : llvm::enumerate(groups)) {
      std::string source = group.getSource().str();
      SmallVector<Value> operands(group->getOperands());
      func::FuncOp function = makeFunction(group, builder);
      auto [entry, isNew] = known.try_emplace(textOf(function), function);
      if (isNew) {
        function.setName("kernel_" + std::to_string(known.size() - 1) + "_" +
                         toSymbol(source));
        function->setAttr("kernel.source", builder.getStringAttr(source));
        symbols.insert(function);
      } else {
        function->erase();
      }
      builder.setInsertionPoint(group);
      auto call = func::CallOp::create(builder, group.getLoc(), entry->second,
                                       operands);
      group->replaceAllUsesWith(call);
      group->erase();
    }
    separateDestinations(module);
  }
};

} // namespace
} // namespace niello
