// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the generators share: arithmetic on index-typed values, folded where the
// operands are known.

#ifndef NIELLO_PASSES_LOWER_CPU_INDEXEMITTER_H
#define NIELLO_PASSES_LOWER_CPU_INDEXEMITTER_H

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace niello {

struct IndexEmitter {
  mlir::OpBuilder &builder;
  mlir::Location loc;

  IndexEmitter(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::Value index(int64_t value) {
    return mlir::arith::ConstantIndexOp::create(builder, loc, value);
  }
  mlir::Value add(mlir::Value left, mlir::Value right) {
    return builder.createOrFold<mlir::arith::AddIOp>(loc, left, right);
  }
  mlir::Value sub(mlir::Value left, mlir::Value right) {
    return builder.createOrFold<mlir::arith::SubIOp>(loc, left, right);
  }
  mlir::Value mul(mlir::Value left, mlir::Value right) {
    return builder.createOrFold<mlir::arith::MulIOp>(loc, left, right);
  }
  mlir::Value min(mlir::Value left, mlir::Value right) {
    return builder.createOrFold<mlir::arith::MinSIOp>(loc, left, right);
  }
  mlir::Value max(mlir::Value left, mlir::Value right) {
    return builder.createOrFold<mlir::arith::MaxSIOp>(loc, left, right);
  }
};

} // namespace niello

#endif // NIELLO_PASSES_LOWER_CPU_INDEXEMITTER_H
