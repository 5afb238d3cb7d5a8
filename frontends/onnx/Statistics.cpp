// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/Statistics.h"

#include "frontends/onnx/ops/Emit.h"
#include "frontends/onnx/ops/math/Matmul.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

using Scalars = ArrayRef<Value>;

Value same(ImplicitLocOpBuilder &b, Scalars x) { return x[0]; }
Value sum(ImplicitLocOpBuilder &b, Scalars x) {
  return arith::AddFOp::create(b, x[0], x[1]);
}
Value least(ImplicitLocOpBuilder &b, Scalars x) {
  return arith::MinimumFOp::create(b, x[0], x[1]);
}
Value most(ImplicitLocOpBuilder &b, Scalars x) {
  return arith::MaximumFOp::create(b, x[0], x[1]);
}
Value quotient(ImplicitLocOpBuilder &b, Scalars x) {
  return arith::DivFOp::create(b, x[0], x[1]);
}
Value absolute(ImplicitLocOpBuilder &b, Scalars x) {
  return math::AbsFOp::create(b, x[0]);
}
Value square(ImplicitLocOpBuilder &b, Scalars x) {
  return arith::MulFOp::create(b, x[0], x[0]);
}
Value squaredDistance(ImplicitLocOpBuilder &b, Scalars x) {
  Value d = arith::SubFOp::create(b, x[0], x[1]);
  return arith::MulFOp::create(b, d, d);
}
Value root(ImplicitLocOpBuilder &b, Scalars x) {
  return math::SqrtOp::create(b, x[0]);
}

// The bin of an f32: its top bits as they are.
Value binOf(ImplicitLocOpBuilder &b, Scalars x) {
  Value bits = arith::BitcastOp::create(b, b.getI32Type(), x[0]);
  Value low = arith::ConstantIntOp::create(b, 32 - histogramBits, 32);
  Value bin = arith::ShRUIOp::create(b, bits, low);
  return arith::ExtUIOp::create(b, b.getI64Type(), bin);
}

} // namespace

Statistics::Statistics(Node &node, Tensor given, int64_t axis)
    : node(node), b(node.b), value(std::move(given)), axis(axis) {
  if (value.rank() == 0) {
    value.value = node.value(value);
    value = *reshape(node, value, node.sizes.constant(1)); // always the same
  }
  wide = castTo(node, value, DType::Double);
  rows = node.sizes.constant(1);
  for (int64_t i : llvm::seq(value.rank()))
    if (i != axis) {
      others.push_back(i);
      rows = node.sizes.mul(rows, value.dims[i]);
    }
}

Tensor Statistics::count() {
  Tensor tensor;
  tensor.dtype = DType::Int64;
  tensor.elements = SmallVector<Size>{rows};
  return tensor;
}

FailureOr<Tensor> Statistics::reduced(Tensor of, double init, Step combine) {
  Value start = scalar(node, b.getF64Type(), init);
  return reduce(node, of, others, /*keepDims=*/false, start, combine);
}

FailureOr<Tensor> Statistics::mapped(ArrayRef<Tensor> operands, Step step) {
  SmallVector<Tensor> copies(operands);
  return elementwise(node, copies, DType::Double, step);
}

// The sum of a function of the elements.
FailureOr<Tensor> Statistics::total(Step step) {
  auto terms = step == same ? FailureOr<Tensor>(wide) : mapped(wide, step);
  if (failed(terms))
    return failure();
  return reduced(*terms, 0.0, sum);
}

FailureOr<Tensor> Statistics::overCount(FailureOr<Tensor> sum) {
  if (failed(sum))
    return failure();
  Value count = b.createOrFold<arith::IndexCastOp>(b.getI64Type(),
                                                   node.sizes.value(rows));
  Value n = arith::SIToFPOp::create(b, b.getF64Type(), count);
  return mapped({*sum, full(node, sum->dims, DType::Double, n)}, quotient);
}

FailureOr<Tensor> Statistics::mean() { return overCount(total(same)); }

// sum (x - mean)^2 / n: two passes, so that nothing cancels
FailureOr<Tensor> Statistics::variance() {
  auto centre = mean();
  if (failed(centre))
    return failure();
  SmallVector<Size> line(value.rank(), node.sizes.constant(1));
  line[axis] = value.dims[axis];
  auto shaped = reshape(node, *centre, line);
  if (failed(shaped))
    return failure();
  auto squares =
      mapped({wide, broadcastTo(node, *shaped, wide.dims)}, squaredDistance);
  if (failed(squares))
    return failure();
  return overCount(reduced(*squares, 0.0, sum));
}

// X^T X for the rows X [n, C]
FailureOr<Tensor> Statistics::moments() {
  DType dtype = value.dtype == DType::Double ? DType::Double : DType::Float;
  Tensor x = castTo(node, value, dtype);
  SmallVector<int64_t> order(others);
  order.push_back(axis);
  Tensor last = transpose(node, x, order);
  auto matrix = reshape(node, last, {rows, value.dims[axis]});
  if (failed(matrix))
    return failure();
  auto product = matmul(node, transpose(node, *matrix, {1, 0}), *matrix);
  if (failed(product))
    return failure();
  return castTo(node, *product, DType::Double);
}

FailureOr<Tensor> Statistics::histogram() {
  Tensor x = castTo(node, value, DType::Float);
  auto line = reshape(node, x, node.sizes.mul(rows, value.dims[axis]));
  if (failed(line))
    return failure();
  Tensor operands[] = {*line};
  auto bins = elementwise(node, operands, DType::Int64, binOf);
  if (failed(bins))
    return failure();
  Value one = scalar(node, b.getI64Type(), 1),
        zero = scalar(node, b.getI64Type(), 0);
  Tensor ones = full(node, bins->dims, DType::Int64, one);
  Tensor none =
      full(node, node.sizes.constant(1 << histogramBits), DType::Int64, zero);
  Value counts = model::ScatterOp::create(b, model::ScatterKind::Elements,
                                          none.value, bins->value, ones.value,
                                          model::Reduction::Add, /*axis=*/0);
  return wrap(counts, DType::Int64, none.dims);
}

FailureOr<Tensor> Statistics::compute(StringRef kind) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (kind == "mean")
    return mean();
  if (kind == "variance")
    return variance();
  if (kind == "min")
    return reduced(wide, infinity, least);
  if (kind == "max")
    return reduced(wide, -infinity, most);
  if (kind == "moments")
    return moments();
  if (kind == "histogram")
    return histogram();
  if (kind == "l1")
    return total(absolute);
  auto squares = kind == "l2" ? total(square) : mapped(wide, absolute);
  if (failed(squares))
    return failure();
  if (kind == "l2")
    return mapped(*squares, root);
  return reduced(*squares, 0.0, most); // linf
}

} // namespace niello::onnx_frontend
