// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/plan/Stencils.h"

#include "dialects/model/Sizes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace niello;
using namespace niello::model;

GroupedView::GroupedView(Emit &e, ArrayRef<Term> sizes,
                         ArrayRef<int64_t> groups)
    : e(e), full(sizes), groups(groups) {
  size_t next = 0;
  for (int64_t &count : this->groups) {
    Term product = e.index(1);
    for (int64_t i = 0; i < count; ++i)
      product = product * full[next++];
    grouped.push_back(product);
  }
  for (int64_t &count : this->groups)
    if (count == 0) {
      full.insert(full.begin(), e.index(1));
      count = 1;
      ++added;
    }
}

SmallVector<ReassociationIndices> GroupedView::reassociation() const {
  SmallVector<ReassociationIndices> indices;
  int64_t next = 0;
  for (int64_t count : groups) {
    indices.emplace_back();
    for (int64_t i = 0; i < count; ++i)
      indices.back().push_back(next++);
  }
  return indices;
}

Value GroupedView::group(Value tensor) {
  for (int64_t i = 0; i < added; ++i)
    tensor = splitAxis(e, tensor, 0, 1);
  if (groups.size() == full.size())
    return tensor;
  return tensor::CollapseShapeOp::create(e.b, e.loc, tensor, reassociation());
}

Value GroupedView::ungroup(Value tensor) {
  SmallVector<int64_t> shape;
  for (OpFoldResult size : toFoldResults(full))
    shape.push_back(staticSize(size));
  if (groups.size() != full.size())
    tensor = tensor::ExpandShapeOp::create(
        e.b, e.loc, RankedTensorType::get(shape, elementType(tensor)), tensor,
        reassociation(), toFoldResults(full));
  for (int64_t i = 0; i < added; ++i)
    tensor = mergeAxes(e, tensor, 0);
  return tensor;
}

Value StencilCall::emit(Emit &e, ArrayRef<Term> sizes, Type element) const {
  Value output = e.empty(sizes, element);
  return kernel::StencilOp::create(
             e.b, e.loc, output.getType(), e.b.getStringAttr(name), slices,
             tables, output,
             parameters.empty() ? DenseI32ArrayAttr()
                                : e.b.getDenseI32ArrayAttr(parameters),
             bits ? e.b.getUnitAttr() : UnitAttr())
      .getResult(0);
}
