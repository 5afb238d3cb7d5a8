// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

void ResizeOp::build(OpBuilder &builder, OperationState &state,
                     Interpolation mode, Value input, ArrayRef<int64_t> axes,
                     ValueRange scales, ArrayRef<OpFoldResult> sizes,
                     ValueRange roi, Coordinates coordinates,
                     Rounding rounding) {
  SmallVector<Value> dynamic;
  SmallVector<int64_t> shape;
  dispatchIndexOpFoldResults(sizes, dynamic, shape);
  build(builder, state, RankedTensorType::get(shape, elementType(input)), mode,
        input, axes, scales, dynamic, roi, coordinates, rounding);
}

LogicalResult ResizeOp::verify() {
  RankedTensorType from = getInput().getType(), to = getResult().getType();
  llvm::SmallDenseSet<int64_t> axes;
  for (int64_t axis : getAxes())
    if (axis < 0 || axis >= from.getRank() || !axes.insert(axis).second) // C1
      return emitOpError("needs different axes in [0, ")
             << from.getRank() << "), but got " << axis;
  bool same = from.getRank() == to.getRank() &&
              from.getElementType() == to.getElementType();
  for (int64_t i = 0; same && i < from.getRank(); ++i)
    same = axes.contains(i) || mayEqual(from.getDimSize(i), to.getDimSize(i));
  if (!same) // C2
    return emitOpError("needs a result of the input's sizes off the axes, ")
           << from << ", but got " << to;
  bool crops = getCoordinates() == Coordinates::TfCropAndResize;
  if (getScales().size() != axes.size() ||
      getRoi().size() != (crops ? 2 * axes.size() : 0)) // C3
    return emitOpError("needs a scale an axis, and a start and an end for "
                       "tf_crop_and_resize only, but got ")
           << getScales().size() << " scales and " << getRoi().size()
           << " bounds for " << axes.size() << " axes";
  if (int64_t(getSizes().size()) != to.getNumDynamicDims()) // C4
    return emitOpError("needs a size for each of ")
           << to.getNumDynamicDims() << " dynamic dimensions, but got "
           << getSizes().size();
  return success();
}

LogicalResult
ResizeOp::reifyResultShapes(OpBuilder &, ReifiedRankedShapedTypeDims &reified) {
  reified.push_back(getMixedValues(getResult().getType().getShape(), getSizes(),
                                   getContext()));
  return success();
}

LogicalResult GridSampleOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location>,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  RankedTensorType input = tensorType(adaptor.getInput());
  RankedTensorType grid = tensorType(adaptor.getGrid());
  SmallVector<int64_t> shape(input.getShape());
  if (grid.getRank() == input.getRank())
    for (int64_t i : llvm::seq<int64_t>(2, input.getRank()))
      shape[i] = grid.getDimSize(i - 1);
  types.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}

LogicalResult GridSampleOp::verify() {
  RankedTensorType input = getInput().getType(), grid = getGrid().getType();
  if (input.getRank() < 3 || grid.getRank() != input.getRank() ||
      grid.getShape().back() != input.getRank() - 2) // C1
    return emitOpError("needs an input of rank n + 2 and a grid of that rank "
                       "and n columns, but got ")
           << input << " and " << grid;
  if (!isa<FloatType>(input.getElementType()) ||
      !mayEqual(input.getDimSize(0), grid.getDimSize(0))) // C2
    return emitOpError("needs floats and one batch size, but got ")
           << input << " and " << grid;
  return success();
}

LogicalResult
GridSampleOp::reifyResultShapes(OpBuilder &builder,
                                ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  Terms sizes = e.dims(getInput());
  for (int64_t i : llvm::seq<int64_t>(2, sizes.size()))
    sizes[i] = e.dim(getGrid(), i - 1);
  return setSizes(*this, sizes, reified);
}
