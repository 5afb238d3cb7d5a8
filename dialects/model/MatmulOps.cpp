// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

static Type productType(Type element) {
  if (element.isInteger() && element.getIntOrFloatBitWidth() < 32)
    return IntegerType::get(element.getContext(), 32);
  return element;
}

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType lhs = tensorType(adaptor.getLhs());
  RankedTensorType rhs = tensorType(adaptor.getRhs());
  Type element = productType(lhs.getElementType());
  if (lhs.getRank() < 2 || rhs.getRank() < 2) { // C1 will say so
    types.push_back(RankedTensorType::get({}, element));
    return success();
  }
  ArrayRef<int64_t> left = lhs.getShape().drop_back(2);
  ArrayRef<int64_t> right = rhs.getShape().drop_back(2);
  SmallVector<int64_t> shape(std::max(left.size(), right.size()), 1);
  for (auto [size, a] : llvm::zip(llvm::reverse(shape), llvm::reverse(left)))
    size = a;
  for (auto [size, b] : llvm::zip(llvm::reverse(shape), llvm::reverse(right)))
    size = broadcastSize(size, b);
  shape.push_back(lhs.getShape()[lhs.getRank() - 2]);
  shape.push_back(rhs.getShape().back());
  types.push_back(RankedTensorType::get(shape, element));
  return success();
}

static LogicalResult verifyZero(MatmulOp op, Value zero, Value operand) {
  if (!zero)
    return success();
  if (elementType(zero) != elementType(operand) ||
      !elementType(operand).isInteger() ||
      !mayBroadcast(tensorType(zero).getShape(),
                    tensorType(operand).getShape())) // C5
    return op.emitOpError("needs an integer zero point that broadcasts to ")
           << operand.getType() << ", but got " << zero.getType();
  return success();
}

LogicalResult MatmulOp::verify() {
  RankedTensorType lhs = getLhs().getType(), rhs = getRhs().getType();
  if (lhs.getRank() < 2 || rhs.getRank() < 2) // C1
    return emitOpError("needs operands of rank 2 or more, but got ")
           << lhs.getRank() << " and " << rhs.getRank();
  int64_t depth = lhs.getShape().back();
  int64_t height = rhs.getShape()[rhs.getRank() - 2];
  if (!mayEqual(depth, height)) // C2
    return emitOpError("needs lhs's last size to be rhs's last but one, ")
           << "but got " << depth << " and " << height;
  for (auto [a, b] : llvm::zip(llvm::reverse(lhs.getShape().drop_back(2)),
                               llvm::reverse(rhs.getShape().drop_back(2))))
    if (!mayStretch(a, b) && !mayStretch(b, a)) // C3
      return emitOpError("needs leading sizes that are equal or 1, but got ")
             << a << " and " << b;
  bool integers = lhs.getElementType().isInteger();
  if (integers != rhs.getElementType().isInteger() ||
      (!integers && lhs.getElementType() != rhs.getElementType())) // C4
    return emitOpError("needs floats of one type or integers, but got ")
           << lhs.getElementType() << " and " << rhs.getElementType();
  if (failed(verifyZero(*this, getLhsZero(), getLhs())))
    return failure();
  return verifyZero(*this, getRhsZero(), getRhs());
}

LogicalResult
MatmulOp::reifyResultShapes(OpBuilder &builder,
                            ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  Terms left = e.dims(getLhs()), right = e.dims(getRhs());
  Terms sizes(getResult().getType().getRank() - 2, e.index(1));
  for (auto [size, a] : llvm::zip(llvm::reverse(sizes),
                                  llvm::drop_begin(llvm::reverse(left), 2)))
    size = a;
  for (auto [size, b] : llvm::zip(llvm::reverse(sizes),
                                  llvm::drop_begin(llvm::reverse(right), 2)))
    size = broadcastSize(size, b);
  sizes.push_back(left[left.size() - 2]);
  sizes.push_back(right.back());
  return setSizes(*this, sizes, reified);
}
