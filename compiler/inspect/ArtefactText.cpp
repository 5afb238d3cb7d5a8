// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known of an artefact, for a person to read.

#include "compiler/inspect/Inspect.h"

#include "compiler/inspect/Names.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using llvm::raw_ostream;

namespace niello {

static void printLevels(const ArtefactFacts &facts, raw_ostream &os) {
  os << "\nCPU levels, best first\n";
  const LevelFacts *taken = facts.taken();
  for (const LevelFacts &level : facts.levels) {
    os << "  " << level.name << ": ";
    if (&level == taken)
      os << "taken on this machine, which has all that it needs";
    else if (level.missing.empty())
      os << "would run too, but a better one comes first";
    else
      os << "not for this machine, which lacks "
         << llvm::join(level.missing, ", ");
    os << "\n    needs " << llvm::join(level.features, " ") << "\n";
  }
  if (!taken && !facts.levels.empty())
    os << "  none runs on this machine; 'niello compile --target=host' makes "
          "one that does\n";
}

void printText(const ArtefactFacts &facts, raw_ostream &os) {
  const ModelDescription &model = facts.description;
  os << facts.file << ": " << facts.kind << ", " << bytesText(facts.bytes)
     << " (weights " << bytesText(model.weightsSize);
  if (facts.kernelBytes)
    os << ", kernels " << bytesText(*facts.kernelBytes) << " in "
       << *facts.kernels << (*facts.kernels == 1 ? " function" : " functions");
  os << ")\nfrom " << (model.source.empty() ? "IR" : model.source);
  if (!model.hash.empty())
    os << ", hash " << model.hash;
  os << ", by " << facts.compiler << ", ABI version " << facts.abiVersion
     << "\n";
  printSignature(model, os);
  printLevels(facts, os);
}

} // namespace niello
