// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The text of a reproducer goes on in the middle of a stage.

#ifndef NIELLO_COMPILER_REPRODUCER_PASSED_H
#define NIELLO_COMPILER_REPRODUCER_PASSED_H

#include "mlir/IR/BuiltinOps.h"

namespace niello {

/// While it lives, a pass manager of the module's context does nothing for as
/// many passes as the module's `model.passed` counts; the attribute goes. A
/// pass that runs on each function counts once.
class SkipPassed {
public:
  explicit SkipPassed(mlir::ModuleOp module);
  ~SkipPassed();

private:
  mlir::MLIRContext *context = nullptr;
};

} // namespace niello

#endif // NIELLO_COMPILER_REPRODUCER_PASSED_H
