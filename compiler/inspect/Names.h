// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How types, sizes and places of the IR are called in front of a user.

#ifndef NIELLO_COMPILER_INSPECT_NAMES_H
#define NIELLO_COMPILER_INSPECT_NAMES_H

#include "compiler/artefact/Description.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Location.h"

#include <string>
#include <vector>

namespace niello {

/// `float32`, `bfloat16`, `int8`, `bool`. Integers of the IR have no sign, so
/// unsigned ones are called by their width too.
std::string elementName(mlir::Type element);

/// `float32[rows,64]` of a tensor or buffer: free dimensions have the names
/// that the inputs give them, or are a `?`.
std::string typeName(mlir::Value value);

/// The same of an input or output.
std::string typeName(const TensorDescription &tensor);

/// A line for each input, output and named size.
void printSignature(const ModelDescription &description, llvm::raw_ostream &os);

/// Bytes with a unit that a person reads at once.
std::string bytesText(uint64_t bytes);

} // namespace niello

#endif // NIELLO_COMPILER_INSPECT_NAMES_H
