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

#include <cstdint>
#include <string>
#include <vector>

namespace niello {

/// How a weight's elements stand in its file.
enum class WeightEncoding {
  Raw,     ///< as in the artefact
  Packed,  ///< less than a byte each, low bits first
  Varint,  ///< protobuf's variable-length integers
  Program, ///< in none: a weight program computes them
};

struct Weight {
  std::string name;
  std::string path;                ///< of the file that holds the bytes
  std::string program;             ///< for WeightEncoding::Program
  std::vector<std::string> inputs; ///< of the program: names of weights
  std::string node;                ///< of the model, which it stands for
  WeightEncoding encoding;
  uint64_t fileOffset = 0;
  uint64_t fileLength = 0; ///< encoded
  unsigned elementBits;
  uint64_t elements;
  uint64_t offset; ///< in the artefact, a multiple of 64
  uint64_t bytes;  ///< there
};

class WeightTable {
public:
  using Sink = llvm::function_ref<llvm::Error(llvm::ArrayRef<char>)>;

  using Compute = llvm::function_ref<llvm::Error(const Weight &, Sink)>;

  /// Lays out every `model.weight` of the module in the order of the text and
  /// checks each against its file, which has to lie in `folder`, the model's.
  /// The sentence of an error names weight and file.
  static llvm::Expected<WeightTable> build(mlir::ModuleOp module,
                                           llvm::StringRef folder);

  llvm::ArrayRef<Weight> weights() const { return entries; }
  /// The weight of that name, or null.
  const Weight *find(llvm::StringRef name) const;
  uint64_t totalBytes() const { return total; }

  /// Hands `totalBytes()` bytes to the sink, front to back, gaps as zeros. What
  /// lies in files comes in chunks of at most 1 MiB, the rest from `compute`,
  /// as it pleases.
  llvm::Error stream(Sink sink, Compute compute) const;

private:
  std::vector<Weight> entries;
  uint64_t total = 0;
};

} // namespace niello

#endif // NIELLO_COMPILER_WEIGHTS_WEIGHTTABLE_H
