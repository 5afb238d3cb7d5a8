// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/check/Check.h"

using namespace mlir;
using namespace niello;
using namespace niello::check;

#include "dialects/check/CheckDialect.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/check/CheckOps.cpp.inc"

void CheckDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/check/CheckOps.cpp.inc"
      >();
}

static LogicalResult verifySameKind(Operation *op, RankedTensorType actual,
                                    RankedTensorType expected) {
  if (actual.getElementType() != expected.getElementType() ||
      actual.getRank() != expected.getRank()) // C1
    return op->emitOpError("needs tensors of one element type and rank, but "
                           "got ")
           << actual << " and " << expected;
  return success();
}

LogicalResult CloseOp::verify() {
  RankedTensorType type = getActual().getType();
  if (!isa<FloatType>(type.getElementType())) // C1
    return emitOpError("needs floats, but got ") << type;
  if (getAbsolute() < 0 || getRelative() < 0) // C2
    return emitOpError("needs tolerances of 0 or more, but got ")
           << getAbsoluteAttr() << " and " << getRelativeAttr();
  return verifySameKind(*this, type, getExpected().getType());
}

LogicalResult EqualOp::verify() {
  return verifySameKind(*this, getActual().getType(), getExpected().getType());
}

LogicalResult ShapeOp::verify() {
  int64_t rank = getActual().getType().getRank();
  if (int64_t(getSizes().size()) != rank) // C1
    return emitOpError("needs ")
           << rank << " sizes, but got " << getSizes().size();
  return success();
}
