// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every lowering of attention shares: the checks of its sizes, and who
// sees whom.

#ifndef NIELLO_DIALECTS_MODEL_ATTENTION_H
#define NIELLO_DIALECTS_MODEL_ATTENTION_H

#include "dialects/model/Model.h"
#include "dialects/model/Terms.h"

namespace niello::model {

/// Stops the run where sizes that C1, C2, C5 and C6 relate do not fit.
void requireFits(Emit &e, AttentionOp op);

/// Whether the query at `t` sees the key at `s`, by what the positions say.
/// `offset` and `length` are the numbers of the batch entry, null where the op
/// has none.
Term seesKey(Emit &e, AttentionOp op, Term t, Term s, Term offset, Term length);

/// The score of a key that is not seen.
Term hiddenScore(Emit &e, AttentionOp op, Type type);

} // namespace niello::model

#endif // NIELLO_DIALECTS_MODEL_ATTENTION_H
