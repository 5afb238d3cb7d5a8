// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a bug of Niello's is reported with: one file, without weights.

#ifndef NIELLO_COMPILER_REPRODUCER_REPRODUCER_H
#define NIELLO_COMPILER_REPRODUCER_REPRODUCER_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

#include <string>

namespace niello {

/// The module attribute that counts the passes of the next stage which have
/// run; a compile goes on behind them. Only reproducers have it.
constexpr llvm::StringLiteral kPassed = "model.passed";

struct Reproducer {
  /// What went wrong, as one sentence.
  std::string reason;
  /// The command line that it went wrong with.
  std::string commandLine;
  /// The IR to go on from; empty where there was none yet.
  std::string text;
  /// Flags that replay it from the text, with a space before each; without a
  /// text, `commandLine` does.
  std::string flags;
};

/// The module as `niello compile` reads it. Weights stay in the model file, of
/// which the text knows offsets and the hash.
std::string reproducerText(mlir::ModuleOp module);

/// Writes `beside`.reproducer.mlir, or .txt where there is no IR: version and
/// reason, the command line, the replay, the IR. In the folder for temporary
/// files where it cannot be written there. Gives its path; the error says why
/// it could not be written beside.
llvm::Expected<std::string> writeReproducer(const Reproducer &reproducer,
                                            llvm::StringRef beside);

/// The one command that replays what is written there.
std::string replayCommand(const Reproducer &reproducer, llvm::StringRef path);

/// Whether a file begins as those do.
bool isReproducer(llvm::StringRef path);

/// As a person types it to a shell: quoted where that is needed.
std::string quoteArgument(llvm::StringRef argument);

} // namespace niello

#endif // NIELLO_COMPILER_REPRODUCER_REPRODUCER_H
