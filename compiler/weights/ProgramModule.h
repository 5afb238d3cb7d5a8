// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The part of a model's IR that the compiler runs itself.

#ifndef NIELLO_COMPILER_WEIGHTS_PROGRAMMODULE_H
#define NIELLO_COMPILER_WEIGHTS_PROGRAMMODULE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"

namespace niello {

/// The module `@weight_programs` in a model's module: weight programs, and the
/// weights that they read. Null where there is none.
mlir::ModuleOp findWeightPrograms(mlir::ModuleOp module);

/// The same, made at the end of the module if need be.
mlir::ModuleOp getWeightPrograms(mlir::ModuleOp module);

/// Takes it out of the module; null where there is none.
mlir::OwningOpRef<mlir::ModuleOp> takeWeightPrograms(mlir::ModuleOp module);

/// The place after a module's weights, which stand first in its text.
mlir::Block::iterator afterWeights(mlir::ModuleOp module);

/// Runs passes on all but the programs, which keep the form they were made in:
/// they are compiled on their own. A pass that makes some finds no module for
/// them and makes it; what is new in it, by name, is added to the others.
mlir::LogicalResult runBesidePrograms(mlir::PassManager &passes,
                                      mlir::ModuleOp module);

} // namespace niello

#endif // NIELLO_COMPILER_WEIGHTS_PROGRAMMODULE_H
