// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/ops/quantized/Quantize.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
using model::Emit;
using model::Term;
using model::Terms;

static Term cast(Term x, DType from, DType to, Narrowing how = {}) {
  ImplicitLocOpBuilder b(x.emit->loc, x.emit->b);
  return x.emit->wrap(castScalar(b, x, from, to, how));
}

/// out[.., i, ..] = grid[.., i / block, ..]
static FailureOr<Tensor> repeatBlocks(Node &node, Tensor grid, Tensor &x,
                                      int64_t axis, int64_t block) {
  Sizes &sizes = node.sizes;
  Size size = sizes.constant(block), blocks = grid.dims[axis];
  if (failed(requireEqual(node, blocks, sizes.ceilDiv(x.dims[axis], size),
                          "the scales and the blocks along the axis")))
    return failure();
  if (sizes.equal(sizes.mul(blocks, size), x.dims[axis])) {
    SmallVector<Size> one(grid.dims), many(grid.dims), whole(grid.dims);
    one.insert(one.begin() + axis + 1, sizes.constant(1));
    many.insert(many.begin() + axis + 1, size);
    whole[axis] = x.dims[axis];
    auto column = reshape(node, grid, one);
    if (failed(column))
      return failure();
    Tensor wide = broadcastTo(node, *column, many);
    return reshape(node, wide, whole);
  }
  Value source = node.value(grid);
  SmallVector<Size> dims(grid.dims);
  dims[axis] = x.dims[axis];
  return generate(node, dims, grid.dtype, [&](Emit &e, Terms at) {
    at[axis] = at[axis] / e.index(block);
    return e.at(source, at);
  });
}

static FailureOr<Tensor> alongAxis(Node &node, Tensor grid, Tensor &x,
                                   int64_t axis, int64_t block) {
  if (grid.rank() == 0)
    return grid;
  bool isBlocked = block > 0 && grid.rank() == x.rank();
  if (!isBlocked && grid.rank() == 1 && Sizes::asConstant(grid.dims[0]) == 1)
    return reshape(node, grid, {});
  auto at = node.axis(x.rank() == 1 ? 0 : axis, x.rank());
  if (failed(at))
    return failure();
  if (isBlocked)
    return repeatBlocks(node, grid, x, *at, block);
  if (grid.rank() != 1)
    return node.bad("needs a scale of rank 0 or 1, or a block_size, but got "
                    "rank " +
                    Twine(grid.rank()));
  if (failed(requireEqual(node, grid.dims[0], x.dims[*at],
                          "the scales and the dimension of the axis")))
    return failure();
  SmallVector<Size> dims(x.rank() - *at, node.sizes.constant(1));
  dims[0] = grid.dims[0];
  return reshape(node, grid, dims);
}

FailureOr<Grid> readGrid(Node &node, unsigned scale, unsigned zero, Tensor &x,
                         int64_t axis, int64_t blockSize) {
  Grid grid;
  auto s = alongAxis(node, node.tensor(scale), x, axis, blockSize);
  if (failed(s))
    return failure();
  grid.scale = *s;
  if (!node.has(zero))
    return grid;
  auto z = alongAxis(node, node.tensor(zero), x, axis, blockSize);
  if (failed(z))
    return failure();
  grid.zero = *z;
  return grid;
}

Term toIntegerGrid(Term q, std::optional<Term> zero, DType to) {
  Emit &e = *q.emit;
  unsigned bits = storageBits(to);
  bool isSigned = isSignedInteger(to);
  double low = isSigned ? -double(int64_t(1) << (bits - 1)) : 0;
  double high = low + double((int64_t(1) << bits) - 1);
  Term rounded = apply<math::RoundEvenOp>(q);
  if (zero)
    rounded = rounded + cast(*zero, to, DType::Float);
  Term inside = e.wrap(arith::MinNumFOp::create(
      e.b, e.loc, arith::MaxNumFOp::create(e.b, e.loc, rounded, q.like(low)),
      q.like(high)));
  return cast(e.cast(inside, e.b.getI32Type()), DType::Int32, to);
}

static bool isPlainFloat(DType dtype) {
  return isFloat(dtype) && !isNarrowFloat(dtype);
}

LogicalResult requireQuantised(Node &node, DType to) {
  if (!elementType(node.b.getContext(), to) || isPlainFloat(to) ||
      to == DType::Float8E8M0 || to == DType::Bool || storageBits(to) > 16)
    return node.refuse("to " + dtypeName(to));
  return success();
}

FailureOr<Tensor> quantize(Node &node, Tensor x, Grid grid, Quantization how) {
  if (failed(requireQuantised(node, how.to)))
    return failure();
  SmallVector<Tensor> inputs{x, grid.scale};
  if (grid.zero)
    inputs.push_back(*grid.zero);
  return perElement(node, inputs, how.to, [&](ArrayRef<Term> args) {
    Term q = cast(args[0], x.dtype, how.division) /
             cast(args[1], grid.scale.dtype, how.division);
    q = cast(q, how.division, DType::Float);
    std::optional<Term> zero;
    if (grid.zero)
      zero = args[2];
    if (isInteger(how.to))
      return toIntegerGrid(q, zero, how.to);
    if (zero)
      q = q + cast(*zero, how.to, DType::Float);
    return cast(q, DType::Float, how.to, Narrowing{how.saturate});
  });
}

FailureOr<Tensor> dequantize(Node &node, Tensor x, Grid grid, DType to) {
  SmallVector<Tensor> inputs{x, grid.scale};
  if (grid.zero)
    inputs.push_back(*grid.zero);
  return perElement(node, inputs, to, [&](ArrayRef<Term> args) {
    Term value = args[0];
    if (grid.zero && isInteger(x.dtype))
      value = cast(cast(value, x.dtype, DType::Int32) -
                       cast(args[2], x.dtype, DType::Int32),
                   DType::Int32, DType::Float);
    else
      value = cast(value, x.dtype, DType::Float);
    if (grid.zero && isFloat(x.dtype))
      value = value - cast(args[2], x.dtype, DType::Float);
    Term scaled = value * cast(args[1], grid.scale.dtype, DType::Float);
    return cast(scaled, DType::Float, to);
  });
}

namespace {

LogicalResult importQuantize(Node &node) {
  Tensor x = node.tensor(0);
  auto grid = readGrid(node, 1, 2, x, node.intAttr("axis", 1),
                       node.intAttr("block_size", 0));
  if (failed(grid))
    return failure();
  Quantization how;
  auto output = static_cast<DType>(node.intAttr("output_dtype", 0));
  if (grid->zero)
    how.to = grid->zero->dtype;
  else if (output != DType::Undefined)
    how.to = output;
  auto precision = static_cast<DType>(node.intAttr("precision", 0));
  if (isPlainFloat(precision))
    how.division = precision;
  else if (isPlainFloat(grid->scale.dtype))
    how.division = grid->scale.dtype;
  how.saturate = node.intAttr("saturate", 1);
  return give(node, 0, quantize(node, x, *grid, how));
}

LogicalResult importDequantize(Node &node) {
  Tensor x = node.tensor(0);
  auto grid = readGrid(node, 1, 2, x, node.intAttr("axis", 1),
                       node.intAttr("block_size", 0));
  if (failed(grid))
    return failure();
  auto to = static_cast<DType>(node.intAttr("output_dtype", 0));
  if (to == DType::Undefined)
    to = grid->scale.dtype;
  if (!isPlainFloat(to))
    return node.refuse("to " + dtypeName(to));
  if (grid->zero && grid->zero->dtype != x.dtype)
    return node.bad("needs a zero point of " + dtypeName(x.dtype) +
                    ", but got " + dtypeName(grid->zero->dtype));
  return give(node, 0, dequantize(node, x, *grid, to));
}

// low = min(0, min x), high = max(0, max x), scale = (high - low) / 255,
// zero = saturate(round(-low / scale)), y = saturate(round(x / scale) + zero)
LogicalResult importDynamicQuantize(Node &node) {
  Tensor x = node.tensor(0);
  Emit e(node.b, node.loc);
  Term none = e.constant(e.b.getF32Type(), 0);
  auto axes = llvm::to_vector(llvm::seq<int64_t>(0, x.rank()));
  auto extreme = [&](bool isMax) {
    return reduce(node, x, axes, /*keepDims=*/false, none,
                  [&](ImplicitLocOpBuilder &b, ArrayRef<Value> args) -> Value {
                    if (isMax)
                      return arith::MaximumFOp::create(b, args[0], args[1]);
                    return arith::MinimumFOp::create(b, args[0], args[1]);
                  });
  };
  Grid grid;
  SmallVector<Tensor> range{extreme(false), extreme(true)};
  auto scale = perElement(node, range, DType::Float, [](auto ends) {
    Term width = ends[1] - ends[0];
    return select(width == 0, width.like(1), width) / 255;
  });
  if (failed(scale))
    return failure();
  grid.scale = *scale;
  SmallVector<Tensor> ends{range[0], grid.scale};
  auto zero = perElement(node, ends, DType::UInt8, [](auto x) {
    return toIntegerGrid((0 - x[0]) / x[1], std::nullopt, DType::UInt8);
  });
  if (failed(zero))
    return failure();
  grid.zero = *zero;
  (void)node.result(1, grid.scale);
  (void)node.result(2, *grid.zero);
  return give(node, 0, quantize(node, x, grid, {}));
}

constexpr DTypes stored = bit(DType::Int8) | bit(DType::UInt8) |
                          bit(DType::Int16) | bit(DType::UInt16) |
                          bit(DType::Int32) | narrow;

const Registration table[] = {
    {"", "QuantizeLinear", importQuantize, floats | bit(DType::Int32)},
    {"", "DequantizeLinear", importDequantize, stored},
    {"", "DynamicQuantizeLinear", importDynamicQuantize, bit(DType::Float)},
    {"com.microsoft", "QuantizeLinear", importQuantize, floats},
    {"com.microsoft", "DequantizeLinear", importDequantize, stored},
};

} // namespace

ArrayRef<Registration> quantizeOps() { return table; }

} // namespace niello::onnx_frontend
