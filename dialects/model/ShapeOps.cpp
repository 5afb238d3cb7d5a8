// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

void BroadcastOp::build(OpBuilder &builder, OperationState &state, Value input,
                        ArrayRef<OpFoldResult> sizes) {
  SmallVector<Value> dynamic;
  SmallVector<int64_t> shape;
  dispatchIndexOpFoldResults(sizes, dynamic, shape);
  build(builder, state, RankedTensorType::get(shape, elementType(input)), input,
        dynamic);
}

SmallVector<OpFoldResult> BroadcastOp::getMixedSizes() {
  return getMixedValues(getResult().getType().getShape(), getSizes(),
                        getContext());
}

LogicalResult BroadcastOp::verify() {
  RankedTensorType from = getInput().getType(), to = getResult().getType();
  if (to.getRank() < from.getRank()) // C1
    return emitOpError("needs a result of at least the operand's rank ")
           << from.getRank() << ", but got rank " << to.getRank();
  if (int64_t(getSizes().size()) != to.getNumDynamicDims()) // C2
    return emitOpError("needs a size for each of ")
           << to.getNumDynamicDims() << " dynamic dimensions, but got "
           << getSizes().size();
  for (auto [a, b] :
       llvm::zip(from.getShape(), to.getShape().take_back(from.getRank())))
    if (!mayStretch(a, b)) // C3
      return emitOpError("needs operand sizes that are 1 or the result's, ")
             << "but got " << a << " for " << b;
  if (from.getElementType() != to.getElementType()) // C4
    return emitOpError("needs the operand's element type ")
           << from.getElementType() << ", but got " << to.getElementType();
  return success();
}

// broadcast(x) -> x, for the same static shape.
OpFoldResult BroadcastOp::fold(FoldAdaptor) {
  RankedTensorType type = getResult().getType();
  if (type.hasStaticShape() && getInput().getType() == type)
    return getInput();
  return {};
}

LogicalResult
BroadcastOp::reifyResultShapes(OpBuilder &,
                               ReifiedRankedShapedTypeDims &reified) {
  reified.push_back(getMixedSizes());
  return success();
}
