// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both products of a block: accumulators in registers, a broadcast meets each
// vector of queries.

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/lower/cpu/Attention.h"

using namespace mlir;

namespace niello {

// starts[i][v] + sum over n < steps of read(i, n) * vectors[n][v], for `rows`
// rows i.
SmallVector<Value>
AttentionEmitter::multiplyTile(Value vectors, int64_t rows, Value steps,
                               ValueRange starts,
                               llvm::function_ref<Value(int64_t, Value)> read) {
  VectorType type = vectorType(builder.getF32Type());
  return forEach(index(0), steps, 1, starts, [&](Value step, ValueRange sums) {
    Values with, next;
    for (int64_t v : llvm::seq(tile.vectors))
      with.push_back(
          vectorAt(vectors, place(step, tile.queries(), v * tile.lanes)));
    for (int64_t i : llvm::seq(rows)) {
      Value wide =
          vector::BroadcastOp::create(builder, loc, type, read(i, step));
      for (int64_t v : llvm::seq(tile.vectors))
        next.push_back(multiplyAdd(wide, with[v], sums[i * tile.vectors + v]));
    }
    return next;
  });
}

// P[j] = sum over d of Qt[d] * k[from + j][d] for j < count, and for what is
// left of the last tile; that reads the last key again.
void AttentionEmitter::multiplyKeys(Value from, Value count) {
  int64_t all = chain.sizeOf(chain.s);
  bool isWhole = !ShapedType::isDynamic(all) && all % tile.rows == 0;
  Values zeros(tile.rows * tile.vectors, real(0));
  forEach(index(0), count, tile.rows, [&](Value tileFrom) {
    Values at;
    for (int64_t i : llvm::seq(tile.rows)) {
      Value j = add(tileFrom, index(i));
      Value s = add(from, j);
      at.push_back(copiedKeys ? mul(j, index(width))
                   : isWhole  ? s
                              : min(s, sub(keys, index(1))));
    }
    Values sums = multiplyTile(packedQueries, tile.rows, index(width), zeros,
                               [&](int64_t i, Value d) -> Value {
                                 if (copiedKeys)
                                   return memref::LoadOp::create(
                                       builder, loc, copiedKeys, add(at[i], d));
                                 loops[chain.s] = at[i];
                                 loops[chain.rank] = d;
                                 return load(chain.key);
                               });
    for (auto [n, sum] : llvm::enumerate(sums))
      storeAt(sum, scores, place(tileFrom, tile.queries(), n * tile.lanes));
  });
}

// O[e + i] = O[e + i] * factors + sum over j of P[j] * v[from + j][e + i].
void AttentionEmitter::multiplyValueRows(Value from, Value count, Value e,
                                         int64_t rows, ValueRange factors) {
  Values starts;
  for (int64_t n : llvm::seq(rows * tile.vectors))
    starts.push_back(arith::MulFOp::create(
        builder, loc,
        vectorAt(output, place(e, tile.queries(), n * tile.lanes)),
        factors[n % tile.vectors]));
  Values sums = multiplyTile(
      scores, rows, count, starts, [&](int64_t i, Value j) -> Value {
        Value column = add(e, index(i));
        if (copiedValues)
          return memref::LoadOp::create(builder, loc, copiedValues,
                                        add(mul(j, index(valueWidth)), column));
        loops[chain.s] = add(from, j);
        loops[chain.rank] = column;
        return load(chain.values);
      });
  for (auto [n, sum] : llvm::enumerate(sums))
    storeAt(sum, output, place(e, tile.queries(), n * tile.lanes));
}

void AttentionEmitter::multiplyValues(Value from, Value count,
                                      ValueRange factors) {
  int64_t rest = valueWidth % tile.rows;
  forEach(index(0), index(valueWidth - rest), tile.rows, [&](Value e) {
    multiplyValueRows(from, count, e, tile.rows, factors);
  });
  if (rest)
    multiplyValueRows(from, count, index(valueWidth - rest), rest, factors);
}

} // namespace niello
