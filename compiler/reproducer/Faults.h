// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A compile in a process of its own, whose end is told in a sentence.

#ifndef NIELLO_COMPILER_REPRODUCER_FAULTS_H
#define NIELLO_COMPILER_REPRODUCER_FAULTS_H

#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>
#include <string>

namespace niello {

/// How a process ended.
struct ProcessEnd {
  int code = 0;   ///< its exit code
  int signal = 0; ///< or the signal that ended it
};

/// Forks, runs `work` in the child and waits. The child ends with what `work`
/// returns, with this process, or with a note in Progress::position(): out of
/// memory, a file that cannot be written, a fatal error of LLVM's. Interrupts
/// are handed on to it. A quiet child prints nothing. Nothing where there is no
/// process to be had. Call it before there are threads.
std::optional<ProcessEnd> runApart(llvm::function_ref<int()> work,
                                   bool quiet = false);

/// Whether a process that ends by it is broken, and nobody has asked it to.
bool isCrash(int signal);

/// "a segmentation fault"
std::string describeSignal(int signal);

/// The limit of `ulimit -v` in MB, if there is one.
std::optional<unsigned long> memoryLimit();

/// Ends this process by the signal, as if it had been sent to it.
void dieBy(int signal);

} // namespace niello

#endif // NIELLO_COMPILER_REPRODUCER_FAULTS_H
