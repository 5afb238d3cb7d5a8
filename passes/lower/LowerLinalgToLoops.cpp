// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes linalg ops on buffers as loops whose sums stay in registers.

#include "passes/lower/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Utils/MemRefUtils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

namespace niello {
#define GEN_PASS_DEF_LOWERLINALGTOLOOPS
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;
using linalg::LinalgOp;

namespace {

// One linalg op on its way to loops. `order` holds its dims from the outermost
// loop to the innermost; the last `inRegisters` of them carry the sums.
class LoopNest {
public:
  explicit LoopNest(LinalgOp op)
      : op(op), builder(op), loc(op.getLoc()),
        ranges(op.createLoopRanges(builder, loc)), ivs(op.getNumLoops()) {
    chooseOrder();
  }
  void write() { writeLoop(0); }

private:
  void chooseOrder();
  void writeLoop(unsigned depth);
  SmallVector<Value> writeSum(unsigned depth, ValueRange sums);
  SmallVector<Value> writeBody(ValueRange sums);

  SmallVector<Value> place(OpOperand &operand);
  Value load(OpOperand &operand);
  void store(ValueRange results);
  Value bound(OpFoldResult value) {
    return getValueOrCreateConstantIndexOp(builder, loc, value);
  }

  LinalgOp op;
  OpBuilder builder;
  Location loc;
  SmallVector<Range> ranges;
  SmallVector<Value> ivs;
  SmallVector<unsigned> order;
  unsigned inRegisters = 0;
};

} // namespace

// The dim that runs along the rows of an operand, or -1.
static int64_t rowDim(AffineMap map) {
  if (map.getNumResults() == 0)
    return -1;
  auto dim = dyn_cast<AffineDimExpr>(map.getResults().back());
  return dim ? dim.getPosition() : -1;
}

// Parallel dims first, then the reduced ones, so that a sum is complete when
// it is stored. Except where an input and the output run along the same dim,
// as in a matmul: with that dim innermost all three are read and written row
// by row, at the price of sums in memory.
void LoopNest::chooseOrder() {
  SmallVector<unsigned> parallel, reduced;
  op.getParallelDims(parallel);
  op.getReductionDims(reduced);
  order = parallel;
  order.append(reduced);
  inRegisters = reduced.size();
  // An output that moves along a reduced dim is no sum: it is written in the
  // order of the text.
  for (OpOperand &init : op.getDpsInitsMutable()) {
    AffineMap map = op.getMatchingIndexingMap(&init);
    for (unsigned dim : reduced)
      if (map.isFunctionOfDim(dim))
        inRegisters = 0;
  }
  if (!reduced.empty() && inRegisters == 0) {
    order = llvm::to_vector(llvm::seq(op.getNumLoops()));
    return;
  }
  if (reduced.empty() || parallel.empty())
    return;

  int64_t row = rowDim(op.getMatchingIndexingMap(op.getDpsInitOperand(0)));
  if (row < 0)
    return;
  bool shared = llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *input) {
    return rowDim(op.getMatchingIndexingMap(input)) == row;
  });
  if (!shared)
    return;
  llvm::erase(order, row);
  order.push_back(row);
  inRegisters = 0;
}

void LoopNest::writeLoop(unsigned depth) {
  if (depth + inRegisters == order.size()) {
    SmallVector<Value> sums;
    if (inRegisters > 0)
      for (OpOperand &init : op.getDpsInitsMutable())
        sums.push_back(load(init));
    store(writeSum(depth, sums));
    return;
  }
  Range range = ranges[order[depth]];
  auto loop = scf::ForOp::create(builder, loc, bound(range.offset),
                                 bound(range.size), bound(range.stride));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  ivs[order[depth]] = loop.getInductionVar();
  writeLoop(depth + 1);
}

SmallVector<Value> LoopNest::writeSum(unsigned depth, ValueRange sums) {
  if (depth == order.size())
    return writeBody(sums);
  Range range = ranges[order[depth]];
  auto loop = scf::ForOp::create(builder, loc, bound(range.offset),
                                 bound(range.size), bound(range.stride), sums);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  ivs[order[depth]] = loop.getInductionVar();
  SmallVector<Value> next = writeSum(depth + 1, loop.getRegionIterArgs());
  scf::YieldOp::create(builder, loc, next);
  return loop.getResults();
}

// The op's body at the current place; `sums` stand for the outputs, or nothing
// where they are in memory.
SmallVector<Value> LoopNest::writeBody(ValueRange sums) {
  IRMapping map;
  Block *body = op.getBlock();
  for (OpOperand &operand : op->getOpOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(&operand);
    if (argument.use_empty())
      continue;
    bool sum = !sums.empty() && op.isDpsInit(&operand);
    map.map(argument,
            sum ? sums[operand.getOperandNumber() - op.getNumDpsInputs()]
                : load(operand));
  }
  for (Operation &inner : body->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner))
      map.map(index.getResult(), ivs[index.getDim()]);
    else
      builder.clone(inner, map);
  }
  SmallVector<Value> results;
  for (Value value : body->getTerminator()->getOperands())
    results.push_back(map.lookupOrDefault(value));
  return results;
}

SmallVector<Value> LoopNest::place(OpOperand &operand) {
  AffineMap map = op.getMatchingIndexingMap(&operand);
  SmallVector<Value> indices;
  for (AffineExpr result : map.getResults()) {
    if (auto dim = dyn_cast<AffineDimExpr>(result)) {
      indices.push_back(ivs[dim.getPosition()]);
      continue;
    }
    // Only the dims that the expression has are known here.
    SmallVector<OpFoldResult> operands;
    for (Value iv : ivs)
      operands.push_back(iv ? OpFoldResult(iv)
                            : OpFoldResult(builder.getIndexAttr(0)));
    indices.push_back(bound(affine::makeComposedFoldedAffineApply(
        builder, loc,
        AffineMap::get(map.getNumDims(), map.getNumSymbols(), result),
        operands)));
  }
  return indices;
}

Value LoopNest::load(OpOperand &operand) {
  if (op.isScalar(&operand))
    return operand.get();
  return memref::LoadOp::create(builder, loc, operand.get(), place(operand));
}

void LoopNest::store(ValueRange results) {
  for (auto [value, init] : llvm::zip_equal(results, op.getDpsInitsMutable()))
    memref::StoreOp::create(builder, loc, value, init.get(), place(init));
}

// A copy that is no single run of memory would call a library of MLIR's.
static bool isOneRun(memref::CopyOp copy) {
  auto contiguous = [](Value value) {
    auto type = dyn_cast<MemRefType>(value.getType());
    return type && (type.getLayout().isIdentity() ||
                    memref::isStaticShapeAndContiguousRowMajor(type));
  };
  return contiguous(copy.getSource()) && contiguous(copy.getTarget());
}

namespace {
struct LowerLinalgToLoops
    : niello::impl::LowerLinalgToLoopsBase<LowerLinalgToLoops> {
  void runOnOperation() override {
    SmallVector<memref::CopyOp> copies;
    getOperation()->walk([&](memref::CopyOp copy) {
      if (!isOneRun(copy))
        copies.push_back(copy);
    });
    for (memref::CopyOp copy : copies) {
      OpBuilder builder(copy);
      linalg::makeMemRefCopyOp(builder, copy.getLoc(), copy.getSource(),
                               copy.getTarget());
      copy.erase();
    }

    SmallVector<LinalgOp> ops;
    getOperation()->walk([&](LinalgOp op) { ops.push_back(op); });
    for (LinalgOp op : ops) {
      if (!op.hasPureBufferSemantics()) {
        op.emitOpError("needs buffers by now, but still has tensors");
        return signalPassFailure();
      }
      if (!op.getShapesToLoopsMap()) {
        op.emitOpError("needs an operand along each of its loops");
        return signalPassFailure();
      }
      LoopNest(op).write();
      op->erase();
    }
  }
};
} // namespace
