// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How far a compile is, known to another process when this one has died.

#ifndef NIELLO_COMPILER_REPRODUCER_PROGRESS_H
#define NIELLO_COMPILER_REPRODUCER_PROGRESS_H

#include "compiler/reproducer/Reproducer.h"

#include "mlir/Pass/PassManager.h"

#include <optional>

namespace niello {

/// In memory that a process shares with those it forks: no pointers, and texts
/// of bounded length, cut where they are longer.
struct Position {
  enum class End { None, OutOfMemory, CannotWrite, Fatal };
  /// Passes and steps that have begun. Compiles are deterministic, so it is the
  /// same moment when the same command runs again.
  unsigned moments;
  /// The step: "read", the stage that it leads to, "programs", "code", "link".
  char step[24];
  /// The pass, empty before the first and after the last of the stage; how many
  /// of the stage have run.
  char pass[96];
  unsigned passed;
  /// Why it ended, where it could say so.
  End end;
  char reason[512];
  /// What it made.
  char result[4096];
};

/// The compile of this process; one at a time.
class Progress {
public:
  /// Makes the memory shared from here on. False where there is none to be had.
  static bool share();
  static Position &position();
  static void set(char *text, size_t size, llvm::StringRef value);
  template <size_t n> static void set(char (&text)[n], llvm::StringRef value) {
    set(text, n, value);
  }

  static void beginStep(llvm::StringRef name);
  /// Follows the passes of one stage.
  static void watch(mlir::PassManager &passes);
  /// A module that a compile can go on from, at the end of the step.
  static void keep(mlir::ModuleOp module);

  /// At that moment, the reproducer is written with the IR of that moment, its
  /// path goes to `result`, and the process ends: with 0 if it was.
  static void stopAt(unsigned moment, Reproducer reproducer,
                     llvm::StringRef beside);

  static bool stops();

private:
  friend class PassCounter;
  static void beginMoment(mlir::ModuleOp module);
};

} // namespace niello

#endif // NIELLO_COMPILER_REPRODUCER_PROGRESS_H
