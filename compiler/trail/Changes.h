// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What became of a text: lines that went, came and stayed.

#ifndef NIELLO_COMPILER_TRAIL_CHANGES_H
#define NIELLO_COMPILER_TRAIL_CHANGES_H

#include "compiler/trail/Lines.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"

namespace niello {

struct Change {
  char mark; ///< '-' went, '+' came, ' ' stayed
  const Line *line;
};

/// A shortest way from `before` to `after`, of which all lines stay, go or
/// come. Beyond 2,000 lines that differ, all between the first and the last of
/// them go and come.
std::vector<Change> compare(llvm::ArrayRef<Line> before,
                            llvm::ArrayRef<Line> after);

/// Writes changes short: of lines that stay, how many; of a run of lines that
/// go, the first three; of lines that are like some above, layers of a network
/// say, where those stand, or how many; of long lines, the beginning.
class ChangeWriter {
public:
  void heading(const llvm::Twine &text);
  void write(llvm::ArrayRef<Change> changes);
  /// All of the lines, whole, but for those that are like some above.
  void writeAll(llvm::ArrayRef<Change> changes);
  const std::string &text() const { return output; }

private:
  struct Written {
    uint64_t likeness;
    unsigned place; ///< its line in the output; 0 where it is left out
  };

  void put(const llvm::Twine &line);
  void writeLines(llvm::ArrayRef<Change> changes, bool whole);
  size_t findRepeat(llvm::ArrayRef<Change> changes, size_t &from) const;
  /// Lines that are left out, and the first and last names in them.
  struct Left {
    size_t lines = 0;
    std::string first, last;
  };
  struct Omitted {
    Left going, staying, alike, repeated;
  };
  void leaveOut(llvm::ArrayRef<Change> changes, Left Omitted::*kind);
  void tellOmitted();
  size_t countKnown(llvm::ArrayRef<Change> changes) const;
  void remember(const Change &change, unsigned place);

  std::string output;
  Omitted omitted;
  unsigned lines = 0;
  std::vector<Written> written;
  llvm::DenseMap<uint64_t, unsigned> shown; ///< lines, by what they are like
  llvm::DenseMap<uint64_t, size_t> starts;  ///< of runs, by what they are like
};

} // namespace niello

#endif // NIELLO_COMPILER_TRAIL_CHANGES_H
