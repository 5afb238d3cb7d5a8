// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The text of an operation, line by line, ready to be compared.

#ifndef NIELLO_COMPILER_TRAIL_LINES_H
#define NIELLO_COMPILER_TRAIL_LINES_H

#include "mlir/IR/Operation.h"

#include <string>
#include <vector>

namespace niello {

struct Line {
  std::string text;  ///< as printed, the names of source nodes at its end
  std::string names; ///< these alone
  /// Equal for lines that say the same of the same values: a value goes by the
  /// operation that makes it, since its number changes with every line above.
  uint64_t meaning;
  /// Equal for lines that are alike: symbols, strings, values and the numbers
  /// of constants aside.
  uint64_t likeness;
};

/// The text of `op` without large constants. `suffix` is what stands behind the
/// names of all source nodes, "@model.onnx"; the lines leave it out.
std::vector<Line> linesOf(mlir::Operation *op, llvm::StringRef suffix);

} // namespace niello

#endif // NIELLO_COMPILER_TRAIL_LINES_H
