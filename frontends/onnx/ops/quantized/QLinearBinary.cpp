// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft QLinearAdd and QLinearMul. Both round once, from float32 terms
// in the order in which onnxruntime takes them, so that the integers agree.

#include "frontends/onnx/ops/quantized/Quantize.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Term;

Term fma(Term a, Term b, Term c) {
  return a.emit->wrap(math::FmaOp::create(a.emit->b, a.emit->loc, a, b, c));
}

/// The one number of input i as a float32 scalar; 0 where it is left out.
FailureOr<Tensor> number(Node &node, unsigned i) {
  if (!node.has(i))
    return splat(node, DType::Float, 0);
  auto one = reshape(node, node.tensor(i), {});
  if (failed(one))
    return failure();
  return castTo(node, *one, DType::Float);
}

/// The operands a, b as numbers of their grids, and the three grids: scales and
/// zero points of a, b and the result.
struct Operands {
  Tensor a, b;
  SmallVector<Tensor> scales, zeros;
  DType to;
};

FailureOr<Operands> readOperands(Node &node) {
  for (unsigned i : {1, 3, 4, 6})
    if (!node.has(i))
      return node.bad("needs A, A_scale, B, B_scale and C_scale");
  Operands in;
  in.a = castTo(node, node.tensor(0), DType::Float);
  in.b = castTo(node, node.tensor(3), DType::Float);
  in.to = node.dtype(0);
  for (unsigned i : {1, 4, 6}) {
    auto scale = number(node, i), zero = number(node, i + 1);
    if (failed(scale) || failed(zero))
      return failure();
    in.scales.push_back(*scale);
    in.zeros.push_back(*zero);
  }
  return in;
}

// c = round(ra a + rb b + (zc - ra za - rb zb)), ra = sa / sc, rb = sb / sc
LogicalResult importAdd(Node &node) {
  auto in = readOperands(node);
  if (failed(in))
    return failure();
  SmallVector<Tensor> ratios;
  for (int i : {0, 1}) {
    SmallVector<Tensor> both{in->scales[i], in->scales[2]};
    auto ratio = perElement(node, both, DType::Float,
                            [](auto x) { return x[0] / x[1]; });
    if (failed(ratio))
      return failure();
    ratios.push_back(*ratio);
  }
  SmallVector<Tensor> ends{ratios[0], in->zeros[0], ratios[1], in->zeros[1],
                           in->zeros[2]};
  auto fixed = perElement(node, ends, DType::Float, [](auto x) {
    return x[4] - fma(x[0], x[1], x[2] * x[3]);
  });
  if (failed(fixed))
    return failure();
  SmallVector<Tensor> terms{in->a, ratios[0], in->b, ratios[1], *fixed};
  return give(node, 0, perElement(node, terms, in->to, [&](auto x) {
                Term sum = fma(x[0], x[1], fma(x[2], x[3], x[4]));
                return toIntegerGrid(sum, std::nullopt, in->to);
              }));
}

// c = round((a - za) (b - zb) (sa sb / sc) + zc)
LogicalResult importMul(Node &node) {
  auto in = readOperands(node);
  if (failed(in))
    return failure();
  auto factor = perElement(node, in->scales, DType::Float,
                           [](auto x) { return x[0] * x[1] / x[2]; });
  if (failed(factor))
    return failure();
  SmallVector<Tensor> terms{in->a,        in->zeros[0], in->b,
                            in->zeros[1], *factor,      in->zeros[2]};
  return give(node, 0, perElement(node, terms, in->to, [&](auto x) {
                Term product = (x[0] - x[1]) * (x[2] - x[3]) * x[4] + x[5];
                return toIntegerGrid(product, std::nullopt, in->to);
              }));
}

constexpr DTypes bytes = bit(DType::Int8) | bit(DType::UInt8);
constexpr const char *ms = "com.microsoft";

const Registration table[] = {
    {ms, "QLinearAdd", importAdd, bytes},
    {ms, "QLinearMul", importMul, bytes},
};

} // namespace

ArrayRef<Registration> qlinearBinaryOps() { return table; }

} // namespace niello::onnx_frontend
