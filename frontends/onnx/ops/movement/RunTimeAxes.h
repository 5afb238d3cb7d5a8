// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Axes that a model computes: how many there are is known at compile time,
// which ones only at run time.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_RUNTIMEAXES_H
#define NIELLO_FRONTENDS_ONNX_OPS_RUNTIMEAXES_H

#include "frontends/onnx/ops/Terms.h"

namespace niello::onnx_frontend {

/// An i1 for each of `rank` dimensions: whether some axis names it. Axes
/// outside fail at run time.
model::Terms axisFlags(Node &node, model::Emit &e, llvm::ArrayRef<Size> axes,
                       int64_t rank);
/// One number for each of `rank` dimensions: that of the axis which names it,
/// `otherwise` where none does.
model::Terms spreadOverAxes(Node &node, model::Emit &e,
                            llvm::ArrayRef<Size> axes,
                            llvm::ArrayRef<Size> numbers,
                            llvm::ArrayRef<Size> otherwise);
/// The sizes without those flagged, of which there are `count`.
llvm::SmallVector<Size> dropFlagged(Node &node, model::Emit &e,
                                    llvm::ArrayRef<Size> dims,
                                    llvm::ArrayRef<model::Term> flags,
                                    int64_t count);
/// A shape with 1 where flagged and the sizes in between, in order.
llvm::SmallVector<Size> insertOnes(Node &node, model::Emit &e,
                                   llvm::ArrayRef<Size> dims,
                                   llvm::ArrayRef<model::Term> flags);

/// tensor[start : end : step] along each axis, ends and steps as in ONNX.
Tensor sliceAtRunTime(Node &node, Tensor tensor, llvm::ArrayRef<Size> starts,
                      llvm::ArrayRef<Size> ends, llvm::ArrayRef<Size> axes,
                      llvm::ArrayRef<Size> steps);

} // namespace niello::onnx_frontend

#endif
