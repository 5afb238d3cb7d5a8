// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

// Which size of the result comes from where: axes of `indices` and of `data`.
namespace {
struct Origin {
  bool fromIndices;
  int64_t axis;
};
} // namespace

static SmallVector<Origin> originsOf(GatherKind kind, RankedTensorType data,
                                     RankedTensorType indices, int64_t axis,
                                     int64_t batchDims) {
  SmallVector<Origin> origins;
  auto take = [&](bool fromIndices, int64_t from, int64_t to) {
    for (int64_t i = from; i < to; ++i)
      origins.push_back({fromIndices, i});
  };
  int64_t rank = indices.getRank();
  if (kind == GatherKind::Axis) {
    take(false, 0, std::min(axis, data.getRank()));
    take(true, 0, rank);
    take(false, axis + 1, data.getRank());
  } else if (kind == GatherKind::Elements || rank == 0) {
    take(true, 0, rank);
  } else {
    take(true, 0, rank - 1);
    int64_t named = indices.getDimSize(rank - 1);
    if (!ShapedType::isDynamic(named))
      take(false, std::max<int64_t>(batchDims, 0) + named, data.getRank());
  }
  return origins;
}

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType data = tensorType(adaptor.getData());
  RankedTensorType indices = tensorType(adaptor.getIndices());
  SmallVector<int64_t> shape;
  for (Origin origin : originsOf(adaptor.getKind(), data, indices,
                                 std::max<int64_t>(adaptor.getAxis(), 0),
                                 adaptor.getBatchDims()))
    shape.push_back(
        (origin.fromIndices ? indices : data).getDimSize(origin.axis));
  types.push_back(RankedTensorType::get(shape, data.getElementType()));
  return success();
}

static LogicalResult verifyNd(GatherOp op) {
  int64_t rank = rankOf(op.getData()), indexRank = rankOf(op.getIndices());
  int64_t batch = op.getBatchDims();
  int64_t named =
      indexRank == 0 ? 0 : staticSize(op.getIndices(), indexRank - 1);
  if (batch < 0 || batch >= indexRank || named < 1 || batch + named > rank)
    return op.emitOpError("needs indices of 1 to ")
           << rank - batch << " numbers and batch dimensions below "
           << indexRank << ", but got " << named << " and " << batch;
  return success();
}

LogicalResult GatherOp::verify() {
  RankedTensorType data = getData().getType(), indices = getIndices().getType();
  if (getKind() == GatherKind::Nd)
    return verifyNd(*this);                         // C3
  if (getAxis() < 0 || getAxis() >= data.getRank()) // C1
    return emitOpError("needs an axis in [0, ")
           << data.getRank() << "), but got " << getAxis();
  if (getKind() == GatherKind::Axis)
    return success();
  if (indices.getRank() != data.getRank()) // C2
    return emitOpError("needs indices of the rank of data, ")
           << data.getRank() << ", but got " << indices.getRank();
  for (int64_t i : llvm::seq(data.getRank())) {
    int64_t have = data.getDimSize(i), want = indices.getDimSize(i);
    if (i != getAxis() && !ShapedType::isDynamic(have) && want > have) // C2
      return emitOpError("needs indices no larger than data off the axis, ")
             << "but got " << want << " and " << have;
  }
  return success();
}

LogicalResult
GatherOp::reifyResultShapes(OpBuilder &builder,
                            ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  Terms sizes;
  for (Origin origin :
       originsOf(getKind(), getData().getType(), getIndices().getType(),
                 getAxis(), getBatchDims()))
    sizes.push_back(
        e.dim(origin.fromIndices ? Value(getIndices()) : Value(getData()),
              origin.axis));
  return setSizes(*this, sizes, reified);
}

// gather(constant, constants) -> constant, along the axis of one dimension:
// what shape arithmetic is made of.
OpFoldResult GatherOp::fold(FoldAdaptor adaptor) {
  auto data = dyn_cast_or_null<DenseElementsAttr>(adaptor.getData());
  auto indices = dyn_cast_or_null<DenseIntElementsAttr>(adaptor.getIndices());
  RankedTensorType type = getResult().getType();
  if (!data || !indices || getKind() == GatherKind::Nd ||
      rankOf(getData()) != 1 || !type.hasStaticShape())
    return {};
  SmallVector<Attribute> elements;
  auto values = data.getValues<Attribute>();
  int64_t size = data.getNumElements();
  for (const APInt &index : indices.getValues<APInt>()) {
    int64_t i = index.getSExtValue();
    i += i < 0 ? size : 0;
    if (i < 0 || i >= size)
      return {}; // the run stops here
    elements.push_back(values[i]);
  }
  return DenseElementsAttr::get(type, elements);
}
