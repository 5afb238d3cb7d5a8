// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linear quantisation: y = saturate(round(x / scale) + zero), x' = (y - zero) *
// scale, with one scale a tensor, an index of an axis, or a block along it.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_QUANTIZE_H
#define NIELLO_FRONTENDS_ONNX_OPS_QUANTIZE_H

#include "frontends/onnx/ops/Terms.h"

namespace niello::onnx_frontend {

/// A scale and the zero point that goes with it, both of one shape.
struct Grid {
  Tensor scale;
  std::optional<Tensor> zero;
};
/// The grid of inputs `scale` and `zero` (where present), shaped so that it
/// broadcasts to `x`.
mlir::FailureOr<Grid> readGrid(Node &node, unsigned scale, unsigned zero,
                               Tensor &x, int64_t axis, int64_t blockSize);

/// What Quantize's attributes choose; the division's type is the scale's.
struct Quantization {
  DType to = DType::UInt8;
  DType division = DType::Float;
  bool saturate = true;
};
/// Refuses what is no type of quantised numbers: integers of up to 16 bits and
/// floats of 8 and 4.
mlir::LogicalResult requireQuantised(Node &node, DType to);
mlir::FailureOr<Tensor> quantize(Node &node, Tensor x, Grid grid,
                                 Quantization how);
mlir::FailureOr<Tensor> dequantize(Node &node, Tensor x, Grid grid, DType to);
/// (A - a_zero) (B - b_zero) (a_scale b_scale) + bias, of the scales' type.
/// Eight-bit A and B and what belongs to them are the node's inputs of these
/// numbers.
struct IntegerProduct {
  unsigned a, b, aScale, bScale, aZero, bZero, bias;
};
mlir::FailureOr<Tensor> integerProduct(Node &node, IntegerProduct inputs);
/// saturate(round(q) + zero) as an integer of the type; NaN is the least one.
model::Term toIntegerGrid(model::Term q, std::optional<model::Term> zero,
                          DType to);

} // namespace niello::onnx_frontend

#endif
