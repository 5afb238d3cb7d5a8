// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// numpy broadcasting, and elements computed after it.

#include "frontends/onnx/ops/Emit.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace niello::onnx_frontend {

/// The common size of two dimensions under broadcasting.
static FailureOr<Size> broadcastPair(Node &node, Size a, Size b) {
  Sizes &sizes = node.sizes;
  auto ca = Sizes::asConstant(a), cb = Sizes::asConstant(b);
  if (sizes.equal(a, b) || cb == 1)
    return a;
  if (ca == 1)
    return b;
  if (ca && cb) {
    (void)node.bad("cannot broadcast sizes " + Twine(*ca) + " and " +
                   Twine(*cb));
    return failure();
  }
  Value same = sizes.compare(arith::CmpIPredicate::eq, a, b);
  auto isOne = [&](Size size) {
    return sizes.compare(arith::CmpIPredicate::eq, size, sizes.constant(1));
  };
  Value fits = same;
  if (!ca)
    fits = arith::OrIOp::create(node.b, node.loc, fits, isOne(a));
  if (!cb)
    fits = arith::OrIOp::create(node.b, node.loc, fits, isOne(b));
  require(node, fits, "cannot broadcast sizes {0} and {1}", a, b);
  if (ca)
    return a;
  if (cb)
    return b;
  return sizes.select(isOne(a), b, a);
}

FailureOr<SmallVector<Size>> broadcastDims(Node &node,
                                           ArrayRef<ArrayRef<Size>> shapes) {
  SmallVector<Size> dims;
  for (ArrayRef<Size> shape : shapes) {
    if (shape.size() > dims.size())
      dims.insert(dims.begin(), shape.size() - dims.size(),
                  node.sizes.constant(1));
    size_t shift = dims.size() - shape.size();
    for (auto [i, size] : llvm::enumerate(shape)) {
      auto common = broadcastPair(node, dims[shift + i], size);
      if (failed(common))
        return failure();
      dims[shift + i] = *common;
    }
  }
  return dims;
}

Tensor broadcastTo(Node &node, Tensor &tensor, ArrayRef<Size> dims) {
  Value value = node.value(tensor);
  bool same = tensor.dims.size() == dims.size() &&
              llvm::all_of(llvm::zip(tensor.dims, dims), [&](auto pair) {
                return node.sizes.equal(std::get<0>(pair), std::get<1>(pair));
              });
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  if (!same)
    value = model::BroadcastOp::create(node.b, node.loc, typeOf(dims, element),
                                       value, dynamicSizes(dims));
  return wrap(withType(node, value, dims), tensor.dtype, dims);
}

/// Broadcasts all inputs to their common shape.
static FailureOr<SmallVector<Size>> broadcastAll(Node &node,
                                                 MutableArrayRef<Tensor> inputs,
                                                 SmallVector<Value> &values) {
  SmallVector<ArrayRef<Size>> shapes;
  for (Tensor &input : inputs)
    shapes.push_back(input.dims);
  auto dims = broadcastDims(node, shapes);
  if (succeeded(dims))
    for (Tensor &input : inputs)
      values.push_back(broadcastTo(node, input, *dims).value);
  return dims;
}

FailureOr<Tensor> onTensors(Node &node, MutableArrayRef<Tensor> inputs,
                            DType resultType, Body body) {
  SmallVector<Value> values;
  auto dims = broadcastAll(node, inputs, values);
  if (failed(dims))
    return failure();
  return wrap(body(node.b, values), resultType, *dims);
}

FailureOr<Tensor> elementwise(Node &node, MutableArrayRef<Tensor> inputs,
                              DType resultType, Body body) {
  SmallVector<Value> values;
  auto dims = broadcastAll(node, inputs, values);
  if (failed(dims))
    return failure();
  auto map = node.b.getMultiDimIdentityMap(dims->size());
  Type element = elementType(node.b.getContext(), resultType);
  Value init = empty(node, *dims, element);
  SmallVector<AffineMap> maps(values.size() + 1, map);
  SmallVector<utils::IteratorType> iterators(dims->size(),
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      node.b, node.loc, init.getType(), values, init, maps, iterators,
      [&](OpBuilder &b, Location loc, ValueRange args) {
        ImplicitLocOpBuilder inner(loc, b);
        SmallVector<Value> scalars(args.drop_back());
        linalg::YieldOp::create(inner, body(inner, scalars));
      });
  return wrap(generic.getResult(0), resultType, *dims);
}

} // namespace niello::onnx_frontend
