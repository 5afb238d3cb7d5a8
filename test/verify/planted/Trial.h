// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Plants many mistakes into one model, one after the other, and asks `niello
// verify` about each.

#ifndef NIELLO_TEST_VERIFY_PLANTED_TRIAL_H
#define NIELLO_TEST_VERIFY_PLANTED_TRIAL_H

#include "compiler/driver/Options.h"

namespace niello::planted {

/// One mistake: the number-th op that `kind` fits and that comes from `node`.
struct Plant {
  std::string kind, node;
  unsigned number = 0;
};

/// `KIND@NODE#K`
bool parsePlant(llvm::StringRef text, Plant &plant);

/// Reads a mistake a line from `file` and prints a line of JSON for each: what
/// it changed of the outputs, what was found, and how long that took.
///
/// @param plant  is read by whatever plants it, for each program compiled by
///               the fast path; an empty kind plants nothing
int runTrial(const std::string &file, Plant &plant, const Options &options,
             llvm::StringRef program);

} // namespace niello::planted

#endif // NIELLO_TEST_VERIFY_PLANTED_TRIAL_H
