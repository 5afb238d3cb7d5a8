// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The weights of a model between its files and the artefact: where each lies
// in both, and the stream of bytes from one to the other.

#ifndef NIELLO_COMPILER_WEIGHTS_WEIGHTTABLE_H
#define NIELLO_COMPILER_WEIGHTS_WEIGHTTABLE_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace niello {

/// How a weight's elements stand in its file.
enum class WeightEncoding {
  Raw,    ///< as in the artefact
  Packed, ///< less than a byte each, low bits first
  Varint, ///< protobuf's variable-length integers
};

struct Weight {
  std::string name;
  std::string path; ///< of the file that holds the bytes
  WeightEncoding encoding;
  uint64_t fileOffset;
  uint64_t fileLength; ///< encoded
  unsigned elementBits;
  uint64_t elements;
  uint64_t offset; ///< in the artefact, a multiple of 64
  uint64_t bytes;  ///< there
};

class WeightTable {
public:
  using Sink = llvm::function_ref<llvm::Error(llvm::ArrayRef<char>)>;

  /// Lays out every `model.weight` of the module in the order of the text and
  /// checks each against its file, which has to lie in `folder`, the model's.
  /// The sentence of an error names weight and file.
  static llvm::Expected<WeightTable> build(mlir::ModuleOp module,
                                           llvm::StringRef folder);

  llvm::ArrayRef<Weight> weights() const { return entries; }
  uint64_t totalBytes() const { return total; }

  /// Hands `totalBytes()` bytes to the sink, front to back, gaps as zeros, in
  /// chunks of at most 1 MiB. Nothing larger is ever in memory.
  llvm::Error stream(Sink sink) const;

  /// SHA-256 of what `stream` gives.
  llvm::Expected<std::array<uint8_t, 32>> hash() const;

private:
  std::vector<Weight> entries;
  uint64_t total = 0;
};

} // namespace niello

#endif // NIELLO_COMPILER_WEIGHTS_WEIGHTTABLE_H
