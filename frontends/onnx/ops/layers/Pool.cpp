// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pools over windows and over all of the spatial dimensions.

#include "frontends/onnx/ops/layers/Windows.h"
#include "frontends/onnx/ops/math/Statistics.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

using model::PoolKind;

/// The exponent of an Lp pool: a float in opset 1.
double readPower(Node &node) {
  auto *attr = node.attribute("p");
  if (!attr)
    return 2;
  return attr->type() == onnx::AttributeProto::FLOAT ? attr->f() : attr->i();
}

template <PoolKind kind> LogicalResult importPool(Node &node) {
  Tensor &input = node.tensor(0);
  auto windows = readWindows(node, input.rank(), nullptr);
  if (failed(windows))
    return failure();
  SmallVector<int64_t> kernel;
  for (Size size : windows->kernel)
    kernel.push_back(*Sizes::asConstant(size));
  SmallVector<Size> dims(ArrayRef(input.dims).take_front(2));
  if (failed(appendWindowCounts(node, *windows, input, dims)))
    return failure();
  double p = kind == PoolKind::Lp ? readPower(node) : 2;
  if (!(p >= 1 && p <= INT32_MAX) || p != std::floor(p))
    return node.bad(
        "needs p to be a whole number from 1 to 2^31 - 1, but got " +
        std::to_string(p));
  auto pool = model::PoolOp::create(
      node.b, node.loc, kind, node.value(0), kernel, windows->strides,
      windows->dilations, windows->givenPads(), windows->rule, windows->ceil,
      node.intAttr("count_include_pad", 0), p, node.wantsOutput(1),
      node.intAttr("storage_order", 0), !isUnsignedInteger(input.dtype));
  if (node.wantsOutput(1))
    (void)node.result(1, pool.getPlaces()[0], DType::Int64, dims);
  return node.result(0, pool.getResult(), input.dtype, dims);
}

Value negativeInfinity(Node &node, Type type) {
  auto &semantics = cast<FloatType>(type).getFloatSemantics();
  return arith::ConstantOp::create(
      node.b, node.loc,
      node.b.getFloatAttr(type, APFloat::getInf(semantics, true)));
}

LogicalResult importGlobalMaxPool(Node &node) {
  Tensor &input = node.tensor(0);
  if (input.rank() < 2)
    return node.bad("needs an input of rank 2 or more");
  return node.result(
      0, reduce(node, input, axesFrom(2, input.rank()), /*keepDims=*/true,
                negativeInfinity(node, node.elementType(0)),
                [](auto &b, auto args) -> Value {
                  return arith::MaximumFOp::create(b, args[0], args[1]);
                }));
}

LogicalResult importGlobalAveragePool(Node &node) {
  Tensor &input = node.tensor(0);
  if (input.rank() < 2)
    return node.bad("needs an input of rank 2 or more");
  auto mean = meanOver(node, input, axesFrom(2, input.rank()),
                       /*keepDims=*/true);
  return failed(mean) ? failure()
                      : node.result(0, castTo(node, *mean, input.dtype));
}

// (sum |x|^p)^(1/p)
LogicalResult importGlobalLpPool(Node &node) {
  Tensor &input = node.tensor(0);
  double p = readPower(node);
  if (input.rank() < 2 || !(p >= 1))
    return node.bad("needs an input of rank 2 or more and p of 1 or more");
  auto powers = powerOf(node, input, p);
  if (failed(powers))
    return failure();
  auto root = powerOf(node,
                      sumOver(node, *powers, axesFrom(2, input.rank()),
                              /*keepDims=*/true),
                      1 / p);
  return failed(root) ? failure()
                      : node.result(0, castTo(node, *root, input.dtype));
}

const Registration table[] = {
    {"", "MaxPool", importPool<PoolKind::Max>,
     floats | bit(DType::Int8) | bit(DType::UInt8)},
    {"", "AveragePool", importPool<PoolKind::Average>, floats},
    {"", "LpPool", importPool<PoolKind::Lp>, floats},
    {"", "GlobalMaxPool", importGlobalMaxPool, floats},
    {"", "GlobalAveragePool", importGlobalAveragePool, floats},
    {"", "GlobalLpPool", importGlobalLpPool, floats},
};

} // namespace

ArrayRef<Registration> poolOps() { return table; }

} // namespace niello::onnx_frontend
