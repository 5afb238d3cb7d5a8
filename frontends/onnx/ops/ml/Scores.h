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
/// 1 / (1 + e^-x)
model::Term logistic(model::Term x);
/// [-s, s] of a margin s [N, 1] that decides between two classes, transformed.
mlir::FailureOr<Tensor> marginScores(Node &node, Tensor margin,
                                     llvm::StringRef kind);
/// The probabilities [N, C] of C classes from those of pairs, [N, C, C], by
/// Wu, Lin and Weng's second method (Probability estimates for multi-class
/// classification by pairwise coupling, 2004), as onnxruntime runs it:
/// minimises p' Q p over distributions p until it changes by less than 0.005 /
/// C.
Tensor coupled(Node &node, Tensor pairs, int64_t classes);
/// The integer labels of a classifier, or failure: string labels are refused.
mlir::FailureOr<llvm::SmallVector<int64_t>>
classLabels(Node &node, llvm::StringRef ints, llvm::StringRef strings);
/// labels[index of the greatest score] for each row of [N, E].
Tensor topLabels(Node &node, Tensor scores, llvm::ArrayRef<int64_t> labels);
/// score > threshold ? labels[1] : labels[0], for the last score of each row.
Tensor binaryLabels(Node &node, Tensor scores, double threshold,
                    llvm::ArrayRef<int64_t> labels);
/// A list of numbers as a [rows, columns] constant.
mlir::FailureOr<Tensor>
constantMatrix(Node &node, llvm::ArrayRef<double> numbers, int64_t rows);
/// The numbers of an attribute; none where it is not there.
mlir::FailureOr<llvm::SmallVector<double>> numbersOrNone(Node &node,
                                                         llvm::StringRef name);
/// Constant tensors of rank 1.
Tensor constantInts(Node &node, llvm::ArrayRef<int64_t> numbers);
Tensor constantReals(Node &node, llvm::ArrayRef<double> numbers, DType dtype);

} // namespace niello::onnx_frontend

#endif
