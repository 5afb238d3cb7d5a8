// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

LogicalResult ScatterOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location>,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getData().getType());
  return success();
}

static bool mayBeShape(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  return a.size() == b.size() && llvm::all_of(llvm::zip(a, b), [](auto pair) {
           return mayEqual(std::get<0>(pair), std::get<1>(pair));
         });
}

static LogicalResult verifyNd(ScatterOp op) {
  RankedTensorType data = op.getData().getType();
  RankedTensorType indices = op.getIndices().getType();
  int64_t named = indices.getRank() == 0 ? -1 : indices.getShape().back();
  if (named < 0 || named > data.getRank()) // C3
    return op.emitOpError("needs indices of 0 to ")
           << data.getRank() << " numbers, but got " << named;
  SmallVector<int64_t> shape(indices.getShape().drop_back());
  llvm::append_range(shape, data.getShape().drop_front(named));
  if (!mayBeShape(op.getUpdates().getType().getShape(), shape)) // C3
    return op.emitOpError("needs updates of ")
           << RankedTensorType::get(shape, data.getElementType())
           << ", but got " << op.getUpdates().getType();
  return success();
}

LogicalResult ScatterOp::verify() {
  RankedTensorType data = getData().getType(), indices = getIndices().getType();
  RankedTensorType updates = getUpdates().getType();
  if (data.getElementType() != updates.getElementType()) // C4
    return emitOpError("needs updates of the element type of data, ")
           << data.getElementType() << ", but got " << updates.getElementType();
  if (getKind() == ScatterKind::Nd)
    return verifyNd(*this);
  if (getAxis() < 0 || getAxis() >= data.getRank()) // C1
    return emitOpError("needs an axis in [0, ")
           << data.getRank() << "), but got " << getAxis();
  if (indices.getRank() != data.getRank() ||
      !mayBeShape(indices.getShape(), updates.getShape())) // C2
    return emitOpError("needs indices and updates of one shape and data's "
                       "rank, but got ")
           << indices << " and " << updates;
  return success();
}

LogicalResult
ScatterOp::reifyResultShapes(OpBuilder &builder,
                             ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  return setSizes(*this, e.dims(getData()), reified);
}
