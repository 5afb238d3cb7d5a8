// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of elements for what selects: numbers as usual, a NaN after all.

#ifndef NIELLO_DIALECTS_MODEL_ORDER_H
#define NIELLO_DIALECTS_MODEL_ORDER_H

#include "dialects/model/Terms.h"

namespace niello::model {

/// a < b; `isSigned` is about integers.
inline Term isLess(Term a, Term b, bool isSigned) {
  if (a.isFloat())
    return (a < b) | ((b != b) & (a == a));
  if (isSigned && !a.getType().isInteger(1))
    return a < b;
  return (minimum(a, b, /*isSigned=*/false) == a) & (a != b);
}

} // namespace niello::model

#endif // NIELLO_DIALECTS_MODEL_ORDER_H
