// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_COMPILER_DRIVER_WHY_H
#define NIELLO_COMPILER_DRIVER_WHY_H

#include "compiler/driver/Options.h"
#include "compiler/explain/Explain.h"
#include "compiler/inspect/Facts.h"

namespace niello {

/// Prints where the node of `--why` went, and the reasons of the passes that
/// stopped at it; an exit code.
int printWhy(const Options &options, const ModelFacts &facts,
             llvm::ArrayRef<Reason> reasons);

} // namespace niello

#endif // NIELLO_COMPILER_DRIVER_WHY_H
