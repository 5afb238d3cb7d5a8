// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The source values that the optimised program still computes.

#ifndef NIELLO_COMPILER_VERIFY_SURVIVORS_H
#define NIELLO_COMPILER_VERIFY_SURVIVORS_H

#include "compiler/verify/Workbench.h"

namespace niello {

/// Values that can be taken out of the program, and fed to it, without changing
/// a kernel of its plan: those that lie in memory between two kernels.
///
/// @param plan      of the program without taps
/// @param tappable  values that can be taken out at all: no sequences
llvm::Expected<Names> findSurvivors(const SourceGraph &graph,
                                    const Variant &plan, const Names &tappable,
                                    const BuildVariant &build);

} // namespace niello

#endif // NIELLO_COMPILER_VERIFY_SURVIVORS_H
