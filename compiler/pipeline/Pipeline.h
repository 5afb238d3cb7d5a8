// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From the IR of a model file to LLVM IR, stage by stage.

#ifndef NIELLO_COMPILER_PIPELINE_PIPELINE_H
#define NIELLO_COMPILER_PIPELINE_PIPELINE_H

#include "compiler/target/cpu/Machine.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

#include <functional>
#include <optional>

namespace niello {

/// The stages of a model's road that are MLIR; the module attribute
/// `model.stage` names the one its text is at.
enum class Stage { Source, Blocks, Packed, Plan, Loops, Llvm };

llvm::StringRef stageName(Stage stage);
std::optional<Stage> findStage(llvm::StringRef name);

enum class Numerics { Strict, Default, Fast };

struct PipelineOptions {
  /// Off: the plain path, no blocks raised, nothing fused. It is the oracle.
  bool optimise = true;
  Numerics numerics = Numerics::Default;
  cpu::Machine machine;
  /// Runs MLIR's verifier after every pass.
  bool verifyEach = false;
  /// Called for every pass manager before it runs: instrumentation, dumps,
  /// timing.
  std::function<void(mlir::PassManager &)> prepare;
  /// Called before each stage that runs, with the stage it leads to.
  std::function<void(Stage)> onStage;
};

/// Runs the stages from the one that `module` states (without the attribute:
/// `source`) to `last` inclusive and updates the attribute. A failure has been
/// reported through the context's diagnostics.
mlir::LogicalResult runTo(Stage last, mlir::ModuleOp module,
                          const PipelineOptions &options);

} // namespace niello

#endif // NIELLO_COMPILER_PIPELINE_PIPELINE_H
