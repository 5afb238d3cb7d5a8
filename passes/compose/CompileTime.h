// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What may run while a model is compiled.

#ifndef NIELLO_PASSES_COMPOSE_COMPILETIME_H
#define NIELLO_PASSES_COMPOSE_COMPILETIME_H

#include "mlir/IR/Operation.h"

namespace niello {

/// Equal operands give equal results, nothing else is read or written, every
/// tensor has a static size, and loops end after a number of trips that the IR
/// states.
bool canRunAtCompileTime(mlir::Operation *op);

/// Steps of the plain lowering's innermost loops, rounded up generously where
/// the operation does not say; of an operation that can run at compile time.
double countSteps(mlir::Operation *op);

/// The result repeats or views the operand: whoever reads it may as well read
/// the operand.
bool costsNothing(mlir::Operation *op);

/// The operands, and what the regions use from outside.
llvm::SmallVector<mlir::Value> usedValues(mlir::Operation *op);

} // namespace niello

#endif // NIELLO_PASSES_COMPOSE_COMPILETIME_H
