// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/lower/cpu/Gemm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace niello {

Value GemmEmitter::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

Value GemmEmitter::add(Value left, Value right) {
  return builder.createOrFold<arith::AddIOp>(loc, left, right);
}

Value GemmEmitter::sub(Value left, Value right) {
  return builder.createOrFold<arith::SubIOp>(loc, left, right);
}

Value GemmEmitter::mul(Value left, Value right) {
  return builder.createOrFold<arith::MulIOp>(loc, left, right);
}

Value GemmEmitter::min(Value left, Value right) {
  return builder.createOrFold<arith::MinSIOp>(loc, left, right);
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
  auto product = [&](ArrayRef<unsigned> role) {
    Value value = index(1);
    for (unsigned loop : role)
      value = mul(value, sizes[loop]);
    return value;
  };
  m = product(contraction.m);
  n = product(contraction.n);
  k = product(contraction.k);

  // Rows of A that are packed at a time. B is packed again for every block, so
  // blocks are large: 10 MB of A stream from the last-level cache well enough.
  constexpr int64_t packedElements = 2'500'000, leastRows = 128;
  int64_t blockRows = leastRows;
  if (auto depth = getConstantIntValue(k); depth && *depth > 0)
    blockRows = std::max(leastRows, packedElements / *depth);
  if (auto rows = getConstantIntValue(m))
    blockRows = std::min(blockRows, *rows);
  blockRows = llvm::divideCeil(blockRows, tile.rows) * tile.rows;

  auto scratch = MemRefType::get({ShapedType::kDynamic}, contraction.element);
  auto alignment = builder.getI64IntegerAttr(64);
  // One vector more, because the last store of a transpose reaches beyond.
  packedA = memref::AllocOp::create(
      builder, loc, scratch, add(mul(k, index(blockRows)), index(tile.lanes)),
      alignment);
  packedB = memref::AllocOp::create(
      builder, loc, scratch,
      add(mul(k, index(tile.columns())), index(tile.lanes)), alignment);
  accumulators = memref::AllocaOp::create(
      builder, loc,
      MemRefType::get({tile.rows * tile.columns()}, contraction.element),
      alignment);

  // One loop for each that is neither row, column nor depth, then the three of
  // the header.
  std::function<void(unsigned)> nest = [&](unsigned depth) {
    if (depth < contraction.outer.size()) {
      unsigned loop = contraction.outer[depth];
      forEach(index(0), sizes[loop], index(1), [&](Value iv) {
        loops[loop] = iv;
        nest(depth + 1);
      });
      return;
    }
    forEach(index(0), m, index(blockRows), [&](Value block) {
      Value rows = min(index(blockRows), sub(m, block));
      packA(block, rows);
      forEach(index(0), n, index(tile.columns()), [&](Value column) {
        packB(column);
        forEach(index(0), rows, index(tile.rows), [&](Value row) {
          computeTile(row, sub(rows, row));
          storeTile(add(block, row), column);
        });
      });
    });
  };
  nest(0);
  memref::DeallocOp::create(builder, loc, packedB);
  memref::DeallocOp::create(builder, loc, packedA);
}

} // namespace niello
