// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

LogicalResult RoiAlignOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location>,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  auto size = [](Value tensor, int64_t i) {
    return i < rankOf(tensor) ? staticSize(tensor, i) : ShapedType::kDynamic;
  };
  SmallVector<int64_t> shape{size(adaptor.getRois(), 0),
                             size(adaptor.getInput(), 1),
                             std::max<int64_t>(adaptor.getHeight(), 0),
                             std::max<int64_t>(adaptor.getWidth(), 0)};
  types.push_back(
      RankedTensorType::get(shape, elementType(adaptor.getInput())));
  return success();
}

LogicalResult RoiAlignOp::verify() {
  RankedTensorType input = getInput().getType(), regions = getRois().getType();
  if (input.getRank() != 4 || regions.getRank() != 2 ||
      rankOf(getBatches()) != 1 || !mayEqual(regions.getDimSize(1), 4)) // C1
    return emitOpError("needs [B,C,H,W], [R,4] and [R], but got ")
           << input << ", " << regions << " and " << getBatches().getType();
  if (getHeight() < 1 || getWidth() < 1 || getSamples() < 0) // C2
    return emitOpError("needs at least one bin each way, but got ")
           << getHeight() << " by " << getWidth() << " of " << getSamples()
           << " samples";
  if (input.getElementType() != regions.getElementType()) // C3
    return emitOpError("needs floats of one type, but got ")
           << input.getElementType() << " and " << regions.getElementType();
  return success();
}

LogicalResult
RoiAlignOp::reifyResultShapes(OpBuilder &builder,
                              ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  return setSizes(*this,
                  Terms{e.dim(getRois(), 0), e.dim(getInput(), 1),
                        e.index(getHeight()), e.index(getWidth())},
                  reified);
}

LogicalResult NmsOp::inferReturnTypes(MLIRContext *context,
                                      std::optional<Location>, Adaptor,
                                      SmallVectorImpl<Type> &types) {
  types.push_back(RankedTensorType::get({ShapedType::kDynamic, 3},
                                        IntegerType::get(context, 64)));
  return success();
}

LogicalResult NmsOp::verify() {
  RankedTensorType boxes = getBoxes().getType(), scores = getScores().getType();
  if (boxes.getRank() != 3 || scores.getRank() != 3 ||
      !mayEqual(boxes.getDimSize(2), 4)) // C1
    return emitOpError("needs boxes [B,S,4] and scores [B,C,S], but got ")
           << boxes << " and " << scores;
  if (boxes.getElementType() != scores.getElementType()) // C2
    return emitOpError("needs floats of one type, but got ")
           << boxes.getElementType() << " and " << scores.getElementType();
  return success();
}

LogicalResult NmsOp::reifyResultShapes(OpBuilder &,
                                       ReifiedRankedShapedTypeDims &reified) {
  return setSizes(*this, Terms(2), reified); // depends on the data
}
