// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From where to where in a function each of its buffers is needed.

#ifndef NIELLO_PASSES_PLAN_LIFETIMES_H
#define NIELLO_PASSES_PLAN_LIFETIMES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace niello {

struct Lifetime {
  mlir::memref::AllocOp alloc;
  /// First and last operation that may touch the buffer, numbered in the order
  /// of the text. A use inside a loop that does not hold the allocation counts
  /// as the whole loop.
  int64_t first;
  int64_t last;
  /// No use lies outside of the loop iteration, or the function, that
  /// allocates. The entry's results are within: its caller reads them before
  /// the memory is used again.
  bool bounded;
  /// Where a bounded buffer can be given back: after this operation of the
  /// allocation's block. Null where a branch hands it on.
  mlir::Operation *lastUser;

  bool overlaps(const Lifetime &other) const {
    return first <= other.last && other.first <= last;
  }
};

/// Of every allocation in the function, in the order of the text.
llvm::SmallVector<Lifetime> findLifetimes(mlir::func::FuncOp function);

} // namespace niello

#endif // NIELLO_PASSES_PLAN_LIFETIMES_H
