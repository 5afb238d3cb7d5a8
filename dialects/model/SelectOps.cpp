// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

static LogicalResult verifyAxis(Operation *op, int64_t axis, int64_t rank) {
  if (axis < 0 || axis >= rank) // C1
    return op->emitOpError("needs an axis in [0, ")
           << rank << "), but got " << axis;
  return success();
}

static Type i64(MLIRContext *context) { return IntegerType::get(context, 64); }

LogicalResult TopKOp::inferReturnTypes(MLIRContext *context,
                                       std::optional<Location>, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  RankedTensorType input = tensorType(adaptor.getInput());
  SmallVector<int64_t> shape(input.getShape());
  int64_t k = constantOf(adaptor.getK()).value_or(ShapedType::kDynamic);
  if (adaptor.getAxis() >= 0 && adaptor.getAxis() < input.getRank())
    shape[adaptor.getAxis()] = k < 0 ? ShapedType::kDynamic : k;
  types.push_back(RankedTensorType::get(shape, input.getElementType()));
  types.push_back(RankedTensorType::get(shape, i64(context)));
  return success();
}

LogicalResult TopKOp::verify() {
  return verifyAxis(*this, getAxis(), rankOf(getInput()));
}

LogicalResult TopKOp::reifyResultShapes(OpBuilder &builder,
                                        ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  Terms sizes = e.dims(getInput());
  sizes[getAxis()] = e.wrap(getK());
  return setSizes(*this, {sizes, sizes}, reified);
}

LogicalResult ArgReduceOp::inferReturnTypes(MLIRContext *context,
                                            std::optional<Location>,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType input = tensorType(adaptor.getInput());
  SmallVector<int64_t> shape(input.getShape());
  int64_t axis = adaptor.getAxis();
  if (axis >= 0 && axis < input.getRank()) {
    if (adaptor.getKeep())
      shape[axis] = 1;
    else
      shape.erase(shape.begin() + axis);
  }
  types.push_back(RankedTensorType::get(shape, i64(context)));
  return success();
}

LogicalResult ArgReduceOp::verify() {
  return verifyAxis(*this, getAxis(), rankOf(getInput()));
}

LogicalResult
ArgReduceOp::reifyResultShapes(OpBuilder &builder,
                               ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  Terms sizes = e.dims(getInput());
  if (getKeep())
    sizes[getAxis()] = e.index(1);
  else
    sizes.erase(sizes.begin() + getAxis());
  return setSizes(*this, sizes, reified);
}

LogicalResult NonzeroOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location>,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  types.push_back(RankedTensorType::get(
      {rankOf(adaptor.getInput()), ShapedType::kDynamic}, i64(context)));
  return success();
}

LogicalResult
NonzeroOp::reifyResultShapes(OpBuilder &,
                             ReifiedRankedShapedTypeDims &reified) {
  return setSizes(*this, Terms(2), reified); // depends on the data
}

LogicalResult UniqueOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location>,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType input = tensorType(adaptor.getInput());
  SmallVector<int64_t> shape(input.getShape());
  int64_t axis = adaptor.getAxis(), length = ShapedType::kDynamic;
  if (axis >= 0 && axis < input.getRank()) {
    length = shape[axis];
    shape[axis] = ShapedType::kDynamic;
  }
  auto places = RankedTensorType::get({ShapedType::kDynamic}, i64(context));
  types.push_back(RankedTensorType::get(shape, input.getElementType()));
  types.push_back(places);
  types.push_back(RankedTensorType::get({length}, i64(context)));
  types.push_back(places);
  return success();
}

LogicalResult UniqueOp::verify() {
  return verifyAxis(*this, getAxis(), rankOf(getInput()));
}

LogicalResult
UniqueOp::reifyResultShapes(OpBuilder &builder,
                            ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  Terms sizes = e.dims(getInput()), unknown(1);
  Terms length{sizes[getAxis()]};
  sizes[getAxis()] = {}; // depends on the data
  return setSizes(*this, {sizes, unknown, length, unknown}, reified);
}
