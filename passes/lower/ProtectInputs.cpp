// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Keeps bufferisation from computing in place inside the caller's inputs.

#include "passes/lower/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace niello {
#define GEN_PASS_DEF_PROTECTINPUTS
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

namespace {
struct ProtectInputs : niello::impl::ProtectInputsBase<ProtectInputs> {
  void runOnOperation() override {
    Builder builder(&getContext());
    for (auto entry : getOperation().getOps<func::FuncOp>()) {
      if (!entry->hasAttr("model.entry"))
        continue;
      for (unsigned i = 0; i < entry.getNumArguments(); ++i)
        entry.setArgAttr(i,
                         bufferization::BufferizationDialect::kWritableAttrName,
                         builder.getBoolAttr(false));
    }
  }
};
} // namespace
