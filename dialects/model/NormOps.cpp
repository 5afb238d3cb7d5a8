// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

static FloatAttr real(OpBuilder &builder, double value) {
  return builder.getF64FloatAttr(value);
}

void NormOp::build(OpBuilder &builder, OperationState &state, NormKind kind,
                   Value input, Value scale, Value bias, int64_t axis,
                   double epsilon, bool statistics) {
  build(builder, state, NormKindAttr::get(builder.getContext(), kind), input,
        scale, bias, Value(), Value(), builder.getI64IntegerAttr(axis),
        real(builder, epsilon), builder.getI64IntegerAttr(1),
        statistics ? builder.getUnitAttr() : UnitAttr());
}

void NormOp::build(OpBuilder &builder, OperationState &state, NormKind kind,
                   Value input, int64_t groups, Value scale, Value bias,
                   double epsilon) {
  build(builder, state, NormKindAttr::get(builder.getContext(), kind), input,
        scale, bias, Value(), Value(), builder.getI64IntegerAttr(0),
        real(builder, epsilon), builder.getI64IntegerAttr(groups), UnitAttr());
}

void NormOp::build(OpBuilder &builder, OperationState &state, Value input,
                   Value scale, Value bias, Value mean, Value variance,
                   double epsilon) {
  build(builder, state,
        NormKindAttr::get(builder.getContext(), NormKind::Batch), input, scale,
        bias, mean, variance, builder.getI64IntegerAttr(0),
        real(builder, epsilon), builder.getI64IntegerAttr(1), UnitAttr());
}

static bool isAlongAxes(NormKind kind) {
  return kind == NormKind::Layer || kind == NormKind::Rms;
}

LogicalResult NormOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  RankedTensorType type = tensorType(adaptor.getInput());
  types.push_back(type);
  if (!adaptor.getStatistics())
    return success();
  SmallVector<int64_t> shape(type.getShape());
  for (auto [i, size] : llvm::enumerate(shape))
    if (int64_t(i) >= adaptor.getAxis())
      size = 1;
  types.append(2, RankedTensorType::get(shape, sumType(type.getElementType())));
  return success();
}

LogicalResult NormOp::verify() {
  RankedTensorType type = getInput().getType();
  bool alongAxes = isAlongAxes(getKind());
  if (alongAxes && (getAxis() < 0 || getAxis() >= type.getRank())) // C1
    return emitOpError("needs an axis in [0, ")
           << type.getRank() << "), but got " << getAxis();
  if (!alongAxes && type.getRank() < 2) // C2
    return emitOpError("needs an input of rank 2 or more, but got rank ")
           << type.getRank();
  int64_t channels = alongAxes ? 0 : type.getDimSize(1);
  for (Value affine : {Value(getScale()), Value(getBias())}) { // C3
    if (affine && alongAxes &&
        !mayBroadcast(tensorType(affine).getShape(), type.getShape()))
      return emitOpError("needs scale and bias that broadcast to ")
             << type << ", but got " << affine.getType();
    if (affine && !alongAxes &&
        (rankOf(affine) != 1 || !mayEqual(staticSize(affine, 0), channels)))
      return emitOpError("needs one scale and bias a channel, ")
             << channels << ", but got " << affine.getType();
  }
  for (Value given : {Value(getMean()), Value(getVariance())}) { // C4
    if (bool(given) != (getKind() == NormKind::Batch))
      return emitOpError("needs mean and variance for batch and only for it");
    if (given &&
        (rankOf(given) != 1 || !mayEqual(staticSize(given, 0), channels)))
      return emitOpError("needs one mean and variance a channel, ")
             << channels << ", but got " << given.getType();
  }
  bool grouped = getKind() == NormKind::Group;
  if (getGroups() < 1 || (!grouped && getGroups() != 1) ||
      (grouped && !ShapedType::isDynamic(channels) &&
       channels % getGroups() != 0)) // C5
    return emitOpError("needs groups that divide the channels, ")
           << channels << ", but got " << getGroups();
  size_t results = getStatistics() ? 3 : 1;
  if (getNumResults() != results || (getStatistics() && !alongAxes)) // C6
    return emitOpError("needs ")
           << results << " results, three for layer and rms only, but got "
           << getNumResults();
  return success();
}

LogicalResult NormOp::reifyResultShapes(OpBuilder &builder,
                                        ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  Terms sizes = e.dims(getInput());
  return setSizes(*this, {sizes, sizes, sizes}, reified);
}
