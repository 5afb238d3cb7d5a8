// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Sizes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace niello;
using namespace niello::model;

int64_t model::staticSize(OpFoldResult size) {
  return getConstantIntValue(size).value_or(ShapedType::kDynamic);
}

bool model::mayBroadcast(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  if (from.size() > to.size())
    return false;
  for (auto [a, b] : llvm::zip(from, to.take_back(from.size())))
    if (!mayStretch(a, b))
      return false;
  return true;
}

int64_t model::broadcastSize(int64_t a, int64_t b) {
  if (a == 1 || (ShapedType::isDynamic(a) && b != 1))
    return b;
  return a;
}

Term model::broadcastSize(Term a, Term b) {
  std::optional<int64_t> constant = constantOf(b);
  if ((constant && *constant != 1) || constantOf(a) == 1)
    return b;
  if (constant || sameSize(a, b))
    return a;
  return select(a == 1, b, a);
}

LogicalResult model::setSizes(Operation *op, ArrayRef<Terms> sizes,
                              ReifiedRankedShapedTypeDims &reified) {
  reified.resize(op->getNumResults());
  for (auto [result, terms, dims] :
       llvm::zip(op->getResults(), sizes, reified)) {
    auto type = cast<RankedTensorType>(result.getType());
    for (auto [size, term] : llvm::zip(type.getShape(), terms)) {
      if (!ShapedType::isDynamic(size))
        dims.push_back(
            IntegerAttr::get(IndexType::get(op->getContext()), size));
      else
        dims.push_back(term ? OpFoldResult(term.value) : OpFoldResult());
    }
  }
  return success();
}

Terms model::resultSizes(Emit &e, Operation *op, int64_t result) {
  ReifiedRankedShapedTypeDims reified;
  if (failed(cast<ReifyRankedShapedTypeOpInterface>(op).reifyResultShapes(
          e.b, reified)))
    return {};
  return e.sizes(reified[result]);
}

// The type of a tensor with these sizes, static where they are constant.
static RankedTensorType typeOf(Value tensor, ArrayRef<Term> sizes) {
  SmallVector<int64_t> shape;
  for (OpFoldResult size : toFoldResults(sizes))
    shape.push_back(staticSize(size));
  return RankedTensorType::get(shape, elementType(tensor));
}

// For each axis the one it becomes, and `axis` the next one too.
static SmallVector<ReassociationIndices> splitting(int64_t rank, int64_t axis) {
  SmallVector<ReassociationIndices> groups;
  for (int64_t i : llvm::seq(rank)) {
    groups.push_back({i + (i > axis)});
    if (i == axis)
      groups.back().push_back(axis + 1);
  }
  return groups;
}

Value model::castTo(Emit &e, Value tensor, Type type) {
  if (tensor.getType() == type)
    return tensor;
  return tensor::CastOp::create(e.b, e.loc, type, tensor);
}

Value model::splitAxis(Emit &e, Value tensor, int64_t axis, int64_t count) {
  // Sizes that are known better than the type says must be in the type.
  Terms sizes = e.dims(tensor);
  RankedTensorType from = typeOf(tensor, sizes);
  tensor = castTo(e, tensor, from);
  sizes.insert(sizes.begin() + axis + 1, sizes[axis] / count);
  sizes[axis] = e.index(count);
  return tensor::ExpandShapeOp::create(e.b, e.loc, typeOf(tensor, sizes),
                                       tensor, splitting(from.getRank(), axis),
                                       toFoldResults(sizes));
}

Value model::mergeAxes(Emit &e, Value tensor, int64_t axis) {
  return tensor::CollapseShapeOp::create(e.b, e.loc, tensor,
                                         splitting(rankOf(tensor) - 1, axis));
}
