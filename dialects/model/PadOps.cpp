// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace niello;
using namespace niello::model;

void PadOp::build(OpBuilder &builder, OperationState &state, PadKind kind,
                  Value input, ArrayRef<OpFoldResult> low,
                  ArrayRef<OpFoldResult> high, Value value) {
  SmallVector<Value> dynamicLow, dynamicHigh;
  SmallVector<int64_t> staticLow, staticHigh;
  dispatchIndexOpFoldResults(low, dynamicLow, staticLow);
  dispatchIndexOpFoldResults(high, dynamicHigh, staticHigh);
  SmallVector<int64_t> shape(tensorType(input).getShape());
  for (auto [size, before, after] : llvm::zip(shape, staticLow, staticHigh))
    size = ShapedType::isDynamic(size) || ShapedType::isDynamic(before) ||
                   ShapedType::isDynamic(after)
               ? ShapedType::kDynamic
               : typeSize(Wide(size) + before + after);
  build(builder, state, RankedTensorType::get(shape, elementType(input)), kind,
        input, value, dynamicLow, dynamicHigh, staticLow, staticHigh);
}

SmallVector<OpFoldResult> PadOp::getMixedLow() {
  return getMixedValues(getStaticLow(), getLow(), getContext());
}

SmallVector<OpFoldResult> PadOp::getMixedHigh() {
  return getMixedValues(getStaticHigh(), getHigh(), getContext());
}

LogicalResult PadOp::verify() {
  size_t rank = rankOf(getInput());
  if (getStaticLow().size() != rank || getStaticHigh().size() != rank ||
      rankOf(getResult()) != int64_t(rank)) // C1
    return emitOpError("needs ")
           << rank << " low and high pads, but got " << getStaticLow().size()
           << " and " << getStaticHigh().size();
  if (bool(getValue()) != (getKind() == PadKind::Constant)) // C2
    return emitOpError("needs a value for constant and only for it");
  if (getValue() && getValue().getType() != elementType(getInput())) // C2
    return emitOpError("needs a value of the element type ")
           << elementType(getInput()) << ", but got " << getValue().getType();
  return success();
}

LogicalResult PadOp::reifyResultShapes(OpBuilder &builder,
                                       ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  Terms sizes = e.dims(getInput());
  for (auto [size, low, high] :
       llvm::zip(sizes, e.sizes(getMixedLow()), e.sizes(getMixedHigh())))
    size = maximum(size + low + high, e.index(0));
  return setSizes(*this, sizes, reified);
}
