// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loops around a block of scores, and what becomes of a finished block.

#include "passes/lower/cpu/Attention.h"

#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/lower/cpu/VectorBody.h"

using namespace mlir;

namespace niello {

Value AttentionEmitter::real(float value) {
  auto type = vectorType(builder.getF32Type());
  return arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(type, builder.getF32FloatAttr(value)));
}

Value AttentionEmitter::multiplyAdd(Value a, Value b, Value c) {
  if (fma)
    return vector::FMAOp::create(builder, loc, a, b, c);
  return arith::AddFOp::create(builder, loc,
                               arith::MulFOp::create(builder, loc, a, b), c);
}

SmallVector<Value>
AttentionEmitter::forEach(Value begin, Value end, int64_t step,
                          ValueRange carried,
                          llvm::function_ref<Values(Value, ValueRange)> body) {
  auto loop =
      scf::ForOp::create(builder, loc, begin, end, index(step), carried);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Values next = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!carried.empty())
    scf::YieldOp::create(builder, loc, next);
  return loop.getResults();
}

void AttentionEmitter::forEach(Value begin, Value end, int64_t step,
                               llvm::function_ref<void(Value)> body) {
  forEach(begin, end, step, {}, [&](Value at, ValueRange) {
    body(at);
    return Values();
  });
}

Value AttentionEmitter::scratch(int64_t elements, Type type) {
  return memref::AllocOp::create(builder, loc,
                                 MemRefType::get({elements}, type),
                                 builder.getI64IntegerAttr(64));
}

VectorType AttentionEmitter::vectorType(Type element) {
  return VectorType::get(tile.lanes, element);
}

Value AttentionEmitter::vectorAt(Value scratch, Value at) {
  Type element = cast<MemRefType>(scratch.getType()).getElementType();
  return vector::LoadOp::create(builder, loc, vectorType(element), scratch, at);
}

void AttentionEmitter::storeAt(Value vector, Value scratch, Value at) {
  vector::StoreOp::create(builder, loc, vector, scratch, at);
}

// One element at the current loops, in f32 where the access widens it.
Value AttentionEmitter::load(const AttentionChain::Access &access) {
  Value value = memref::LoadOp::create(
      builder, loc, access.value, applyMap(builder, loc, access.map, loops));
  return access.cast ? cloneWidened(builder, access.cast, {value}, 1) : value;
}

void AttentionEmitter::emit() {
  auto scoreLoops = chain.loopsOf(chain.scores);
  sizes.assign(chain.rank + 1, Value());
  for (auto [loop, range] :
       llvm::zip(scoreLoops, cast<linalg::LinalgOp>(chain.scores.getOperation())
                                 .createLoopRanges(builder, loc)))
    sizes[loop] = getValueOrCreateConstantIndexOp(builder, loc, range.size);
  loops.assign(chain.rank + 1, index(0));
  width = chain.width();
  valueWidth = chain.valueWidth();
  paddedWidth = llvm::alignTo(valueWidth, tile.lanes);
  keys = sizes[chain.s];
  queries = index(1);
  for (unsigned loop : chain.rows)
    queries = mul(queries, sizes[loop]);
  findBounds();
  if (getConstantIntValue(queries) || tile.vectors == 1)
    return forAllBlocks();
  // Where a step of a sequence comes by itself, most lanes are copies: one
  // vector of queries takes half the time of two.
  Value few = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sle,
                                    queries, index(tile.lanes));
  auto branch = scf::IfOp::create(builder, loc, few, /*withElseRegion=*/true);
  const AttentionTile wide = tile;
  const Values start = loops;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  tile.vectors = 1;
  tile.rows = std::gcd(std::max<int64_t>(wide.rows, 8), wide.keys);
  forAllBlocks();
  builder.setInsertionPointToStart(branch.elseBlock());
  tile = wide;
  loops = start;
  forAllBlocks();
}

// Heads and blocks of queries are what threads share; below a million products
// one thread is done before another has started.
void AttentionEmitter::forAllBlocks() {
  constexpr int64_t leastProducts = 1'000'000;
  int64_t products = width + valueWidth;
  for (unsigned loop : llvm::seq(chain.rank)) {
    int64_t size = chain.sizeOf(loop);
    products *= ShapedType::isDynamic(size) ? leastProducts : size;
    products = std::min(products, leastProducts);
  }
  SmallVector<unsigned> outer(chain.outer);
  llvm::erase_if(outer, [&](unsigned loop) { return chain.sizeOf(loop) == 1; });
  Values counts;
  for (unsigned loop : outer)
    counts.push_back(sizes[loop]);
  counts.push_back(builder.createOrFold<arith::CeilDivUIOp>(
      loc, queries, index(tile.queries())));
  auto run = [&](ValueRange at) {
    for (auto [loop, value] : llvm::zip(outer, at))
      loops[loop] = value;
    runBlock(at.back());
  };
  OpBuilder::InsertionGuard guard(builder);
  if (products >= leastProducts) {
    auto loop = scf::ForallOp::create(builder, loc,
                                      getAsOpFoldResult(ValueRange(counts)),
                                      ValueRange(), std::nullopt);
    builder.setInsertionPointToStart(loop.getBody());
    run(loop.getInductionVars());
    return;
  }
  Values at;
  for (Value count : counts) {
    auto loop = scf::ForOp::create(builder, loc, index(0), count, index(1));
    builder.setInsertionPointToStart(loop.getBody());
    at.push_back(loop.getInductionVar());
  }
  run(at);
}

// A block of queries against all keys that one of them sees.
void AttentionEmitter::runBlock(Value block) {
  Type f32 = builder.getF32Type();
  int64_t lanes = tile.queries();
  row0 = mul(block, index(lanes));
  packedQueries = scratch(width * lanes, f32);
  scores = scratch(tile.keys * lanes, f32);
  output = scratch(paddedWidth * lanes, f32);
  // Elements that want a conversion are copied, all others read where they lie.
  // That holds for rows 4 KB apart too, which share a set of the first cache:
  // 16 heads of 64 in place reach 0.86 of the peak, copied 0.74.
  copiedKeys = chain.key.cast ? scratch(tile.keys * width, f32) : Value();
  copiedValues =
      chain.values.cast ? scratch(tile.keys * valueWidth, f32) : Value();
  packQueries();
  prepareScores();
  seen = seenKeys(/*byAll=*/false);
  seenByAll = seenKeys(/*byAll=*/true);
  forEach(index(0), index(paddedWidth * lanes), tile.lanes,
          [&](Value at) { storeAt(real(0), output, at); });

  Values carried(tile.vectors, real(-std::numeric_limits<float>::infinity()));
  Values sums(tile.vectors, real(0));
  startSinks(carried, sums);
  carried.append(sums);
  carried = forEach(seen.from, seen.to, tile.keys, carried,
                    [&](Value from, ValueRange now) {
                      Values tops(now.take_front(tile.vectors));
                      Values sums(now.drop_front(tile.vectors));
                      runKeys(from, tops, sums);
                      tops.append(sums);
                      return tops;
                    });
  Values tops(ArrayRef(carried).take_front(tile.vectors));
  sums.assign(carried.begin() + tile.vectors, carried.end());
  if (!chain.guarded) {
    // Where there are keys and all are -infinity, their softmax is NaN.
    Value any = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sgt,
                                      keys, index(0));
    Value nan = real(std::numeric_limits<float>::quiet_NaN());
    Value least = real(-std::numeric_limits<float>::infinity());
    for (auto [top, sum] : llvm::zip(tops, sums)) {
      Value blind = arith::CmpFOp::create(
          builder, loc, arith::CmpFPredicate::OEQ, top, least);
      blind = arith::AndIOp::create(builder, loc, blind,
                                    widen(builder, loc, any, tile.lanes));
      sum = arith::SelectOp::create(builder, loc, blind, nan, sum);
    }
  }
  storeBlock(sums);
}

// The keys from `from`, at most a block of them.
void AttentionEmitter::runKeys(Value from, Values &tops, Values &sums) {
  Value count = min(index(tile.keys), sub(seen.to, from));
  if (copiedKeys)
    copyRows(chain.key, width, copiedKeys, from, count);
  multiplyKeys(from, count);
  Values next = applyMasks(from, count, tops);
  Values factors;
  for (auto [v, top] : llvm::enumerate(next)) {
    Value difference = arith::SubFOp::create(builder, loc, tops[v], guard(top));
    factors.push_back(power(difference));
    sums[v] = arith::MulFOp::create(builder, loc, sums[v], factors[v]);
  }
  sums = weighKeys(count, next, sums);
  tops = next;
  if (copiedValues)
    copyRows(chain.values, valueWidth, copiedValues, from, count);
  multiplyValues(from, count, factors);
}

// Divides by the sums and transposes, then runs the last step row by row.
void AttentionEmitter::storeBlock(ValueRange sums) {
  Value finished = scratch(tile.queries() * paddedWidth, builder.getF32Type());
  for (int64_t v : llvm::seq(tile.vectors)) {
    Value sum = sums[v];
    Value isZero = arith::CmpFOp::create(
        builder, loc, arith::CmpFPredicate::OEQ, sum, real(0));
    Value divisor = arith::SelectOp::create(builder, loc, isZero, real(1), sum);
    Value factor = arith::DivFOp::create(builder, loc, real(1), divisor);
    forEach(index(0), index(paddedWidth), tile.lanes, [&](Value e) {
      Values square;
      for (int64_t i : llvm::seq(tile.lanes))
        square.push_back(arith::MulFOp::create(
            builder, loc,
            vectorAt(output,
                     place(add(e, index(i)), tile.queries(), v * tile.lanes)),
            factor));
      transposeSquare(builder, loc, square);
      for (auto [i, row] : llvm::enumerate(square))
        storeAt(row, finished,
                add(e, index((v * tile.lanes + i) * paddedWidth)));
    });
  }
  Value rows = min(index(tile.queries()), sub(queries, row0));
  forEach(index(0), rows, 1, [&](Value r) {
    setRow(add(row0, r));
    storeRow(mul(r, index(paddedWidth)), finished, paddedWidth);
  });
}

// y = g(o / l) along e, for the row at `from` in `finished`, divided already.
void AttentionEmitter::storeRow(Value from, Value finished, int64_t pitch) {
  linalg::GenericOp op = chain.quotient;
  Value divided = AttentionChain::resultOf(chain.mixed);
  Value total =
      AttentionChain::resultOf(chain.sinkTotal ? chain.sinkTotal : chain.total);
  unsigned inputs = op.getNumDpsInputs();
  SmallVector<View> views(op->getNumOperands());
  Values known(op->getNumOperands());
  bool vectors = true;
  for (OpOperand &operand : op->getOpOperands()) {
    unsigned number = operand.getOperandNumber();
    Value value = operand.get();
    bool isRead = op.payloadUsesValueFromOperand(&operand);
    if (value == divided || (number < inputs && !isRead))
      continue;
    if (value == total) {
      known[number] =
          arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(1));
      continue;
    }
    if (!isa<MemRefType>(value.getType())) {
      known[number] = value;
      continue;
    }
    AffineMap map = chain.mapOf(operand);
    View &view = views[number] =
        viewAlong(builder, loc, value, map, {chain.rank});
    if (number < inputs && !view.varies)
      known[number] = load({value, map});
    else
      vectors &= view.linear && isLoadedAsVector(view.element());
  }
  auto finish = [&](Value e, int64_t lanes) {
    loops[chain.rank] = e;
    auto at = [&](View &view) {
      Values subscripts = applyMap(builder, loc, view.lead, loops);
      if (view.linear)
        subscripts.push_back(e);
      return subscripts;
    };
    auto read = [&](Value memref, ValueRange subscripts, Type type) -> Value {
      if (lanes == 1)
        return memref::LoadOp::create(builder, loc, memref, subscripts);
      return vector::LoadOp::create(builder, loc, vectorType(type), memref,
                                    subscripts);
    };
    Values arguments(known);
    for (OpOperand &operand : op->getOpOperands()) {
      unsigned number = operand.getOperandNumber();
      if (operand.get() == divided)
        arguments[number] = read(finished, add(from, e), builder.getF32Type());
      else if (number < inputs && !known[number] && views[number].memref)
        arguments[number] = read(views[number].memref, at(views[number]),
                                 views[number].element());
    }
    Value result = emitBody(builder, op, arguments, {}, lanes)[0];
    View &out = views[inputs];
    if (lanes == 1)
      memref::StoreOp::create(builder, loc, result, out.memref, at(out));
    else
      vector::StoreOp::create(builder, loc, widen(builder, loc, result, lanes),
                              out.memref, at(out));
  };
  Value end = index(vectors ? valueWidth - valueWidth % tile.lanes : 0);
  forEach(index(0), end, tile.lanes, [&](Value e) { finish(e, tile.lanes); });
  forEach(end, index(valueWidth), 1, [&](Value e) { finish(e, 1); });
}

} // namespace niello
