// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The name a user may have meant.

#ifndef NIELLO_COMPILER_SUPPORT_NEAREST_H
#define NIELLO_COMPILER_SUPPORT_NEAREST_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace niello {

/// `; did you mean 'x'?`, or the whole list where nothing is near and the list
/// is short, or nothing.
std::string nearestHint(llvm::StringRef name,
                        llvm::ArrayRef<const char *> known);

} // namespace niello

#endif // NIELLO_COMPILER_SUPPORT_NEAREST_H
