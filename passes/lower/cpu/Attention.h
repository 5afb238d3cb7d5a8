// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generator of attention: lanes are queries, so that the greatest score and
// the sum of weights of a query stay in its lane.
//
//   for heads, for queries by QB, in parallel:
//     Qt [D][QB] = queries transposed            O [E][QB] = 0, m = -inf, l = 0
//     for keys by KB, of those that a query sees:
//       for MR keys:    P[j] = sum over d of Qt[d] * k[j][d]
//       for each key:   P[j] = f(P[j], masks), n = max(m, P[j])
//       for each key:   P[j] = e^(P[j] - n),   l = l e^(m - n) + P[j]
//       for MR of E:    O[e] = O[e] e^(m - n) + sum over j of P[j] * v[j][e]
//     y = g(transposed O / l), a row at a time
//
// The inner loop of both products, a step of d or j: one load for each vector
// of queries, then MR elements of a key or a value meet all of them.
//
//       q0 = vector.load Qt[d][0]   q1 = vector.load Qt[d][lanes]
//       x = memref.load k[j + i][d]          for i in 0 .. MR
//       s[i][0] = vector.fma x, q0, s[i][0]
//       s[i][1] = vector.fma x, q1, s[i][1]
//
// Queries are all rows that read the same keys: (heads of a group) x T. Where
// only a run knows how many, there is a second loop nest for at most a vector
// of them. A lane beyond the last is a copy of the last, and is not stored.
// Blocks of keys start at multiples of KB, whatever the queries are, so a row's
// sums do not depend on its neighbours.

#ifndef NIELLO_PASSES_LOWER_CPU_ATTENTION_H
#define NIELLO_PASSES_LOWER_CPU_ATTENTION_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/fuse/AttentionChain.h"
#include "passes/lower/cpu/Contraction.h"
#include "passes/lower/cpu/IndexEmitter.h"
#include "passes/plan/AttentionTile.h"

namespace niello {

// A comparison that hides keys: s below, or above, what rises with the query.
struct KeyBound {
  mlir::arith::CmpIOp comparison;
  mlir::Value bound; // inside the body of `visible`
  bool isUpper, isInclusive;
};

struct AttentionEmitter : IndexEmitter {
  AttentionChain chain;
  AttentionTile tile;
  bool fma;

  AttentionEmitter(mlir::OpBuilder &builder, mlir::Location loc,
                   const AttentionChain &chain, AttentionTile tile, bool fma)
      : IndexEmitter(builder, loc), chain(chain), tile(tile), fma(fma) {}

  void emit();

private:
  using Values = llvm::SmallVector<mlir::Value>;
  // From a key on, and before a key.
  struct Keys {
    mlir::Value from, to;
  };
  // How `visible` reads an operand.
  struct Input {
    enum Kind { Unread, Score, Known, ByKey, ByQuery, ByBoth } kind = Unread;
    mlir::Value value; // what is known, or the scratch of the lanes
    AttentionChain::Access access;
  };

  // Attention.cpp
  void forAllBlocks();
  void runBlock(mlir::Value block);
  void runKeys(mlir::Value from, Values &tops, Values &sums);
  void storeBlock(mlir::ValueRange sums);
  void storeRow(mlir::Value row, mlir::Value finished, int64_t pitch);
  // AttentionPack.cpp
  void setRow(mlir::Value row);
  void transposeRows(View view, mlir::Operation *cast, mlir::Value scratch,
                     mlir::Value first, mlir::Value count);
  void packQueries();
  void copyRows(const AttentionChain::Access &access, int64_t width,
                mlir::Value scratch, mlir::Value from, mlir::Value count);
  void packByQuery(Input &input);
  void packByBoth(Input &input, mlir::Value from, mlir::Value count);
  // AttentionTile.cpp
  void multiplyKeys(mlir::Value from, mlir::Value count);
  void multiplyValues(mlir::Value from, mlir::Value count,
                      mlir::ValueRange factors);
  void multiplyValueRows(mlir::Value from, mlir::Value count, mlir::Value e,
                         int64_t rows, mlir::ValueRange factors);
  Values
  multiplyTile(mlir::Value vectors, int64_t rows, mlir::Value steps,
               mlir::ValueRange starts,
               llvm::function_ref<mlir::Value(int64_t, mlir::Value)> read);
  // AttentionScores.cpp
  void prepareScores();
  Values scoreKeys(mlir::linalg::GenericOp body, mlir::Value from,
                   mlir::Value count, Values tops);
  mlir::Value lanesOf(Input &input, mlir::Value at);
  Values applyMasks(mlir::Value from, mlir::Value count, Values tops);
  Values weighKeys(mlir::Value count, mlir::ValueRange tops, Values sums);
  mlir::Value power(mlir::Value difference);
  mlir::Value guard(mlir::Value top);
  void startSinks(Values &tops, Values &sums);
  // AttentionKeys.cpp
  void findBounds();
  Keys seenKeys(bool byAll);
  mlir::Value evaluate(mlir::Value bound, mlir::ValueRange at);
  bool rises(mlir::Value bound, bool byRow = true);
  mlir::linalg::GenericOp withoutBounds();

  // Short forms.
  mlir::Value real(float value);
  mlir::Value multiplyAdd(mlir::Value a, mlir::Value b, mlir::Value c);
  Values
  forEach(mlir::Value begin, mlir::Value end, int64_t step,
          mlir::ValueRange carried,
          llvm::function_ref<Values(mlir::Value, mlir::ValueRange)> body);
  void forEach(mlir::Value begin, mlir::Value end, int64_t step,
               llvm::function_ref<void(mlir::Value)> body);
  mlir::Value scratch(int64_t elements, mlir::Type type);
  mlir::Value vectorAt(mlir::Value scratch, mlir::Value at);
  void storeAt(mlir::Value vector, mlir::Value scratch, mlir::Value at);
  mlir::VectorType vectorType(mlir::Type element);
  mlir::Value load(const AttentionChain::Access &access);
  // A place in scratch: row * pitch + column.
  mlir::Value place(mlir::Value row, int64_t pitch, int64_t column = 0) {
    return add(mul(row, index(pitch)), index(column));
  }

  Values sizes;              // of the common loops but the last
  Values loops;              // current values of all
  mlir::Value queries, keys; // sizes: all rows, S
  mlir::Value row0;          // of the block
  int64_t width, valueWidth, paddedWidth;
  mlir::Value packedQueries, scores, output;
  mlir::Value copiedKeys, copiedValues; // null where they are read in place
  llvm::SmallVector<Input> inputs;      // of `visible`
  llvm::SmallVector<Values> rowIndices; // by row loop and vector
  llvm::SmallVector<KeyBound> bounds;
  bool skips = false; // what no query sees weighs nothing
  Keys seen, seenByAll;
};

} // namespace niello

#endif // NIELLO_PASSES_LOWER_CPU_ATTENTION_H
