// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same elements under other sizes or in another order of dimensions.

#include "frontends/onnx/ops/Emit.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

using namespace mlir;

namespace niello::onnx_frontend {

namespace {
/// Which dimensions of a source and a target stand for the same elements.
struct Grouping {
  SmallVector<ReassociationIndices> from, to;
};
} // namespace

/// Walks both shapes from the left and closes a group wherever the products
/// are provably equal; nullopt where they never meet.
static std::optional<Grouping> group(Sizes &sizes, ArrayRef<Size> from,
                                     ArrayRef<Size> to) {
  Grouping groups;
  size_t i = 0, j = 0;
  while (i < from.size() || j < to.size()) {
    ReassociationIndices left, right;
    Size l = sizes.constant(1), r = sizes.constant(1);
    auto grow = [&](bool isLeft) {
      if (isLeft) {
        l = sizes.mul(l, from[i]);
        left.push_back(i++);
      } else {
        r = sizes.mul(r, to[j]);
        right.push_back(j++);
      }
    };
    if (i < from.size())
      grow(true);
    if (j < to.size())
      grow(false);
    while (!sizes.equal(l, r)) {
      bool canLeft = i < from.size(), canRight = j < to.size();
      if (!canLeft && !canRight)
        return std::nullopt;
      bool wantLeft = sizes.divides(r, l) && !sizes.divides(l, r);
      grow(canLeft && (wantLeft || !canRight));
    }
    if (left.empty() || right.empty()) { // ones left over on one side
      if (groups.from.empty())
        return std::nullopt;
      groups.from.back().append(left);
      groups.to.back().append(right);
      continue;
    }
    groups.from.push_back(left);
    groups.to.push_back(right);
  }
  return groups;
}

/// The general form: a shape tensor read at run time.
static Value reshapeByShape(Node &node, Value value, RankedTensorType to,
                            ArrayRef<Size> dims) {
  auto type =
      RankedTensorType::get({int64_t(dims.size())}, node.b.getIndexType());
  SmallVector<Value> sizes;
  for (Size size : dims)
    sizes.push_back(node.sizes.value(size));
  Value shape =
      dims.empty()
          ? arith::ConstantOp::create(
                node.b, node.loc,
                DenseElementsAttr::get(type, ArrayRef<Attribute>{}))
                .getResult()
          : tensor::FromElementsOp::create(node.b, node.loc, type, sizes)
                .getResult();
  return tensor::ReshapeOp::create(node.b, node.loc, to, value, shape);
}

FailureOr<Tensor> reshape(Node &node, Tensor &tensor, ArrayRef<Size> dims) {
  Sizes &sizes = node.sizes;
  Value value = node.value(tensor);
  if (failed(requireEqual(node, sizes.product(tensor.dims), sizes.product(dims),
                          "the numbers of elements")))
    return failure();
  auto from = cast<RankedTensorType>(value.getType());
  RankedTensorType to = typeOf(dims, from.getElementType());
  if (tensor.dims.size() == dims.size() &&
      llvm::all_of(llvm::zip(tensor.dims, dims), [&](auto pair) {
        return sizes.equal(std::get<0>(pair), std::get<1>(pair));
      }))
    return wrap(withType(node, value, dims), tensor.dtype, dims);
  if ((dims.empty() || tensor.dims.empty()) && from.hasStaticShape() &&
      to.hasStaticShape()) {
    SmallVector<ReassociationIndices> none;
    if (dims.empty())
      value =
          tensor::CollapseShapeOp::create(node.b, node.loc, to, value, none);
    else
      value = tensor::ExpandShapeOp::create(node.b, node.loc, to, value, none);
    return wrap(value, tensor.dtype, dims);
  }
  auto groups = group(sizes, tensor.dims, dims);
  if (!groups || dims.empty() || tensor.dims.empty())
    return wrap(reshapeByShape(node, value, to, dims), tensor.dtype, dims);
  SmallVector<Size> middle;
  for (auto &indices : groups->from) {
    SmallVector<Size> parts;
    for (int64_t at : indices)
      parts.push_back(tensor.dims[at]);
    middle.push_back(sizes.product(parts));
  }
  if (groups->from.size() != tensor.dims.size())
    value = withType(
        node,
        tensor::CollapseShapeOp::create(node.b, node.loc, value, groups->from),
        middle);
  if (groups->to.size() != dims.size())
    value = tensor::ExpandShapeOp::create(node.b, node.loc, to, value,
                                          groups->to, llvm::to_vector(dims));
  return wrap(withType(node, value, dims), tensor.dtype, dims);
}

Tensor transpose(Node &node, Tensor &tensor, ArrayRef<int64_t> permutation) {
  SmallVector<Size> dims;
  for (int64_t from : permutation)
    dims.push_back(tensor.dims[from]);
  Value value = node.value(tensor);
  if (llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size())))
    return wrap(value, tensor.dtype, dims);
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  Value init = empty(node, dims, element);
  value =
      linalg::TransposeOp::create(node.b, node.loc, value, init, permutation)
          ->getResult(0);
  return wrap(value, tensor.dtype, dims);
}

} // namespace niello::onnx_frontend
