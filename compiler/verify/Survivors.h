// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The source values that the optimised program still computes.

#ifndef NIELLO_COMPILER_VERIFY_SURVIVORS_H
#define NIELLO_COMPILER_VERIFY_SURVIVORS_H

#include "compiler/verify/Workbench.h"

namespace niello {

/// Values that lie in memory between two kernels.
struct Survivors {
  /// Those that can be taken out of the program without changing a kernel.
  Names kept;
  /// Those of them that it can be fed, too: a kernel that was made for what is
  /// known of their sizes is another one where they come from outside.
  Names fed;
  /// Those of `kept` that can be taken out while `fed` come from outside.
  Names watched;
};

/// @param plan      of the program without taps
/// @param tappable  values that can be taken out at all: no sequences
llvm::Expected<Survivors> findSurvivors(const SourceGraph &graph,
                                        const Variant &plan,
                                        const Names &tappable,
                                        const BuildVariant &build);

} // namespace niello

#endif // NIELLO_COMPILER_VERIFY_SURVIVORS_H
