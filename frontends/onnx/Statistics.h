// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Statistics of one value, computed where the value is: small tensors that are
// combined over calls, so that nobody stores the values of a data set.
//
// Each is taken for every index of one dimension, over all others, in f64.
// tools/python/niello/statistics.py combines them; the counts of two calls add,
// and so do moments and histograms.

#ifndef NIELLO_FRONTENDS_ONNX_STATISTICS_H
#define NIELLO_FRONTENDS_ONNX_STATISTICS_H

#include "frontends/onnx/Node.h"

namespace niello::onnx_frontend {

/// A histogram has a bin for each sign, exponent and 5 bits of the fraction of
/// an f32: its top 14 bits. A bin is at most 1/32 of its values wide, so that a
/// quantile read from the middle of one is within 1/64 of the right one
/// (DDSketch's relative error, Masson et al., VLDB 2019).
constexpr unsigned histogramBits = 14;

class Statistics {
public:
  /// Of numbers, along `axis`, in [0, rank), or of a scalar. The builder stands
  /// where the value is known.
  Statistics(Node &node, Tensor value, int64_t axis);

  /// How many elements each index of the axis has: an int64 scalar.
  Tensor count();
  /// `kind` is one of statisticNames(). [C] of f64; moments [C, C] of f64, of
  /// f32 products, infinite beyond their range; histogram [2^14] of int64, of
  /// the whole value.
  mlir::FailureOr<Tensor> compute(llvm::StringRef kind);

private:
  using Step = mlir::Value (*)(mlir::ImplicitLocOpBuilder &,
                               llvm::ArrayRef<mlir::Value>);
  mlir::FailureOr<Tensor> reduced(Tensor of, double init, Step combine);
  mlir::FailureOr<Tensor> mapped(llvm::ArrayRef<Tensor> operands, Step step);
  mlir::FailureOr<Tensor> total(Step step);
  mlir::FailureOr<Tensor> mean();
  mlir::FailureOr<Tensor> overCount(mlir::FailureOr<Tensor> sum);
  mlir::FailureOr<Tensor> variance();
  mlir::FailureOr<Tensor> moments();
  mlir::FailureOr<Tensor> histogram();

  Node &node;
  mlir::ImplicitLocOpBuilder &b;
  Tensor value, wide; // as it is; in f64
  int64_t axis;
  llvm::SmallVector<int64_t> others; // all axes but that
  Size rows;                         // the product of their sizes
};

} // namespace niello::onnx_frontend

#endif
