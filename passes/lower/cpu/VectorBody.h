// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The body of an elementwise linalg.generic, for one element or for a vector of
// neighbours. A value that does not vary along the vector stays scalar until it
// meets one that does.

#ifndef NIELLO_PASSES_LOWER_CPU_VECTORBODY_H
#define NIELLO_PASSES_LOWER_CPU_VECTORBODY_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"

namespace niello {

// Why the body of `op` cannot be widened, or an empty string.
llvm::StringRef whyNotWidened(mlir::linalg::GenericOp op);

// Whether a vector of this element type may be loaded from a memref: a bool is
// a byte in memory and a bit in a vector.
bool isLoadedAsVector(mlir::Type element);

// `value` as a vector of `lanes`, unless it is one already or `lanes` is 1.
mlir::Value widen(mlir::OpBuilder &builder, mlir::Location loc,
                  mlir::Value value, int64_t lanes);

// Clones one scalar operation. `operands` are scalars or vectors; one vector
// among them makes the result a vector.
mlir::Value cloneWidened(mlir::OpBuilder &builder, mlir::Operation *op,
                         mlir::ValueRange operands, int64_t lanes);

// Transposes a square of vectors in log2(lanes) rounds of two-input shuffles.
void transposeSquare(mlir::OpBuilder &builder, mlir::Location loc,
                     llvm::MutableArrayRef<mlir::Value> rows);

// Emits the body of `op` with its block arguments bound to `arguments`, and
// returns the values that it yields. `indices` has one value a loop, for
// linalg.index: a scalar, or a vector for the loop along the lanes.
llvm::SmallVector<mlir::Value>
emitBody(mlir::OpBuilder &builder, mlir::linalg::GenericOp op,
         mlir::ValueRange arguments, mlir::ValueRange indices, int64_t lanes);

} // namespace niello

#endif // NIELLO_PASSES_LOWER_CPU_VECTORBODY_H
