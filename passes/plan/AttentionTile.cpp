// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/plan/AttentionTile.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace niello {

AttentionTile chooseAttentionTile(AttentionChain &chain, int64_t lanes,
                                  int64_t registers) {
  AttentionTile tile;
  tile.lanes = lanes;
  int64_t queries = 1;
  for (unsigned loop : chain.rows) {
    int64_t size = chain.sizeOf(loop);
    queries = ShapedType::isDynamic(queries) || ShapedType::isDynamic(size)
                  ? ShapedType::kDynamic
                  : queries * size;
  }
  if (!ShapedType::isDynamic(queries) && queries <= lanes)
    tile.vectors = 1;
  // Half of the registers sum: with one vector of a query, a broadcast and what
  // the compiler keeps there is room, and 8 chains hide a multiply-add of 4
  // cycles on two ports. More than 8 keys have more addresses than there are
  // registers for them.
  constexpr int64_t mostRows = 8;
  tile.rows = std::min(mostRows, registers / 2 / tile.vectors);
  // Longer blocks save rescaling the sums, which costs 1 / keys of a product;
  // 64 keys of 64, their scores and 32 queries are 40 KB.
  int64_t keys = chain.sizeOf(chain.s);
  if (!ShapedType::isDynamic(keys))
    tile.keys = std::clamp<int64_t>(llvm::alignTo(keys, tile.rows), tile.rows,
                                    tile.keys);
  return tile;
}

} // namespace niello
