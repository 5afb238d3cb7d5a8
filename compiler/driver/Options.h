// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the user asked for: one struct, no global option variables.

#ifndef NIELLO_COMPILER_DRIVER_OPTIONS_H
#define NIELLO_COMPILER_DRIVER_OPTIONS_H

#include "compiler/pipeline/Pipeline.h"
#include "frontends/onnx/Onnx.h"
#include "llvm/Support/Error.h"

#include <set>
#include <string>
#include <vector>

namespace niello {

/// Exit codes of every Niello program.
enum ExitCode {
  exitDone = 0,
  exitUser = 1,         ///< the model or the flags
  exitNotSupported = 2, ///< a model that is right but not compiled yet
  exitBug = 3,          ///< ours
  exitWrongMachine = 4,
};

/// Called for every pass manager of every compile before it runs.
using WatchPasses =
    std::function<void(mlir::PassManager &, const PipelineOptions &)>;

struct Options {
  std::string command; ///< compile, run, inspect, ops, ...; empty for none
  std::string model;
  std::string output;
  std::string emit = "exe";
  std::string target = "host";
  bool optimise = true;
  Numerics numerics = Numerics::Default;
  std::string dumpFolder; ///< --dump-ir; empty for none
  std::string explain;    ///< a pass that is to give its reasons, or empty
  std::string why;        ///< niello inspect --why: a node, or empty
  ImportOptions import;
  std::string modelFolder; ///< of a stage's text; empty: where the text lies
  bool debugInfo = false;
  bool verbose = false;
  bool verifyEach = false;
  bool cache = true;        ///< false: --no-cache
  bool verifies = false;    ///< niello compile --verify
  std::string verification; ///< its report
  std::string against;      ///< niello verify: onnxruntime, or a .npz file
  bool markdown = false;    ///< niello ops --markdown
  bool json = false;        ///< niello inspect --json
  bool listTaps = false;    ///< niello inspect --taps
  bool help = false;
  bool version = false;
  /// The command line, without the program.
  std::vector<std::string> arguments;
  /// Names of the flags on the command line.
  std::set<std::string> given;
  /// What `niello run` hands to the program it compiled, and `niello verify`
  /// reads as inputs.
  std::vector<std::string> programArguments;
  /// Tests put passes there that break.
  WatchPasses watch;

  bool isStage() const { return findStage(emit).has_value(); }
  /// Whether the model is the text of a stage.
  bool isText() const { return llvm::StringRef(model).ends_with(".mlir"); }
};

/// Where a compile puts what it makes: -o, or the model's name, with the
/// extension of a library or an object.
std::string outputPath(const Options &options);

/// As --numerics takes it.
llvm::StringRef numericsName(Numerics numerics);
std::optional<Numerics> findNumerics(llvm::StringRef name);

/// The options of a command line, or one sentence that names the argument and
/// the nearest known one.
llvm::Expected<Options> parseOptions(llvm::ArrayRef<const char *> arguments);

/// The manual: of one command, or of the program where it is empty.
std::string helpText(llvm::StringRef command);

} // namespace niello

#endif // NIELLO_COMPILER_DRIVER_OPTIONS_H
