// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What fusion asks of a linalg.generic.

#ifndef NIELLO_PASSES_FUSE_GENERIC_H
#define NIELLO_PASSES_FUSE_GENERIC_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <optional>

namespace niello {

// All loops parallel: every element of the output is computed on its own.
bool isElementwise(mlir::linalg::GenericOp op);

// Yields one of its inputs as it is: a transpose, a broadcast, a copy.
bool isMovement(mlir::linalg::GenericOp op);

// c += cast(a) * cast(b): what the GEMM generator takes.
bool isContraction(mlir::linalg::GenericOp op);

// What a contraction of bytes, i32 += ext(i8) * ext(i8), widens with its sign:
// a product of matrices, summed over one loop. A convolution is none.
struct ByteFactors {
  bool isSigned[2]; // by input
};
std::optional<ByteFactors> byteFactors(mlir::linalg::GenericOp op);

// Number of arithmetic operations for one element; a call of a transcendental
// function counts as twenty.
int64_t workPerElement(mlir::linalg::GenericOp op);

} // namespace niello

#endif // NIELLO_PASSES_FUSE_GENERIC_H
