// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an artefact says of itself: the C++ side of niello_model_desc.

#ifndef NIELLO_COMPILER_ARTEFACT_DESCRIPTION_H
#define NIELLO_COMPILER_ARTEFACT_DESCRIPTION_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace niello {

/// A constant (`size` >= 0), a named size (`symbol` not empty) or neither.
struct DimensionDescription {
  int64_t size = -1;
  std::string symbol;
};

struct TensorDescription {
  std::string name;
  std::string dtype;
  std::vector<DimensionDescription> dims;
};

struct SymbolDescription {
  std::string name;
  int64_t min = 0;
  int64_t max = std::numeric_limits<int64_t>::max();
};

struct EntryDescription {
  std::string name;
  std::vector<TensorDescription> inputs;
  std::vector<TensorDescription> outputs;
  /// LLVM functions of the entry, one a level of the model. `describe` gives
  /// `niello_entry_<n>`, right for a model of one level.
  std::vector<std::string> code;
};

/// A set of CPU features that code is compiled for.
struct LevelDescription {
  std::string name;                  ///< as `--target=` takes it
  std::vector<std::string> features; ///< in LLVM's spelling, without `+`
};

struct ModelDescription {
  /// What C names are made of; a generated header and library use it.
  std::string name;
  std::string source;
  std::string hash;
  std::vector<SymbolDescription> symbols;
  std::vector<EntryDescription> entries;
  /// Best first. The runtime takes the first one that the machine can run.
  std::vector<LevelDescription> levels;
  uint64_t weightsSize = 0;
  /// What `niello compile --verify` found, as JSON; empty without it.
  std::string verification;
};

/// Reads entries, names, dtypes, dims and symbols from the attributes of the
/// module; works at every stage.
/// Leaves `levels` and `weightsSize` to the caller. An attribute that does not
/// fit is an error that names entry and tensor.
llvm::Expected<ModelDescription> describe(mlir::ModuleOp module);

/// Adds to `module`, which has target triple and data layout set already:
/// `niello_descriptor`, the section `.niello.weights` (`weightsSize` bytes that
/// take no room in the object) with its symbol `niello_weights`, and the
/// functions `niello_get_model` and `<name>_model`, which return the
/// descriptor. Entries that the module only uses may be declared or defined
/// already.
llvm::Error emitDescriptor(const ModelDescription &description,
                           llvm::Module &module);

/// `name` with everything that no C identifier may hold replaced by `_`.
std::string toIdentifier(llvm::StringRef name);

/// A C header for users of a library: one typed function an entry, with the
/// tensors' names as parameters, over `niello.h`.
std::string makeHeader(const ModelDescription &description);

} // namespace niello

#endif // NIELLO_COMPILER_ARTEFACT_DESCRIPTION_H
