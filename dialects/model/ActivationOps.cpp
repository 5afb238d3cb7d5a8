// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

// C1
LogicalResult GeluOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getInput().getType());
  return success();
}

LogicalResult GeluOp::reifyResultShapes(OpBuilder &builder,
                                        ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  return setSizes(*this, e.dims(getInput()), reified);
}
