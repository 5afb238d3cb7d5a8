// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one compile leaves for the next.

#ifndef NIELLO_COMPILER_DRIVER_CACHE_H
#define NIELLO_COMPILER_DRIVER_CACHE_H

#include "compiler/driver/Options.h"
#include "compiler/target/cpu/Kernels.h"
#include "llvm/Support/Chrono.h"

namespace niello {

/// ${NIELLO_CACHE}/NAME, or niello/NAME in the user's cache folder.
std::string cacheFolder(llvm::StringRef name);

/// Objects of kernels, in the cache folder. What a process that died has left
/// is no object: each carries a digest of its bytes, and a damaged one is
/// compiled again. Beyond 4096 the older half goes.
cpu::ObjectCache kernelCache(llvm::StringRef program);

/// Size and time of a file, as text; what cannot be looked at is its name.
std::string stamp(const llvm::Twine &file);

/// A compile whose command, compiler, model and result are as they were need
/// not be done again: its result is there. Files are compared by size, time and
/// number, as `make` does, so that gigabytes are not read to find nothing new.
///
/// What it knows is a file in the cache folder, named after the command. Where
/// that cannot be read or written, is damaged, or was made by another version,
/// the compile is done. Two at once are safe: a record is there whole or not.
class Unchanged {
public:
  /// Before anything is read. `options` must outlive it.
  Unchanged(const Options &options, llvm::StringRef program);

  /// What the compile said whose result is still right; none to compile.
  std::optional<std::string> find() const;

  /// Notes a compile that has succeeded: `read` are the files besides the model
  /// that it has read, `made` those it wrote. Notes nothing where a file that
  /// it read is so new that it may change once more within its time stamp.
  void note(llvm::ArrayRef<std::string> read, llvm::ArrayRef<std::string> made,
            llvm::StringRef said) const;

private:
  const Options &options;
  std::string record; ///< its path; empty: this compile is always done
  std::string model;  ///< its stamp at the start
  llvm::sys::TimePoint<> start;
};

} // namespace niello

#endif // NIELLO_COMPILER_DRIVER_CACHE_H
