// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where each weight lies in the artefact.

#ifndef NIELLO_COMPILER_WEIGHTS_LAYOUT_H
#define NIELLO_COMPILER_WEIGHTS_LAYOUT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseMap.h"

#include <cstdint>

namespace niello {

struct WeightLayout {
  llvm::DenseMap<mlir::StringAttr, uint64_t> offsets;
  uint64_t totalBytes = 0;
};

/// Every `model.weight` of the module in the order of the text, each at the
/// next multiple of 64. Fails, with a diagnostic at the weight, where the sum
/// does not fit.
mlir::FailureOr<WeightLayout> layOutWeights(mlir::ModuleOp module);

/// Bytes that the elements of a weight take in the artefact, one at least for
/// an element; nothing where the product overflows.
std::optional<uint64_t> weightBytes(mlir::Type type);

} // namespace niello

#endif // NIELLO_COMPILER_WEIGHTS_LAYOUT_H
