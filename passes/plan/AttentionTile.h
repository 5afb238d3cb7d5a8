// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_PASSES_PLAN_ATTENTIONTILE_H
#define NIELLO_PASSES_PLAN_ATTENTIONTILE_H

#include "passes/fuse/AttentionChain.h"

namespace niello {

// A block of scores: `vectors` of `lanes` queries by `keys`. Its products keep
// `rows` x `vectors` accumulators, where rows are keys, then parts of a value.
struct AttentionTile {
  int64_t lanes = 16, vectors = 2, rows = 8, keys = 64;
  int64_t queries() const { return lanes * vectors; }
};

// The tile for a machine of that many vector registers, each of `lanes` f32.
AttentionTile chooseAttentionTile(AttentionChain &chain, int64_t lanes,
                                  int64_t registers);

} // namespace niello

#endif // NIELLO_PASSES_PLAN_ATTENTIONTILE_H
