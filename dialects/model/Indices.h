// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What gather and scatter share: reading an index that may count from the end,
// and checking all indices before any is used.

#ifndef NIELLO_DIALECTS_MODEL_INDICES_H
#define NIELLO_DIALECTS_MODEL_INDICES_H

#include "dialects/model/Terms.h"

namespace niello::model {

/// An element of `indices` as an index below `size`: negative ones wrap.
Term readIndex(Emit &e, Value indices, ArrayRef<Term> place, Term size);

/// Stops the run unless every index is in [-size, size). With several sizes the
/// last dimension of `indices` names one of each. Nothing for constants that
/// are in range.
void requireInRange(Emit &e, Value indices, ArrayRef<Term> sizes);

} // namespace niello::model

#endif // NIELLO_DIALECTS_MODEL_INDICES_H
