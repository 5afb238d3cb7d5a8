// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The axes of a reduction, which a model may compute at run time.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_REDUCEAXES_H
#define NIELLO_FRONTENDS_ONNX_OPS_REDUCEAXES_H

#include "frontends/onnx/ops/Emit.h"

namespace niello::onnx_frontend {

struct ReductionAxes {
  /// Sorted and unique, where known at compile time.
  llvm::SmallVector<int64_t> known;
  /// Else an i1 for each dimension of the input, and how many are true.
  llvm::SmallVector<mlir::Value> flags;
  int64_t numFlagged = 0;
};

/// The axes by attribute or input; all where the node names none, or none of
/// them with noop_with_empty_axes.
mlir::FailureOr<ReductionAxes> readReductionAxes(Node &node);
/// Reduces over these axes with a combiner, from an initial value.
Tensor reduceOver(Node &node, Tensor &tensor, const ReductionAxes &axes,
                  bool keepDims, mlir::Value init, Body combine);
/// How many elements become one.
Size countOver(Node &node, Tensor &tensor, const ReductionAxes &axes);

} // namespace niello::onnx_frontend

#endif
