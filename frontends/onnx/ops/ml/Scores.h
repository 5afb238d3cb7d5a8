// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the scoring operators of ai.onnx.ml share: from scores to probabilities
// and labels.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_SCORES_H
#define NIELLO_FRONTENDS_ONNX_OPS_SCORES_H

#include "frontends/onnx/ops/Terms.h"

namespace niello::onnx_frontend {

/// The input as [N, F]; a vector is one row.
mlir::FailureOr<Tensor> featureRows(Node &node, unsigned i);
/// NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT of the rows of [N, E].
mlir::FailureOr<Tensor> postTransform(Node &node, Tensor scores,
                                      llvm::StringRef kind);
/// The integer labels of a classifier, or failure: string labels are refused.
mlir::FailureOr<llvm::SmallVector<int64_t>>
classLabels(Node &node, llvm::StringRef ints, llvm::StringRef strings);
/// labels[index of the greatest score] for each row of [N, E].
Tensor topLabels(Node &node, Tensor scores, llvm::ArrayRef<int64_t> labels);
/// score > threshold ? labels[1] : labels[0], for scores [N, 1].
Tensor binaryLabels(Node &node, Tensor scores, double threshold,
                    llvm::ArrayRef<int64_t> labels);
/// Constant tensors of rank 1.
Tensor constantInts(Node &node, llvm::ArrayRef<int64_t> numbers);
Tensor constantReals(Node &node, llvm::ArrayRef<double> numbers, DType dtype);

} // namespace niello::onnx_frontend

#endif
