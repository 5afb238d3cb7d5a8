// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One compile, step by step; each step gives an exit code, 0 to go on.

#ifndef NIELLO_COMPILER_DRIVER_COMPILE_H
#define NIELLO_COMPILER_DRIVER_COMPILE_H

#include "compiler/artefact/Artefact.h"
#include "compiler/driver/Driver.h"
#include "compiler/explain/Explain.h"
#include "compiler/target/cpu/Kernels.h"
#include "compiler/trail/Trail.h"
#include "compiler/weights/WeightTable.h"
#include "compiler/weights/programs/WeightPrograms.h"
#include "mlir/IR/OwningOpRef.h"

#include <chrono>

namespace niello {

class Compilation {
public:
  Compilation(const Options &options, llvm::StringRef program);

  /// Finds the machine and sets the pipeline's options.
  int prepare();
  /// Reads the model file into `module`.
  int load();
  /// Prints the stage that --emit names.
  int printStage();
  /// Goes all the way to --emit=exe, shared, static, object or asm.
  int writeBinary();
  /// Goes to the stage, or stays where it is beyond.
  int advance(Stage last);
  /// The nodes of the model, while its module is at stage source.
  std::vector<SourceNode> sourceNodes();
  /// Hands every pass manager to `prepare` before it runs, too.
  void watch(std::function<void(mlir::PassManager &)> prepare);
  /// Ends the stage that is timed.
  void endStage();

  /// Notes the sentence, and prints it where nothing is printed before it.
  int report(ExitCode code, const llvm::Twine &text);
  /// The one that was reported last.
  const std::string &sentence() const { return reported; }

  /// What passes said of what they left undone, if it was asked for.
  llvm::ArrayRef<Reason> givenReasons() const { return reasons; }

  /// The files besides the model that its weights lie in, once it is loaded.
  std::vector<std::string> weightFiles();
  /// What was printed of the result, and the files that it is.
  const std::string &summary() const { return said; }
  llvm::ArrayRef<std::string> results() const { return made; }

  /// Ends the trail of --dump-ir; gives `code`, or why that cannot be written.
  int finishTrail(int code);

  mlir::ModuleOp getModule() { return *module; }
  const PipelineOptions &flags() const { return pipeline; }
  /// The folder that the weights' files are looked up in.
  std::string modelFolder() const;

private:
  int loadModel();
  int loadIr();
  int takeFlags();
  void recordFlags(Stage at);
  int checkModelFile();
  int compilePrograms(const WeightTable &weights);
  llvm::Error computeWeight(const Weight &weight, WeightTable::Sink sink);
  int link(const ModelDescription &description, const WeightTable &weights,
           llvm::ArrayRef<cpu::Bytes> objects);
  int writeText(llvm::function_ref<void(llvm::raw_ostream &)> print);
  void summarise(const ModelDescription &description, llvm::StringRef file,
                 const ArtefactSizes &sizes);
  void beginStage(llvm::StringRef name);

  const Options &options;
  std::string program;
  mlir::DialectRegistry registry;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  PipelineOptions pipeline;
  std::vector<SourceNode> folded; ///< nodes that the frontend made no op for
  std::vector<Reason> reasons;
  std::unique_ptr<Trail> trail;
  std::unique_ptr<WeightPrograms> programs;
  std::string reported;
  std::string said;
  std::vector<std::string> made;
  bool showsProgress;
  std::string stage;
  std::chrono::steady_clock::time_point stageStart;
};

/// Says which fused kernels taps, statistics and edits split; empty where none.
/// Plans the model twice.
std::string splitKernels(const Options &options, llvm::StringRef program);

} // namespace niello

#endif // NIELLO_COMPILER_DRIVER_COMPILE_H
