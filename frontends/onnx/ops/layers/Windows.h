// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The attributes that Conv, ConvTranspose and the pools share: kernels that
// slide over the spatial dimensions, and the sizes that come of it.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_WINDOWS_H
#define NIELLO_FRONTENDS_ONNX_OPS_WINDOWS_H

#include "dialects/model/Model.h"
#include "frontends/onnx/ops/Emit.h"

namespace niello::onnx_frontend {

/// One number a spatial dimension; pads have all begins, then all ends.
struct Windows {
  llvm::SmallVector<Size> kernel;
  llvm::SmallVector<int64_t> strides, dilations, pads;
  model::PadRule rule = model::PadRule::Explicit;
  bool ceil = false;

  int64_t spatial() const { return kernel.size(); }
  /// The pads as an op takes them: none beside a rule.
  llvm::ArrayRef<int64_t> givenPads() const {
    return rule == model::PadRule::Explicit ? llvm::ArrayRef(pads)
                                            : llvm::ArrayRef<int64_t>();
  }
};

/// Reads the attributes for an input of this rank; the kernel is the
/// attribute's, or `weight`'s spatial sizes, which an attribute must then
/// equal.
mlir::FailureOr<Windows> readWindows(Node &node, int64_t rank, Tensor *weight);

/// How far a kernel reaches: dilation * (kernel - 1) + 1.
Size reachOf(Node &node, const Windows &windows, int64_t i);

/// Appends how many windows fit in each spatial dimension of `input`. That at
/// least one does, or the dimension is empty, is checked.
mlir::LogicalResult appendWindowCounts(Node &node, const Windows &windows,
                                       const Tensor &input,
                                       llvm::SmallVectorImpl<Size> &dims);

} // namespace niello::onnx_frontend

#endif
