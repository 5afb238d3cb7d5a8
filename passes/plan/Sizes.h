// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Byte sizes of buffers, computed at the top of their function.

#ifndef NIELLO_PASSES_PLAN_SIZES_H
#define NIELLO_PASSES_PLAN_SIZES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/DenseMap.h"

#include <optional>

namespace niello {

/// A size in bytes: a constant times the product of values of type index.
struct ByteSize {
  int64_t factor = 1;
  llvm::SmallVector<mlir::Value> sizes;

  bool isConstant() const { return sizes.empty(); }
};

/// `bytes` rounded up to the alignment of every buffer.
int64_t alignUp(int64_t bytes);

/// Arithmetic on unsigned sizes that stays at the greatest number instead of
/// wrapping round: that much memory is refused, a wrapped size would not be.
class SizeArithmetic {
public:
  SizeArithmetic(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::Value constant(int64_t value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value multiply(mlir::Value a, mlir::Value b);
  mlir::Value max(mlir::Value a, mlir::Value b);
  /// Rounded up to the alignment.
  mlir::Value bytes(const ByteSize &size);

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
};

/// Rebuilds at the top of a function the sizes that follow from constants and
/// the sizes of its arguments.
class SizeHoister {
public:
  explicit SizeHoister(mlir::func::FuncOp function);

  /// Nothing where the size depends on data. A factor that overflows counts as
  /// that too, and fails where it is allocated.
  std::optional<ByteSize> hoist(mlir::memref::AllocOp alloc);

  /// Builds behind what has been hoisted so far.
  mlir::OpBuilder &top() { return builder; }

private:
  mlir::Value hoist(mlir::Value value, unsigned depth);

  mlir::OpBuilder builder;
  llvm::DenseMap<mlir::Value, mlir::Value> done;
  llvm::DenseMap<mlir::Attribute, mlir::Value> constants;
  llvm::DenseMap<mlir::Value, unsigned> ranks; // in the order of first use
};

/// The size of an allocation from its own operands.
std::optional<ByteSize> sizeOf(mlir::memref::AllocOp alloc);

} // namespace niello

#endif // NIELLO_PASSES_PLAN_SIZES_H
