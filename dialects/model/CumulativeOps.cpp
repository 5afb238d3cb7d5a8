// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

LogicalResult CumulativeOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location>,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getInput().getType());
  return success();
}

LogicalResult CumulativeOp::verify() {
  int64_t rank = rankOf(getInput());
  if (getAxis() < 0 || getAxis() >= rank) // C1
    return emitOpError("needs an axis in [0, ")
           << rank << "), but got " << getAxis();
  return success();
}

LogicalResult
CumulativeOp::reifyResultShapes(OpBuilder &builder,
                                ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  return setSizes(*this, e.dims(getInput()), reified);
}
