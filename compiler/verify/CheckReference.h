// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether the plain path, the reference of all else, is right itself.

#ifndef NIELLO_COMPILER_VERIFY_CHECKREFERENCE_H
#define NIELLO_COMPILER_VERIFY_CHECKREFERENCE_H

#include "compiler/verify/Judge.h"
#include "compiler/verify/Report.h"

namespace niello {

/// Compares the plain path with values of somebody else's: cut at those, it is
/// fed with them, so each operator is judged alone where all values are there.
///
/// @param reference  of the plain path
/// @param given      by name; those of nodes of the main graph are compared
/// @param compared   counts them
/// @return           the first operator that differs, if one does
llvm::Expected<std::optional<Finding>>
checkReference(const SourceGraph &graph, const BuildVariant &build,
               const Reference &reference, const Values &given,
               uint64_t &compared);

} // namespace niello

#endif // NIELLO_COMPILER_VERIFY_CHECKREFERENCE_H
