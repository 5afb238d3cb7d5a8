// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Objects and weights in, one file that depends on nothing out.

#ifndef NIELLO_COMPILER_ARTEFACT_ARTEFACT_H
#define NIELLO_COMPILER_ARTEFACT_ARTEFACT_H

#include "compiler/artefact/Description.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace niello {

enum class ArtefactKind { Executable, SharedLibrary, StaticLibrary, Object };

/// Takes the next bytes of the weights. An error ends the stream.
using WeightSink = llvm::function_ref<llvm::Error(llvm::ArrayRef<char> bytes)>;

/// Hands all weights to the sink, front to back, in chunks of any size. The
/// bytes are never held as a whole; what is missing at the end is zero.
using WeightStream = std::function<llvm::Error(WeightSink sink)>;

struct ArtefactRequest {
  ArtefactKind kind = ArtefactKind::Executable;
  /// One of them has been through `emitDescriptor`.
  std::vector<llvm::MemoryBufferRef> objects;
  const ModelDescription *description = nullptr;
  WeightStream weights;
  std::string outputPath;
  /// Where the C header goes; empty for none.
  std::string headerPath;
  /// `lib/niello` of the installation, see `findRuntimeFolder`.
  std::string runtimeFolder;
};

/// What the file's bytes are for.
struct ArtefactSizes {
  uint64_t total = 0;
  uint64_t weights = 0;
  uint64_t kernels = 0;
};

/// Links the objects with the runtime and appends the weights. On failure the
/// output path is as it was before and the error is one sentence. Resets all
/// options of llvm::cl, as LLD does.
llvm::Expected<ArtefactSizes> writeArtefact(const ArtefactRequest &request);

/// `../lib/niello` beside the folder of the running program, or an error that
/// says where it was looked for. `program` is argv[0].
llvm::Expected<std::string> findRuntimeFolder(llvm::StringRef program);

} // namespace niello

#endif // NIELLO_COMPILER_ARTEFACT_ARTEFACT_H
