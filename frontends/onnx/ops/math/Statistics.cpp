// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/ops/math/Statistics.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {

SmallVector<int64_t> axesFrom(int64_t from, int64_t to) {
  return llvm::to_vector(llvm::seq<int64_t>(from, to));
}

Tensor sumOver(Node &node, Tensor x, ArrayRef<int64_t> axes, bool keepDims) {
  Tensor wide = castTo(node, x, sumType(x.dtype));
  Type type = elementType(node.b.getContext(), wide.dtype);
  return reduce(node, wide, axes, keepDims, scalar(node, type, 0),
                [](auto &b, auto args) -> Value {
                  return arith::AddFOp::create(b, args[0], args[1]);
                });
}

FailureOr<Tensor> meanOver(Node &node, Tensor x, ArrayRef<int64_t> axes,
                           bool keepDims) {
  Tensor sum = sumOver(node, x, axes, keepDims);
  Size count = node.sizes.constant(1);
  for (int64_t axis : axes)
    count = node.sizes.mul(count, x.dims[axis]);
  Value number = arith::IndexCastOp::create(
      node.b, node.loc, node.b.getI64Type(), node.sizes.value(count));
  Value divisor = castScalar(node.b, number, DType::Int64, sum.dtype);
  return elementwise(node, sum, sum.dtype, [&](auto &b, auto args) -> Value {
    return arith::DivFOp::create(b, args[0], divisor);
  });
}

FailureOr<Tensor> powerOf(Node &node, Tensor x, double exponent) {
  Tensor wide = castTo(node, x, sumType(x.dtype));
  Value by =
      scalar(node, elementType(node.b.getContext(), wide.dtype), exponent);
  return elementwise(node, wide, wide.dtype, [&](auto &b, auto args) -> Value {
    Value size = math::AbsFOp::create(b, args[0]);
    if (exponent == 1)
      return size;
    if (exponent == 2)
      return arith::MulFOp::create(b, size, size);
    if (exponent == 0.5)
      return math::SqrtOp::create(b, size);
    return math::PowFOp::create(b, size, by);
  });
}

} // namespace niello::onnx_frontend
