// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a file does to the product of queries and keys before its softmax.

#ifndef NIELLO_PASSES_RAISE_SCORES_H
#define NIELLO_PASSES_RAISE_SCORES_H

#include "dialects/model/Model.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <limits>

namespace niello {

/// softmax's input = where(bits, softcap(scale * product) + sums, hidden), of
/// which all but the product may be missing.
struct Scores {
  model::MatmulOp product;
  double scale = 1;
  double softcap = 0;
  /// What is added, before it is stretched, and its factor.
  llvm::SmallVector<std::pair<mlir::Value, double>> sums;
  /// Who sees whom, before it is stretched; `isInverted`: true where not seen.
  mlir::Value bits;
  bool isInverted = false;
  /// The score of a key that is not seen.
  double hidden = -std::numeric_limits<double>::infinity();

  /// Reads the scores upwards from `x`; says what is in the way, or "".
  llvm::StringRef read(mlir::Value x);
  /// Whether `rows` says of each row that all of what is added is -infinity.
  bool saysBlind(mlir::Value rows) const;

private:
  llvm::StringRef readSum(mlir::arith::AddFOp sum);
  llvm::StringRef readSelect(mlir::arith::SelectOp op);
  bool readFactor(mlir::Value &x);
};

} // namespace niello

#endif // NIELLO_PASSES_RAISE_SCORES_H
