// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The steps of writeArtefact.

#ifndef NIELLO_COMPILER_ARTEFACT_LINKER_H
#define NIELLO_COMPILER_ARTEFACT_LINKER_H

#include "compiler/artefact/Artefact.h"
#include "compiler/artefact/TemporaryFile.h"

#include "llvm/ADT/StringRef.h"

namespace niello {

/// Runs LLD; its first complaint becomes the error. LLD sets every option of
/// llvm::cl back to its default: callers keep theirs in structs.
llvm::Error runLinker(const std::vector<std::string> &arguments);

/// Keeps the names of the model's own functions and of what they were inlined
/// from, drops those of the runtime and the C library.
llvm::Error dropRuntimeNames(llvm::StringRef path,
                             const ArtefactRequest &request);

/// Makes a relocatable file safe beside others of its kind and in any program:
/// all becomes local but the API of the runtime, which becomes weak, and the
/// function `getter`.
llvm::Error sealObject(llvm::StringRef path, llvm::StringRef getter);

/// Puts the weights at the end of a linked or relocatable ELF file and points
/// the section and the segment, which took no room in it, at them.
llvm::Error appendWeights(llvm::StringRef path, uint64_t size,
                          const WeightStream &weights);

} // namespace niello

#endif // NIELLO_COMPILER_ARTEFACT_LINKER_H
