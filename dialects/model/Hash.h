// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_HASH_H
#define NIELLO_DIALECTS_MODEL_HASH_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace niello::model {

/// What the attribute `model.hash` says of a model file: half of its SHA-256,
/// as 32 hexadecimal digits.
std::string hashOf(llvm::StringRef bytes);

} // namespace niello::model

#endif // NIELLO_DIALECTS_MODEL_HASH_H
