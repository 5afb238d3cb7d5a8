// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Files that appear under their name whole or not at all, whatever ends the
// process that writes them.

#ifndef NIELLO_COMPILER_ARTEFACT_TEMPORARYFILE_H
#define NIELLO_COMPILER_ARTEFACT_TEMPORARYFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace niello {

/// A file in a folder of its own, "model.part-a1b2c3/f" for "model", which is
/// gone when this is, unless it was kept under another name. The process holds
/// a lock on the folder: what a process that was killed left is known by that
/// nobody does, and `removeStale` takes it away.
class TemporaryFile {
public:
  /// Beside `path`, so that `keepAs` never copies. What is there and is no
  /// file, a folder or a device, is an error: it would be replaced.
  static llvm::Expected<TemporaryFile> beside(llvm::StringRef path);
  TemporaryFile(TemporaryFile &&other);
  TemporaryFile &operator=(TemporaryFile &&other);
  ~TemporaryFile();

  llvm::StringRef path() const { return name; }
  llvm::Error write(llvm::StringRef bytes);
  /// Syncs the file to its disk, renames it and syncs the name: after a loss of
  /// power, too, it is the old file or the new one. Where that does not matter,
  /// unsynced is faster.
  llvm::Error keepAs(llvm::StringRef path, bool synced = true);

private:
  TemporaryFile(std::string name, int lock)
      : name(std::move(name)), lock(lock) {}
  std::string name;
  int lock;
};

/// Writes a text to `path`, with the permissions that new files have. A device,
/// a pipe or a link is written in place.
llvm::Error writeWhole(llvm::StringRef path,
                       llvm::function_ref<void(llvm::raw_ostream &)> print,
                       bool synced = true);

/// Removes what processes that were killed have left beside `path`; where
/// `path` ends in a slash, all that they left in that folder. What a living
/// process uses stays, and so does what Niello has not made.
void removeStale(llvm::StringRef path);

/// A text that may hold names of temporary files, as the user knows them.
std::string userPath(llvm::StringRef text);

/// "cannot write 'x': No space left on device"
llvm::Error cannotWrite(llvm::StringRef path, std::error_code why);

} // namespace niello

#endif // NIELLO_COMPILER_ARTEFACT_TEMPORARYFILE_H
