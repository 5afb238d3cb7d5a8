// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Inputs, outputs and the sizes that they have in common.

#include "compiler/inspect/Names.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using llvm::raw_ostream;

namespace niello {

static std::string boundsText(const SymbolDescription &symbol) {
  bool isBounded = symbol.max != std::numeric_limits<int64_t>::max();
  if (!isBounded && symbol.min == 0)
    return "free";
  return llvm::formatv("{0} to {1}", symbol.min,
                       isBounded ? std::to_string(symbol.max) : "any size");
}

void printSignature(const ModelDescription &description, raw_ostream &os) {
  for (const EntryDescription &entry : description.entries) {
    if (description.entries.size() > 1)
      os << "entry " << entry.name << "\n";
    for (const TensorDescription &input : entry.inputs)
      os << "in   " << input.name << " " << typeName(input) << "\n";
    for (const TensorDescription &output : entry.outputs)
      os << "out  " << output.name << " " << typeName(output) << "\n";
  }
  for (const SymbolDescription &symbol : description.symbols)
    os << "dim  " << symbol.name << ": " << boundsText(symbol) << "\n";
}

} // namespace niello
