// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_PASSES_PLAN_GEMMTILE_H
#define NIELLO_PASSES_PLAN_GEMMTILE_H

#include <cstdint>

namespace niello {

// The register tile of a GEMM: rows x (vectors * lanes) accumulators.
struct GemmTile {
  int64_t lanes = 16, rows = 8, vectors = 3;
  bool fma = true;
  bool dotsBytes = false; // the target has vpdpbusd
  int64_t columns() const { return lanes * vectors; }
};

// The tile that wastes the fewest lanes on m x n, where either may be dynamic.
// `registers` is the number of vector registers.
GemmTile chooseGemmTile(int64_t m, int64_t n, int64_t lanes, int64_t registers);

// The same for bytes without vpdpbusd: B takes two registers a vector, A two a
// row.
GemmTile choosePairsTile(int64_t m, int64_t n, int64_t lanes,
                         int64_t registers);

} // namespace niello

#endif // NIELLO_PASSES_PLAN_GEMMTILE_H
