// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/support/Nearest.h"

#include "llvm/ADT/StringExtras.h"

namespace niello {

std::string nearestHint(llvm::StringRef name,
                        llvm::ArrayRef<const char *> known) {
  // A third of the letters wrong is still a typing mistake; more is a guess.
  unsigned best = name.size() / 3 + 2;
  llvm::StringRef nearest;
  for (llvm::StringRef candidate : known)
    if (unsigned distance = name.edit_distance(candidate, true, best);
        distance < best) {
      best = distance;
      nearest = candidate;
    }
  if (!nearest.empty())
    return ("; did you mean '" + nearest + "'?").str();
  constexpr size_t shortList = 16;
  if (known.size() <= shortList)
    return "; it knows " + llvm::join(known, ", ");
  return "";
}

} // namespace niello
