// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/ops/Emit.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace niello::onnx_frontend {

RankedTensorType typeOf(ArrayRef<Size> dims, Type element) {
  SmallVector<int64_t> shape;
  for (Size size : dims)
    shape.push_back(Sizes::asConstant(size).value_or(ShapedType::kDynamic));
  return RankedTensorType::get(shape, element);
}

SmallVector<Value> dynamicSizes(ArrayRef<Size> dims) {
  SmallVector<Value> values;
  for (Size size : dims)
    if (auto v = dyn_cast_if_present<Value>(size))
      values.push_back(v);
  return values;
}

Value empty(Node &node, ArrayRef<Size> dims, Type element) {
  return tensor::EmptyOp::create(node.b, node.loc, typeOf(dims, element),
                                 dynamicSizes(dims));
}

Tensor wrap(Value value, DType dtype, ArrayRef<Size> dims) {
  Tensor tensor;
  tensor.value = value;
  tensor.dtype = dtype;
  tensor.dims.assign(dims.begin(), dims.end());
  return tensor;
}

Tensor full(Node &node, ArrayRef<Size> dims, DType dtype, Value scalar) {
  Value init = empty(node, dims, scalar.getType());
  Value filled =
      linalg::FillOp::create(node.b, node.loc, scalar, init).getResult(0);
  return wrap(filled, dtype, dims);
}

Value scalar(Node &node, Type element, double value) {
  if (auto type = dyn_cast<FloatType>(element)) {
    APFloat f(value);
    bool lossy;
    f.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven, &lossy);
    return arith::ConstantOp::create(node.b, node.loc, FloatAttr::get(type, f));
  }
  return arith::ConstantOp::create(
      node.b, node.loc,
      IntegerAttr::get(element,
                       APInt(element.getIntOrFloatBitWidth(),
                             model::nearestInteger(value), true, true)));
}

Value extractScalar(Node &node, Tensor &tensor) {
  SmallVector<Value> zeros(tensor.rank(),
                           arith::ConstantIndexOp::create(node.b, node.loc, 0));
  return node.b.createOrFold<tensor::ExtractOp>(node.loc, node.value(tensor),
                                                zeros);
}

model::RequireOp require(Node &node, Value test, Twine sentence, Size a,
                         Size b) {
  if (matchPattern(test, m_One()))
    return {};
  std::string text = ("node '" + Twine(node.proto.name()) + "' (" +
                      node.proto.op_type() + "): " + sentence)
                         .str();
  SmallVector<Value> numbers;
  for (auto [mark, size] : {std::pair("{0}", a), std::pair("{1}", b)})
    if (StringRef(text).contains(mark))
      numbers.push_back(node.sizes.value(size));
  return model::RequireOp::create(node.b, node.loc, test, model::kFailedCheck,
                                  text, numbers);
}

LogicalResult requireEqual(Node &node, Size a, Size b, StringRef what) {
  if (node.sizes.equal(a, b))
    return success();
  if (auto known = node.sizes.known(a); known && known == node.sizes.known(b))
    return success();
  auto ca = Sizes::asConstant(a), cb = Sizes::asConstant(b);
  if (ca && cb)
    return node.bad("needs " + what + " to be equal, but got " + Twine(*ca) +
                    " and " + Twine(*cb));
  require(node, node.sizes.compare(arith::CmpIPredicate::eq, a, b),
          "needs " + what + " to be equal, but got {0} and {1}", a, b);
  if (ca || cb)
    node.sizes.assume(ca ? b : a, ca ? *ca : *cb);
  return success();
}

Value withType(Node &node, Value value, ArrayRef<Size> dims) {
  auto type =
      typeOf(dims, cast<RankedTensorType>(value.getType()).getElementType());
  if (value.getType() == type)
    return value;
  return tensor::CastOp::create(node.b, node.loc, type, value);
}

LogicalResult requireCounts(Node &node, MutableArrayRef<Size> counts,
                            StringRef what) {
  Sizes &sizes = node.sizes;
  for (Size &count : counts) {
    if (auto known = Sizes::asConstant(count); known && *known < 0)
      return node.bad("needs " + what + " of 0 or more, but got " +
                      Twine(*known));
    if (!sizes.isFromData(count))
      continue;
    require(node,
            sizes.compare(arith::CmpIPredicate::sge, count, sizes.constant(0)),
            "needs " + what + " of 0 or more, but got {0}", count, count);
    count = sizes.max(count, sizes.constant(0));
  }
  return success();
}

FailureOr<Value> withSize(Node &node, Tensor &tensor, int64_t dim, int64_t size,
                          StringRef what) {
  if (failed(requireEqual(node, tensor.dims[dim], node.sizes.constant(size),
                          what)))
    return failure();
  SmallVector<Size> dims(tensor.dims);
  dims[dim] = node.sizes.constant(size);
  return withType(node, node.value(tensor), dims);
}

Tensor reduce(Node &node, Tensor &tensor, ArrayRef<int64_t> axes, bool keepDims,
              Value init, Body combine) {
  SmallVector<Size> dims, kept;
  for (auto [i, size] : llvm::enumerate(tensor.dims)) {
    bool reduced = llvm::is_contained(axes, int64_t(i));
    if (!reduced)
      dims.push_back(size);
    kept.push_back(reduced ? node.sizes.constant(1) : size);
  }
  Tensor start = full(node, dims, tensor.dtype, init);
  auto op = linalg::ReduceOp::create(
      node.b, node.loc, ValueRange{node.value(tensor)}, ValueRange{start.value},
      axes, [&](OpBuilder &b, Location loc, ValueRange args) {
        ImplicitLocOpBuilder inner(loc, b);
        linalg::YieldOp::create(
            inner, combine(inner, SmallVector<Value>{args[0], args[1]}));
      });
  Tensor out = wrap(op->getResult(0), tensor.dtype, dims);
  if (keepDims)
    if (auto shaped = reshape(node, out, kept); succeeded(shaped))
      return *shaped;
  return out;
}

} // namespace niello::onnx_frontend
