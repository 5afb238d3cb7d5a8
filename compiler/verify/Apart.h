// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs compiled code in a process of its own: code that is being verified may
// crash or never end.

#ifndef NIELLO_COMPILER_VERIFY_APART_H
#define NIELLO_COMPILER_VERIFY_APART_H

#include "compiler/verify/Array.h"

#include "llvm/ADT/ArrayRef.h"

namespace niello {

/// Loads the shared library at `path`, which has a slash, and runs its entry
/// `main` once in one thread.
///
/// @param inputs  one an argument, in order
/// @param seconds after which the process is ended
/// @return one array a result, or a sentence: the runtime's own, or the signal
llvm::Expected<std::vector<Array>> runLibrary(const std::string &path,
                                              llvm::ArrayRef<Array> inputs,
                                              unsigned seconds);

} // namespace niello

#endif // NIELLO_COMPILER_VERIFY_APART_H
