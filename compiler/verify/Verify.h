// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Is the compiled model right?
//
// The plain path, which fuses nothing, is the reference. Three questions:
//  1. Does every kernel make of the reference's values what the reference makes
//     of them? The program is cut at each value that lies between two kernels,
//     and fed from outside; so an error is seen where it arises, and small ones
//     do not add up.
//  2. Do the kernels, put together, hand on what they make? The program with
//     those values as outputs runs the same kernels, so its results are the
//     artefact's, bit by bit.
//  3. Does the artefact run where the reference does?

#ifndef NIELLO_COMPILER_VERIFY_VERIFY_H
#define NIELLO_COMPILER_VERIFY_VERIFY_H

#include "compiler/verify/Inputs.h"
#include "compiler/verify/Report.h"

namespace niello {

struct VerifyOptions {
  std::vector<std::string> inputs; ///< `NAME=FILE.npy`
  /// What the plain path is compared with first: a name, and its values for
  /// those inputs, which may be few. Null for nothing.
  std::string against;
  std::function<llvm::Expected<Values>(const Values &inputs,
                                       const Values &expected)>
      givenBy;
  unsigned rounds = 3; ///< sets of inputs that are made up
  /// Called before each step that takes long, with what it is.
  std::function<void(llvm::StringRef)> onStep;
};

/// @param model  of the artefact: inputs and outputs
/// @return       an error where there is nothing to compare: the sentence
llvm::Expected<VerifyReport> verifyModel(const SourceGraph &graph,
                                         const BuildVariant &build,
                                         const ModelDescription &model,
                                         const VerifyOptions &options);

} // namespace niello

#endif // NIELLO_COMPILER_VERIFY_VERIFY_H
