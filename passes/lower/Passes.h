// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stage `plan` to stage `llvm`: towards loops, buffers and calls.

#ifndef NIELLO_PASSES_LOWER_PASSES_H
#define NIELLO_PASSES_LOWER_PASSES_H

#include "mlir/Pass/Pass.h"

namespace niello {
using namespace mlir;

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/lower/Passes.h.inc"

/// Teaches bufferisation what a weight is.
void registerWeightBuffers(DialectRegistry &registry);

/// Teaches it what a stencil is.
void registerStencilBuffers(DialectRegistry &registry);

} // namespace niello

#endif // NIELLO_PASSES_LOWER_PASSES_H
