// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Layers of one model do the same with other numbers: the scales of quantised
// tensors. What differs becomes an argument, so that they share a function.

#ifndef NIELLO_PASSES_PLAN_NUMBERS_H
#define NIELLO_PASSES_PLAN_NUMBERS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace niello {

/// Of functions that are equal but for numbers in their arithmetic, gives those
/// numbers in which any two of them differ to a new last argument each. Returns
/// by function what its callers have to pass on. A number that all share stays,
/// as does one that is no operand of plain arithmetic: the start of a sum, an
/// exponent, a divisor of integers.
llvm::SmallVector<llvm::SmallVector<mlir::TypedAttr>>
passNumbers(llvm::ArrayRef<mlir::func::FuncOp> functions);

} // namespace niello

#endif // NIELLO_PASSES_PLAN_NUMBERS_H
