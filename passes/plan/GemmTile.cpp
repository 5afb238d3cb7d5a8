// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/plan/GemmTile.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace niello {

namespace {

struct Candidate {
  int64_t rows, vectors;
  double share;
};

GemmTile choose(ArrayRef<Candidate> candidates, int64_t m, int64_t n,
                int64_t lanes) {
  GemmTile best;
  best.lanes = lanes;
  double least = 0;
  for (const Candidate &candidate : candidates) {
    int64_t columns = candidate.vectors * lanes;
    int64_t padded = ShapedType::isDynamic(n)
                         ? 1000
                         : llvm::divideCeil(n, columns) * columns;
    double cost = static_cast<double>(padded) / candidate.share;
    if (least != 0 && cost >= least)
      continue;
    least = cost;
    best.vectors = candidate.vectors;
    // A row of packed A is stored by one vector: at most `lanes` rows.
    best.rows = std::min(candidate.rows, lanes);
    if (!ShapedType::isDynamic(m))
      best.rows = std::max<int64_t>(1, std::min(best.rows, m));
  }
  return best;
}

} // namespace

GemmTile chooseGemmTile(int64_t m, int64_t n, int64_t lanes,
                        int64_t registers) {
  // Rows x vectors of accumulators that fit with one vector of A and the
  // vectors of B, and what share of the peak each reaches on both a one-port
  // and a two-port machine (measured; loads for each multiply decide).
  static constexpr Candidate wide[] = {
      {8, 3, 0.89}, {6, 4, 0.87}, {12, 2, 0.87}, {4, 1, 0.45}};
  static constexpr Candidate narrow[] = {{4, 3, 0.9}, {6, 2, 0.9}, {6, 1, 0.5}};
  ArrayRef<Candidate> candidates =
      registers >= 32 ? ArrayRef<Candidate>(wide) : ArrayRef<Candidate>(narrow);
  return choose(candidates, m, n, lanes);
}

GemmTile choosePairsTile(int64_t m, int64_t n, int64_t lanes,
                         int64_t registers) {
  // rows x vectors accumulators, 2 x vectors of B, 2 of A and one product: 27
  // of 32 and 15 of 16 registers.
  static constexpr Candidate wide[] = {{6, 3, 0.9}, {8, 2, 0.85}, {8, 1, 0.5}};
  static constexpr Candidate narrow[] = {{4, 2, 0.9}, {6, 1, 0.6}};
  ArrayRef<Candidate> candidates =
      registers >= 32 ? ArrayRef<Candidate>(wide) : ArrayRef<Candidate>(narrow);
  return choose(candidates, m, n, lanes);
}

} // namespace niello
