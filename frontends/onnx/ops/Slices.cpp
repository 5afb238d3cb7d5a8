// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parts of tensors read, written and put together.

#include "frontends/onnx/ops/Emit.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace niello::onnx_frontend {

Tensor slice(Node &node, Tensor &tensor, ArrayRef<Size> offsets,
             ArrayRef<Size> lengths, ArrayRef<Size> strides) {
  Value value = node.value(tensor);
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  // An empty slice may start at the end, which extract_slice does not take; its
  // length need not be known for that.
  Size zero = node.sizes.constant(0);
  bool startsAtEnd =
      llvm::any_of(llvm::zip(offsets, tensor.dims), [](auto pair) {
        auto offset = Sizes::asConstant(std::get<0>(pair));
        auto dim = Sizes::asConstant(std::get<1>(pair));
        return offset && dim && *offset >= *dim;
      });
  if (startsAtEnd || llvm::is_contained(lengths, zero) ||
      llvm::is_contained(tensor.dims, zero))
    return wrap(empty(node, lengths, element), tensor.dtype, lengths);
  value =
      tensor::ExtractSliceOp::create(node.b, node.loc, typeOf(lengths, element),
                                     value, offsets, lengths, strides);
  return wrap(value, tensor.dtype, lengths);
}

Tensor elementOf(Node &node, Tensor &tensor, int64_t axis, Size at) {
  Sizes &sizes = node.sizes;
  SmallVector<Size> offsets(tensor.rank(), sizes.constant(0)),
      lengths(tensor.dims), strides(tensor.rank(), sizes.constant(1)),
      dims(tensor.dims);
  offsets[axis] = at;
  lengths[axis] = sizes.constant(1);
  dims.erase(dims.begin() + axis);
  Value value = node.value(tensor);
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  if (llvm::is_contained(tensor.dims, sizes.constant(0)))
    return wrap(empty(node, dims, element), tensor.dtype, dims);
  value =
      tensor::ExtractSliceOp::create(node.b, node.loc, typeOf(dims, element),
                                     value, offsets, lengths, strides);
  return wrap(value, tensor.dtype, dims);
}

Value insertSlice(Node &node, Value part, Value whole, ArrayRef<Size> offsets,
                  ArrayRef<Size> lengths) {
  // insert_slice takes no offset that is not within the tensor.
  if (llvm::is_contained(cast<ShapedType>(part.getType()).getShape(), 0) ||
      llvm::is_contained(cast<ShapedType>(whole.getType()).getShape(), 0))
    return whole;
  SmallVector<Size> strides(offsets.size(), node.sizes.constant(1));
  return tensor::InsertSliceOp::create(node.b, node.loc, part, whole, offsets,
                                       lengths, strides);
}

Tensor stridedRead(Node &node, Tensor &tensor, ArrayRef<Size> offsets,
                   ArrayRef<Size> lengths, ArrayRef<Size> strides) {
  Value value = node.value(tensor);
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  SmallVector<Value> starts, steps;
  for (auto [offset, stride] : llvm::zip(offsets, strides)) {
    starts.push_back(node.sizes.value(offset));
    steps.push_back(node.sizes.value(stride));
  }
  Value init = empty(node, lengths, element);
  SmallVector<utils::IteratorType> iterators(lengths.size(),
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      node.b, node.loc, init.getType(), ValueRange{}, init,
      node.b.getMultiDimIdentityMap(lengths.size()), iterators,
      [&](OpBuilder &b, Location loc, ValueRange) {
        SmallVector<Value> at;
        for (size_t i = 0; i < lengths.size(); ++i) {
          Value index = linalg::IndexOp::create(b, loc, i);
          Value scaled = arith::MulIOp::create(b, loc, index, steps[i]);
          at.push_back(arith::AddIOp::create(b, loc, starts[i], scaled));
        }
        Value read = tensor::ExtractOp::create(b, loc, value, at);
        linalg::YieldOp::create(b, loc, read);
      });
  return wrap(generic.getResult(0), tensor.dtype, lengths);
}

Tensor concat(Node &node, MutableArrayRef<Tensor> parts, int64_t axis) {
  SmallVector<Size> dims(parts.front().dims);
  Size total = node.sizes.constant(0);
  for (Tensor &part : parts)
    total = node.sizes.add(total, part.dims[axis]);
  dims[axis] = total;
  Value first = node.value(parts.front());
  Type element = cast<RankedTensorType>(first.getType()).getElementType();
  Value out = empty(node, dims, element);
  Size offset = node.sizes.constant(0);
  for (Tensor &part : parts) {
    SmallVector<Size> offsets(dims.size(), node.sizes.constant(0));
    offsets[axis] = offset;
    out = insertSlice(node, node.value(part), out, offsets, part.dims);
    offset = node.sizes.add(offset, part.dims[axis]);
  }
  return wrap(out, parts.front().dtype, dims);
}

FailureOr<Tensor> checkedConcat(Node &node, MutableArrayRef<Tensor> parts,
                                int64_t axis) {
  int64_t rank = parts[0].rank();
  for (Tensor &part : parts) {
    if (part.rank() != rank)
      return node.bad("needs inputs of one rank, but got " + Twine(rank) +
                      " and " + Twine(part.rank()));
    for (int64_t i = 0; i < rank; ++i)
      if (i != axis && failed(requireEqual(node, part.dims[i], parts[0].dims[i],
                                           "the dimensions beside the axis")))
        return failure();
  }
  return concat(node, parts, axis);
}

} // namespace niello::onnx_frontend
