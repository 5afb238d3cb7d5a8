// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft DynamicQuantizeLSTM: int8 weights, inputs and states rounded
// to uint8 by their own range. The products are taken of the rounded values in
// floats, which gives the integer products up to the last bits.

#include "frontends/onnx/ops/recurrent/Recurrent.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {

/// The least and greatest element, 0 among them, as scalars.
static std::pair<Value, Value> rangeOf(Node &node, Tensor &x) {
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, x.rank()));
  Value zero = scalar(node, elementType(node.b.getContext(), x.dtype), 0);
  Tensor low = reduce(node, x, axes, /*keepDims=*/false, zero,
                      [](auto &b, auto args) -> Value {
                        return arith::MinimumFOp::create(b, args[0], args[1]);
                      });
  Tensor high = reduce(node, x, axes, /*keepDims=*/false, zero,
                       [](auto &b, auto args) -> Value {
                         return arith::MaximumFOp::create(b, args[0], args[1]);
                       });
  return {extractScalar(node, low), extractScalar(node, high)};
}

// scale = (max - min) / 255, zero = round(-min / scale),
// x' = (clamp(round(x / scale) + zero, 0, 255) - zero) * scale
FailureOr<Tensor> roundToBytes(Node &node, Tensor x) {
  ImplicitLocOpBuilder &b = node.b;
  auto [low, high] = rangeOf(node, x);
  Type type = low.getType();
  Value none = scalar(node, type, 0), most = scalar(node, type, 255);
  Value width = arith::SubFOp::create(b, high, low);
  Value flat = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, width, none);
  Value scale = arith::SelectOp::create(b, flat, scalar(node, type, 1),
                                        arith::DivFOp::create(b, width, most));
  auto clamp = [&](ImplicitLocOpBuilder &b, Value value) -> Value {
    return arith::MinimumFOp::create(
        b, arith::MaximumFOp::create(b, value, none), most);
  };
  Value zero = math::RoundEvenOp::create(
      b,
      clamp(b, arith::NegFOp::create(b, arith::DivFOp::create(b, low, scale))));
  return elementwise(node, x, x.dtype, [&](auto &b, auto args) -> Value {
    Value steps =
        math::RoundEvenOp::create(b, arith::DivFOp::create(b, args[0], scale));
    Value byte = clamp(b, arith::AddFOp::create(b, steps, zero));
    return arith::MulFOp::create(b, arith::SubFOp::create(b, byte, zero),
                                 scale);
  });
}

/// (w - zero) * scale for [D, K, N] and factors [D] or [D, N].
static FailureOr<Tensor> dequantize(Node &node, Tensor weight, unsigned scale,
                                    unsigned zero) {
  DType dtype = node.dtype(0);
  SmallVector<Tensor> terms{castTo(node, weight, dtype)};
  for (unsigned i : {scale, zero}) {
    if (!node.has(i))
      return node.bad("needs scales and zero points for W and R");
    Tensor factor = castTo(node, node.tensor(i), dtype);
    SmallVector<Size> dims(factor.dims);
    if (dims.size() == 1)
      dims.push_back(node.sizes.constant(1));
    if (dims.size() != 2)
      return node.bad("needs scales and zero points of rank 1 or 2");
    dims.insert(dims.begin() + 1, node.sizes.constant(1));
    auto shaped = reshape(node, factor, dims);
    if (failed(shaped))
      return failure();
    terms.push_back(*shaped);
  }
  return elementwise(node, terms, dtype, [](auto &b, auto args) -> Value {
    Value steps = arith::SubFOp::create(b, args[0], args[2]);
    return arith::MulFOp::create(b, steps, args[1]);
  });
}

FailureOr<RecurrentInputs> readQuantized(Node &node) {
  auto in = readRecurrent(node, 4);
  if (failed(in))
    return failure();
  auto w = dequantize(node, in->w, 8, 9), r = dequantize(node, in->r, 10, 11);
  auto x = roundToBytes(node, in->x);
  if (failed(w) || failed(r) || failed(x))
    return failure();
  in->x = *x;
  // The standard's layout is [D, N, K].
  in->w = transpose(node, *w, {0, 2, 1});
  in->r = transpose(node, *r, {0, 2, 1});
  in->roundStates = true;
  return in;
}

} // namespace niello::onnx_frontend
