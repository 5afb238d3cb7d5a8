// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Facts of a model's module at a stage, facts of an artefact, and how both are
// printed. Nothing here changes a module.

#ifndef NIELLO_COMPILER_INSPECT_INSPECT_H
#define NIELLO_COMPILER_INSPECT_INSPECT_H

#include "compiler/inspect/Facts.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

#include <memory>

namespace niello {

/// What the model is made of, at stage `blocks`; the most frequent first.
std::vector<OperationCount> countBlocks(mlir::ModuleOp module);

/// What loops carry, at stage `blocks`; in program order.
std::vector<StateFacts> listStates(mlir::ModuleOp module);

/// The kernels at stage `plan`, in program order.
std::vector<KernelFacts> listKernels(mlir::ModuleOp module);

/// The weights that the artefact will hold; exact at stage `loops`, when those
/// that nobody reads are gone.
std::vector<StoredWeights> groupWeights(mlir::ModuleOp module);

/// Watches the pass that plans the arena and fills `facts`, which has to live
/// as long as the passes run.
std::unique_ptr<mlir::PassInstrumentation>
watchArena(std::optional<ArenaFacts> &facts);

/// Whether the file is one that `readArtefact` is for, by its first bytes.
bool isBinary(llvm::StringRef path);

/// Reads an executable, library or object. The file may be anything: every
/// read is bounded, and what is wrong with it is one sentence.
llvm::Expected<ArtefactFacts> readArtefact(llvm::StringRef path);

void printText(const ModelFacts &facts, llvm::raw_ostream &os);
void printText(const ArtefactFacts &facts, llvm::raw_ostream &os);

/// One object with the keys of README.md.
llvm::json::Object toJson(const ModelFacts &facts);
llvm::json::Object toJson(const ArtefactFacts &facts);

} // namespace niello

#endif // NIELLO_COMPILER_INSPECT_INSPECT_H
