// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The scan outputs of Loop and Scan.

#include "frontends/onnx/ops/control/Regions.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace niello::onnx_frontend {

Stack::Stack(Node &node, Region &region, Tensor &item,
             std::optional<Size> count)
    : node(node), dtype(item.dtype), grows(!count) {
  dims.push_back(count.value_or(node.sizes.constant(0)));
  SmallVector<int64_t> shape{ShapedType::kDynamic};
  for (Size size : item.dims) {
    auto outside = node.sizes.hoist(size, region);
    grows |= !outside;
    dims.push_back(outside.value_or(node.sizes.constant(0)));
    shape.push_back(Sizes::asConstant(size).value_or(ShapedType::kDynamic));
  }
  Type element = elementType(node.b.getContext(), dtype);
  type = grows ? RankedTensorType::get(shape, element)
               : onnx_frontend::typeOf(dims, element);
}

Value Stack::initial() {
  if (!grows)
    return empty(node, dims, type.getElementType());
  SmallVector<Value> none(type.getNumDynamicDims(),
                          node.sizes.value(node.sizes.constant(0)));
  return tensor::EmptyOp::create(node.b, node.loc, type, none);
}

/// A larger stack: the old one beside the item.
Value Stack::grow(Value stack, Size step, Tensor &item, bool reversed) {
  Sizes &sizes = node.sizes;
  SmallVector<Size> larger{sizes.add(step, sizes.constant(1))};
  larger.append(item.dims);
  SmallVector<Size> old = node.makeTensor(stack, dtype).dims;
  for (auto [was, is] : llvm::zip(ArrayRef(old).drop_front(), item.dims)) {
    if (sizes.equal(was, is))
      continue;
    Value first =
        sizes.compare(arith::CmpIPredicate::eq, step, sizes.constant(0));
    Value same = sizes.compare(arith::CmpIPredicate::eq, was, is);
    require(node, arith::OrIOp::create(node.b, node.loc, first, same),
            "needs every step to give one shape, but got sizes {0} and {1}",
            was, is);
  }
  Value out = tensor::CastOp::create(
      node.b, node.loc, type, empty(node, larger, type.getElementType()));
  SmallVector<Size> offsets(larger.size(), sizes.constant(0));
  offsets[0] = sizes.constant(reversed);
  old[0] = step;
  return insertSlice(node, stack, out, offsets, old);
}

Value Stack::push(Value stack, Size step, Tensor item, bool reversed) {
  Sizes &sizes = node.sizes;
  Size at = step;
  if (grows) {
    stack = grow(stack, step, item, reversed);
    at = reversed ? sizes.constant(0) : step;
  } else if (reversed) {
    at = sizes.sub(sizes.sub(dims[0], sizes.constant(1)), step);
  }
  SmallVector<Size> offsets(type.getRank(), sizes.constant(0)),
      lengths{sizes.constant(1)};
  offsets[0] = at;
  lengths.append(item.dims);
  return insertSlice(node, node.value(item), stack, offsets, lengths);
}

Tensor Stack::result(Value stack) {
  Tensor tensor = node.makeTensor(stack, dtype);
  if (!grows)
    tensor.dims = dims;
  return tensor;
}

} // namespace niello::onnx_frontend
