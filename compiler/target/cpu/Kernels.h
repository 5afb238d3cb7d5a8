// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels as modules of their own: compiled on all cores, each once, and found
// again when only others have changed.

#ifndef NIELLO_COMPILER_TARGET_CPU_KERNELS_H
#define NIELLO_COMPILER_TARGET_CPU_KERNELS_H

#include "compiler/target/cpu/Object.h"

#include <functional>
#include <optional>

namespace niello::cpu {

using Bytes = llvm::SmallVector<char, 0>;

/// Objects by what they were compiled from. Both are called by several threads
/// at a time.
struct ObjectCache {
  /// The object noted under `key`, 32 hexadecimal digits; none where there is
  /// none, or it cannot be read.
  std::function<std::optional<Bytes>(llvm::StringRef key)> find;
  std::function<void(llvm::StringRef key, llvm::StringRef object)> note;
};

/// Takes the functions of each kernel, and what only they use, out of a module
/// that is not optimised: a module each as bitcode, in the order of the
/// kernels. What one calls of another is hidden from then on and no longer
/// internal.
std::vector<Bytes> takeKernels(llvm::Module &module);

/// The object of each such module, optimised, by `threads` threads (0: one a
/// core). Bytes depend on the modules, machine and effort alone. Those in the
/// cache are not compiled; it may be null.
llvm::Expected<std::vector<Bytes>>
compileKernels(llvm::ArrayRef<Bytes> kernels, const Machine &machine,
               Effort effort, const ObjectCache *cache = nullptr,
               unsigned threads = 0);

} // namespace niello::cpu

#endif // NIELLO_COMPILER_TARGET_CPU_KERNELS_H
