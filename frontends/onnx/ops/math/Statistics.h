// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sums and means over axes, taken in f32 for 16-bit floats.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_STATISTICS_H
#define NIELLO_FRONTENDS_ONNX_OPS_STATISTICS_H

#include "frontends/onnx/ops/Emit.h"

namespace niello::onnx_frontend {

/// The type that sums of these floats are taken in.
inline DType sumType(DType dtype) {
  return dtype == DType::Double ? dtype : DType::Float;
}

/// sum(x) over `axes`.
Tensor sumOver(Node &node, Tensor x, llvm::ArrayRef<int64_t> axes,
               bool keepDims);
/// sum(x) / count over `axes`.
mlir::FailureOr<Tensor> meanOver(Node &node, Tensor x,
                                 llvm::ArrayRef<int64_t> axes, bool keepDims);
/// |x| ^ exponent, element by element.
mlir::FailureOr<Tensor> powerOf(Node &node, Tensor x, double exponent);
/// [from, to) as axes.
llvm::SmallVector<int64_t> axesFrom(int64_t from, int64_t to);

} // namespace niello::onnx_frontend

#endif
