// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known of an artefact, for a person to read.

#include "compiler/inspect/Inspect.h"

#include "compiler/inspect/Names.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
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

// A report of ours, or, in a file that somebody changed, anything.
static void printVerification(llvm::StringRef text, raw_ostream &os) {
  if (text.empty()) {
    os << "not verified: 'niello compile --verify' does\n";
    return;
  }
  auto report = llvm::json::parse(text);
  if (!report)
    llvm::consumeError(report.takeError());
  const llvm::json::Object *facts = report ? report->getAsObject() : nullptr;
  if (!facts) {
    os << "verified, but the report cannot be read\n";
    return;
  }
  auto word = [&](llvm::StringRef key) {
    return llvm::json::fixUTF8(facts->getString(key).value_or("?"));
  };
  os << "verified against " << word("reference") << ": "
     << facts->getInteger("values").value_or(0) << " of "
     << facts->getInteger("of_values").value_or(0)
     << " values compared, outputs differ by " << word("output_error")
     << " of their greatest at most\n";
  if (const llvm::json::Array *cases = facts->getArray("cases"))
    for (const llvm::json::Value &name : *cases)
      os << "  on " << llvm::json::fixUTF8(name.getAsString().value_or("?"))
         << "\n";
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
  printVerification(model.verification, os);
}

} // namespace niello
