// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How far two right programs may be apart.

#ifndef NIELLO_COMPILER_VERIFY_TOLERANCE_H
#define NIELLO_COMPILER_VERIFY_TOLERANCE_H

#include "niello/niello.h"

#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace niello {

/// Half a unit in the last place of a number in [1,2): 2^-24 for float32. 0 for
/// what is not rounded.
double roundingUnit(int32_t dtype);

/// The unit that the operator rounds to inside, where that is coarser than its
/// result's type; else 0.
double innerUnit(llvm::StringRef op);

/// What a value that the operator rounds to few inside may add, relative to the
/// greatest magnitude of its result; mostly 0.
double innerStep(llvm::StringRef op);

/// Rounding units by which two right evaluations of one operator may differ,
/// relative to the greatest magnitude of its result.
///
/// @param op     as ONNX calls it, `Add`; of any domain
/// @param terms  numbers that one element of the result is a sum of; 1 or more
double budgetOf(llvm::StringRef op, uint64_t terms);

/// The reason that the table gives for it.
llvm::StringRef budgetReason(llvm::StringRef op);

} // namespace niello

#endif // NIELLO_COMPILER_VERIFY_TOLERANCE_H
