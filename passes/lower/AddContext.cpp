// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hands the call's context through every function.

#include "passes/lower/Passes.h"

#include "passes/lower/Pointers.h"

namespace niello {
#define GEN_PASS_DEF_ADDCONTEXT
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

static FunctionType withContext(FunctionType type) {
  SmallVector<Type> inputs = {LLVM::LLVMPointerType::get(type.getContext())};
  llvm::append_range(inputs, type.getInputs());
  return FunctionType::get(type.getContext(), inputs, type.getResults());
}

// call @f(%a) -> call @f(%ctx, %a)
static void passContext(func::CallOp call) {
  auto caller = call->getParentOfType<func::FuncOp>();
  call->insertOperands(0, caller.getArgument(0));
  if (ArrayAttr attributes = call.getArgAttrsAttr()) {
    SmallVector<Attribute> shifted = {DictionaryAttr::get(call.getContext())};
    llvm::append_range(shifted, attributes);
    call.setArgAttrsAttr(ArrayAttr::get(call.getContext(), shifted));
  }
}

namespace {
struct AddContext : niello::impl::AddContextBase<AddContext> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    Type pointer = LLVM::LLVMPointerType::get(&getContext());
    llvm::DenseSet<StringAttr> changed;
    for (auto function : module.getOps<func::FuncOp>()) {
      if (!takesContext(function))
        continue;
      changed.insert(function.getSymNameAttr());
      if (failed(function.insertArgument(0, pointer, DictionaryAttr(),
                                         function.getLoc())))
        return signalPassFailure();
    }
    module.walk([&](Operation *op) {
      if (auto call = dyn_cast<func::CallOp>(op)) {
        if (changed.contains(call.getCalleeAttr().getAttr()))
          passContext(call);
      } else if (auto address = dyn_cast<func::ConstantOp>(op)) {
        if (changed.contains(address.getValueAttr().getAttr()))
          address.getResult().setType(
              withContext(cast<FunctionType>(address.getType())));
      }
    });
  }
};
} // namespace
