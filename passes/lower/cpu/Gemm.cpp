// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/lower/cpu/Gemm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace niello {

// Iterations that threads may share; below a million products one thread is
// done before another has started.
void GemmEmitter::forAll(ArrayRef<Value> counts,
                         llvm::function_ref<void(ValueRange)> body) {
  constexpr int64_t leastProducts = 1'000'000;
  int64_t products = 1;
  for (Value size : sizes) {
    auto constant = getConstantIntValue(size);
    products = constant ? products * *constant : leastProducts;
    products = std::min(products, leastProducts);
  }
  OpBuilder::InsertionGuard guard(builder);
  if (products >= leastProducts) {
    auto loop = scf::ForallOp::create(builder, loc,
                                      getAsOpFoldResult(ValueRange(counts)),
                                      ValueRange(), std::nullopt);
    builder.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVars());
    return;
  }
  SmallVector<Value> at;
  for (Value count : counts) {
    auto loop = scf::ForOp::create(builder, loc, index(0), count, index(1));
    builder.setInsertionPointToStart(loop.getBody());
    at.push_back(loop.getInductionVar());
  }
  body(at);
}

VectorType GemmEmitter::vectorType(Type element) {
  return VectorType::get(tile.lanes, element);
}

void GemmEmitter::forEach(Value begin, Value end, Value step,
                          llvm::function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(builder, loc, begin, end, step);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

void GemmEmitter::ifThen(Value condition, llvm::function_ref<void()> then,
                         llvm::function_ref<void()> otherwise) {
  auto branch = scf::IfOp::create(builder, loc, condition,
                                  /*withElseRegion=*/bool(otherwise));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  then();
  if (!otherwise)
    return;
  builder.setInsertionPointToStart(branch.elseBlock());
  otherwise();
}

void GemmEmitter::emit() {
  for (Range range : cast<linalg::LinalgOp>(contraction.op.getOperation())
                         .createLoopRanges(builder, loc))
    sizes.push_back(getValueOrCreateConstantIndexOp(builder, loc, range.size));
  loops.assign(sizes.size(), index(0));
  firstRow = index(0);
  auto product = [&](ArrayRef<unsigned> role) {
    Value value = index(1);
    for (unsigned loop : role)
      value = mul(value, sizes[loop]);
    return value;
  };
  m = product(contraction.m);
  n = product(contraction.n);
  k = product(contraction.k);
  depthOfBytes = k;
  if (contraction.isBytes)
    k = builder.createOrFold<arith::CeilDivUIOp>(loc, k, index(4));

  // Rows of A that are packed at a time. B is packed again for every block, so
  // blocks are large: 10 MB of A stream from the last-level cache well enough.
  constexpr int64_t packedElements = 2'500'000, leastRows = 128;
  int64_t blockRows = leastRows;
  if (auto depth = getConstantIntValue(k); depth && *depth > 0)
    blockRows = std::max(leastRows, packedElements / *depth);
  if (auto rows = getConstantIntValue(m))
    blockRows = std::min(blockRows, *rows);
  blockRows = llvm::divideCeil(blockRows, tile.rows) * tile.rows;

  // Loops of one iteration are no loops.
  llvm::erase_if(contraction.outer, [&](unsigned loop) {
    return getConstantIntValue(sizes[loop]) == 1;
  });
  bool packsEach = llvm::any_of(contraction.outer, [&](unsigned loop) {
    return contraction.aMap.isFunctionOfDim(loop);
  });
  if (packsEach)
    forAllOuter(blockRows);
  else
    forAllPanels(blockRows);
}

// A scratch vector for `elements`, and one vector more, because the last store
// of a transpose reaches beyond.
Value GemmEmitter::scratch(Value elements) {
  auto type = MemRefType::get({ShapedType::kDynamic}, contraction.element);
  return memref::AllocOp::create(builder, loc, type,
                                 add(elements, index(tile.lanes)),
                                 builder.getI64IntegerAttr(64));
}

// Where the vectors of a tile start in panels of B. A vector beyond the last
// panel reads that one again; its sums are never stored.
void GemmEmitter::findPanels(Value column) {
  int64_t width = contraction.bPanel;
  int64_t panels = cast<MemRefType>(contraction.b.getType()).getDimSize(0);
  bStarts.clear();
  for (int64_t v = 0; v < tile.vectors; ++v) {
    Value at = add(column, index(v * tile.lanes));
    Value panel = builder.createOrFold<arith::DivUIOp>(loc, at, index(width));
    Value inside = builder.createOrFold<arith::RemUIOp>(loc, at, index(width));
    if (panels * width % tile.columns())
      panel = min(panel, index(panels - 1));
    bStarts.push_back(add(mul(panel, mul(k, index(width))), inside));
  }
}

// Scratch of one thread.
void GemmEmitter::startThread() {
  packedB = hasPackedB() ? mergeDims(builder, loc, contraction.b, 0)
                         : scratch(mul(k, index(tile.columns())));
  accumulators = memref::AllocOp::create(
      builder, loc,
      MemRefType::get({tile.rows * tile.columns()}, contraction.element),
      builder.getI64IntegerAttr(64));
}

void GemmEmitter::runPanel(Value block, Value rows, Value column) {
  if (hasPackedB())
    findPanels(column);
  else
    packB(column);
  forEach(index(0), rows, index(tile.rows), [&](Value row) {
    computeTile(row, sub(rows, row));
    storeTile(add(block, row), column);
  });
}

// Rows of A that the scratch holds: a block, or whole tiles of what there is. A
// free batch is mostly far below the block's 10 MB, which the system would have
// to clear for each product. Pairs of bytes count as two rows.
Value GemmEmitter::packedRows(int64_t blockRows) {
  if (getConstantIntValue(m))
    return index(blockRows * wordParts());
  Value tiles =
      builder.createOrFold<arith::CeilDivUIOp>(loc, m, index(tile.rows));
  Value rows = min(index(blockRows), mul(tiles, index(tile.rows)));
  return mul(rows, index(wordParts()));
}

// Each matrix of a batch has its own A: the batch is what threads share.
void GemmEmitter::forAllOuter(int64_t blockRows) {
  SmallVector<Value> counts;
  for (unsigned loop : contraction.outer)
    counts.push_back(sizes[loop]);
  forAll(counts, [&](ValueRange at) {
    for (auto [loop, value] : llvm::zip(contraction.outer, at))
      loops[loop] = value;
    packedA = scratch(mul(k, packedRows(blockRows)));
    startThread();
    forEach(index(0), m, index(blockRows), [&](Value block) {
      Value rows = min(index(blockRows), sub(m, block));
      packA(block, rows);
      forEach(index(0), n, index(tile.columns()),
              [&](Value column) { runPanel(block, rows, column); });
    });
  });
}

// A is packed once for all: panels of B are what threads share.
void GemmEmitter::forAllPanels(int64_t blockRows) {
  packedA = hasPackedA() ? mergeDims(builder, loc, contraction.a, 0)
                         : scratch(mul(k, packedRows(blockRows)));
  SmallVector<Value> counts;
  for (unsigned loop : contraction.outer)
    counts.push_back(sizes[loop]);
  counts.push_back(
      builder.createOrFold<arith::CeilDivUIOp>(loc, n, index(tile.columns())));
  forEach(index(0), m, index(blockRows), [&](Value block) {
    Value rows = min(index(blockRows), sub(m, block));
    if (hasPackedA())
      firstRow = block;
    else
      packA(block, rows);
    forAll(counts, [&](ValueRange at) {
      for (auto [loop, value] : llvm::zip(contraction.outer, at))
        loops[loop] = value;
      startThread();
      runPanel(block, rows, mul(at.back(), index(tile.columns())));
    });
  });
}

} // namespace niello
