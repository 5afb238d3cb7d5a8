// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is read in another order than it lies: queries and masks, whose rows
// become lanes, and keys and values that want a conversion.

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/lower/cpu/Attention.h"
#include "passes/lower/cpu/VectorBody.h"

using namespace mlir;

namespace niello {

// Sets the loops of rows to those of a row, or of the last one beyond it.
void AttentionEmitter::setRow(Value row) {
  splitCounter(builder, loc, min(row, sub(queries, index(1))), chain.rows,
               sizes, loops);
}

// scratch[(first + n) * QB + r] = view(row0 + r, n) for n < count, where the
// view is linear along n: squares are loaded along n and transposed.
void AttentionEmitter::transposeRows(View view, Operation *cast, Value scratch,
                                     Value first, Value count) {
  Value squares =
      sub(count,
          builder.createOrFold<arith::RemUIOp>(loc, count, index(tile.lanes)));
  for (int64_t v : llvm::seq(tile.vectors)) {
    SmallVector<Values> leads;
    for (int64_t lane : llvm::seq(tile.lanes)) {
      setRow(add(row0, index(v * tile.lanes + lane)));
      leads.push_back(applyMap(builder, loc, view.lead, loops));
      leads.back().push_back(Value());
    }
    forEach(index(0), squares, tile.lanes, [&](Value n) {
      Values square;
      for (Values &at : leads) {
        at.back() = add(first, n);
        Value value = vector::LoadOp::create(
            builder, loc, vectorType(view.element()), view.memref, at);
        square.push_back(cast ? cloneWidened(builder, cast, {value}, tile.lanes)
                              : value);
      }
      transposeSquare(builder, loc, square);
      for (auto [i, row] : llvm::enumerate(square))
        storeAt(row, scratch,
                place(add(n, index(i)), tile.queries(), v * tile.lanes));
    });
    forEach(squares, count, 1, [&](Value n) {
      for (auto [lane, at] : llvm::enumerate(leads)) {
        at.back() = add(first, n);
        Value value = memref::LoadOp::create(builder, loc, view.memref, at);
        if (cast)
          value = cloneWidened(builder, cast, {value}, 1);
        memref::StoreOp::create(
            builder, loc, value, scratch,
            place(n, tile.queries(), v * tile.lanes + lane));
      }
    });
  }
}

void AttentionEmitter::packQueries() {
  View view =
      viewAlong(builder, loc, chain.query.value, chain.query.map, {chain.rank});
  if (view.linear && isLoadedAsVector(view.element()))
    return transposeRows(view, chain.query.cast, packedQueries, index(0),
                         index(width));
  forEach(index(0), index(tile.queries()), 1, [&](Value r) {
    setRow(add(row0, r));
    forEach(index(0), index(width), 1, [&](Value d) {
      loops[chain.rank] = d;
      memref::StoreOp::create(builder, loc, load(chain.query), packedQueries,
                              add(place(d, tile.queries()), r));
    });
  });
}

// scratch[j * width + i] = access(from + j, i) for j < count.
void AttentionEmitter::copyRows(const AttentionChain::Access &access,
                                int64_t width, Value scratch, Value from,
                                Value count) {
  View view = viewAlong(builder, loc, access.value, access.map, {chain.rank});
  bool vectors = view.linear && isLoadedAsVector(view.element());
  Value end = index(vectors ? width - width % tile.lanes : 0);
  forEach(index(0), count, 1, [&](Value j) {
    loops[chain.s] = add(from, j);
    Value to = mul(j, index(width));
    if (vectors)
      forEach(index(0), end, tile.lanes, [&](Value i) {
        Values at = applyMap(builder, loc, view.lead, loops);
        at.push_back(i);
        Value value = vector::LoadOp::create(
            builder, loc, vectorType(view.element()), view.memref, at);
        if (access.cast)
          value = cloneWidened(builder, access.cast, {value}, tile.lanes);
        storeAt(value, scratch, add(to, i));
      });
    forEach(end, index(width), 1, [&](Value i) {
      loops[chain.rank] = i;
      memref::StoreOp::create(builder, loc, load(access), scratch, add(to, i));
    });
  });
}

// An element as a vector may hold it: a bool is a byte.
static Value inMemory(OpBuilder &builder, Location loc, Value value) {
  if (isLoadedAsVector(value.getType()))
    return value;
  return arith::ExtUIOp::create(builder, loc, builder.getI8Type(), value);
}

// scratch[r] = input(row0 + r).
void AttentionEmitter::packByQuery(Input &input) {
  forEach(index(0), index(tile.queries()), 1, [&](Value r) {
    setRow(add(row0, r));
    memref::StoreOp::create(builder, loc,
                            inMemory(builder, loc, load(input.access)),
                            input.value, r);
  });
}

// scratch[j * QB + r] = input(row0 + r, from + j) for j < count.
void AttentionEmitter::packByBoth(Input &input, Value from, Value count) {
  View view =
      viewAlong(builder, loc, input.access.value, input.access.map, {chain.s});
  if (view.linear && view.element().getIntOrFloatBitWidth() == 32)
    return transposeRows(view, nullptr, input.value, from, count);
  forEach(index(0), index(tile.queries()), 1, [&](Value r) {
    setRow(add(row0, r));
    forEach(index(0), count, 1, [&](Value j) {
      loops[chain.s] = add(from, j);
      memref::StoreOp::create(builder, loc,
                              inMemory(builder, loc, load(input.access)),
                              input.value, add(place(j, tile.queries()), r));
    });
  });
}

} // namespace niello
