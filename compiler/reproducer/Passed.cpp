// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/reproducer/Passed.h"

#include "compiler/reproducer/Reproducer.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;

namespace niello {

SkipPassed::SkipPassed(ModuleOp module) {
  auto passed = module->getAttrOfType<IntegerAttr>(kPassed);
  if (!passed)
    return;
  module->removeAttr(kPassed);
  context = module.getContext();
  context->registerActionHandler(
      [left = passed.getInt(), depth = 0](llvm::function_ref<void()> run,
                                          const tracing::Action &a) mutable {
        if (!isa<PassExecutionAction>(a))
          return run();
        if (depth == 0 && left-- > 0)
          return;
        ++depth;
        run();
        --depth;
      });
}

SkipPassed::~SkipPassed() {
  if (context)
    context->registerActionHandler({});
}

} // namespace niello
