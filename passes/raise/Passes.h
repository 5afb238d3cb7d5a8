// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_PASSES_RAISE_PASSES_H
#define NIELLO_PASSES_RAISE_PASSES_H

#include "dialects/model/Model.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace niello {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/raise/Passes.h.inc"
} // namespace niello

#endif // NIELLO_PASSES_RAISE_PASSES_H
