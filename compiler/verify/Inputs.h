// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Inputs for a model that nobody gave inputs for.

#ifndef NIELLO_COMPILER_VERIFY_INPUTS_H
#define NIELLO_COMPILER_VERIFY_INPUTS_H

#include "compiler/verify/Workbench.h"

namespace niello {

/// One set of inputs, and how it is called in the report.
struct Case {
  std::string name;
  Values inputs;
  std::map<std::string, int64_t> sizes; ///< of the free dimensions, by name
};

/// Random numbers for each input. Floats are from -1 to 1. Integers that choose
/// rows of a weight are rows of it, others 0 or 1.
///
/// @param given  inputs that the user gave; their sizes hold for all
/// @param sizes  of free dimensions that are settled
/// @param round  0, 1, ...: other sizes for the others, other numbers
/// @return       an error where what is given does not fit
llvm::Expected<Case> makeCase(const ModelDescription &model,
                              const SourceGraph &graph, const Values &given,
                              std::map<std::string, int64_t> sizes,
                              unsigned round);

/// A model may work for some sizes only, and say so when it runs: `needs ... to
/// be equal, but got 162 and 160`. Takes the other number for the dimension
/// that was 160; false where the sentence names no such size.
bool learnSize(llvm::StringRef sentence, const Case &refused,
               std::map<std::string, int64_t> &sizes);

/// The inputs of the user's, `NAME=FILE.npy` each.
llvm::Expected<Values> readInputs(const std::vector<std::string> &given,
                                  const ModelDescription &model);

} // namespace niello

#endif // NIELLO_COMPILER_VERIFY_INPUTS_H
