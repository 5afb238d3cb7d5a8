// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The bytes of one weight, from its file.

#ifndef NIELLO_COMPILER_WEIGHTS_READER_H
#define NIELLO_COMPILER_WEIGHTS_READER_H

#include "compiler/weights/WeightTable.h"

namespace niello {

/// Hands the weight, decoded, to the sink in chunks of at most 1 MiB. The
/// weight has been checked against its file, but that may change meanwhile.
llvm::Error readWeight(const Weight &weight, WeightTable::Sink sink);

} // namespace niello

#endif // NIELLO_COMPILER_WEIGHTS_READER_H
