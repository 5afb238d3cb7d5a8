// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A command in a process of its own. Whatever ends that, the user reads a
// sentence, and no file is left that nobody asked for.

#ifndef NIELLO_COMPILER_DRIVER_GUARD_H
#define NIELLO_COMPILER_DRIVER_GUARD_H

#include "compiler/driver/Driver.h"
#include "compiler/reproducer/Faults.h"
#include "compiler/reproducer/Progress.h"

namespace niello {

class Guard {
public:
  using Command = int (*)(const Options &, llvm::StringRef program);

  Guard(const Options &options, llvm::ArrayRef<const char *> arguments,
        llvm::StringRef program, Command command)
      : options(options), arguments(arguments), program(program),
        command(command) {}

  /// The command's exit code. A crash gives 3, and with 3 comes a reproducer;
  /// running out of memory or being killed gives 1. An interrupt of the command
  /// ends this process as well. `niello run` becomes the program it made.
  int run();

private:
  int explain(const ProcessEnd &end);
  int explainCrash(int signal);
  void removeParts() const;
  std::string doing() const;
  void reproduce(const std::string &reason);
  std::string replayFlags() const;

  const Options &options;
  llvm::ArrayRef<const char *> arguments;
  llvm::StringRef program;
  Command command;
};

} // namespace niello

#endif // NIELLO_COMPILER_DRIVER_GUARD_H
