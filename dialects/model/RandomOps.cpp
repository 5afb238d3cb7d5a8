// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

static void buildRandom(OpBuilder &builder, OperationState &state,
                        RandomKind kind, int64_t seed, double first,
                        double second, Value probability,
                        ArrayRef<OpFoldResult> sizes, Type element) {
  SmallVector<Value> dynamic;
  SmallVector<int64_t> shape;
  dispatchIndexOpFoldResults(sizes, dynamic, shape);
  RandomOp::build(builder, state, RankedTensorType::get(shape, element),
                  RandomKindAttr::get(builder.getContext(), kind),
                  builder.getI64IntegerAttr(seed),
                  builder.getF64FloatAttr(first),
                  builder.getF64FloatAttr(second), probability, dynamic);
}

void RandomOp::build(OpBuilder &builder, OperationState &state, RandomKind kind,
                     int64_t seed, double first, double second,
                     ArrayRef<OpFoldResult> sizes, Type element) {
  buildRandom(builder, state, kind, seed, first, second, Value(), sizes,
              element);
}

void RandomOp::build(OpBuilder &builder, OperationState &state, int64_t seed,
                     Value probability, ArrayRef<OpFoldResult> sizes,
                     Type element) {
  buildRandom(builder, state, RandomKind::Bernoulli, seed, 0, 1, probability,
              sizes, element);
}

LogicalResult RandomOp::verify() {
  RankedTensorType type = getResult().getType();
  if (int64_t(getSizes().size()) != type.getNumDynamicDims()) // C1
    return emitOpError("needs a size for each of ")
           << type.getNumDynamicDims() << " dynamic dimensions, but got "
           << getSizes().size();
  if (bool(getProbability()) != (getKind() == RandomKind::Bernoulli)) // C2
    return emitOpError("needs a probability for bernoulli and only for it");
  if (getProbability() &&
      failed(verifyCompatibleShape(getProbability().getType(), type))) // C2
    return emitOpError("needs a probability for each element of ")
           << type << ", but got " << getProbability().getType();
  if (!getProbability() && !isa<FloatType>(type.getElementType())) // C3
    return emitOpError("needs floats, but got ") << type.getElementType();
  return success();
}

LogicalResult
RandomOp::reifyResultShapes(OpBuilder &, ReifiedRankedShapedTypeDims &reified) {
  reified.push_back(getMixedValues(getResult().getType().getShape(), getSizes(),
                                   getContext()));
  return success();
}
