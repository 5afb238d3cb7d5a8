// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/lower/cpu/Rows.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/lower/cpu/VectorBody.h"

using namespace mlir;

namespace niello {

Value RowEmitter::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

SmallVector<Value> RowEmitter::forEach(
    Value begin, Value end, int64_t step, ValueRange sums,
    llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(builder, loc, begin, end, index(step), sums);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  auto next = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!sums.empty())
    scf::YieldOp::create(builder, loc, next);
  return loop.getResults();
}

// A buffer of one row for each local memref that has more than a value a row.
void RowEmitter::makeBuffers() {
  for (auto &[memref, buffer] : buffers) {
    auto alloc = memref.getDefiningOp<memref::AllocOp>();
    auto type = cast<MemRefType>(memref.getType());
    if (int64_t(buffer.rowDims.size()) == type.getRank())
      continue;
    SmallVector<int64_t> shape;
    SmallVector<Value> dynamic;
    auto sizes = alloc.getMixedSizes();
    for (auto [dim, size] : llvm::enumerate(sizes)) {
      if (llvm::is_contained(buffer.rowDims, dim))
        continue;
      shape.push_back(type.getDimSize(dim));
      if (ShapedType::isDynamic(shape.back()))
        dynamic.push_back(cast<Value>(size));
    }
    auto row = MemRefType::get(shape, type.getElementType());
    auto alignment = builder.getI64IntegerAttr(64);
    buffer.memref =
        memref::AllocOp::create(builder, loc, row, dynamic, alignment);
  }
}

void RowEmitter::emit() {
  for (RowStep &step : steps) {
    auto &stepSizes = sizes[step.op];
    for (Range range : cast<linalg::LinalgOp>(step.op.getOperation())
                           .createLoopRanges(builder, loc))
      stepSizes.push_back(
          getValueOrCreateConstantIndexOp(builder, loc, range.size));
  }
  makeBuffers();
  SmallVector<Value> rowLoops;
  std::function<void()> nest = [&] {
    if (rowLoops.size() == rows) {
      scalars.clear();
      for (RowStep &step : steps) {
        loops.assign(step.op.getNumLoops(), Value());
        llvm::copy(rowLoops, loops.begin());
        emitStep(step);
      }
      return;
    }
    Value size = sizes[steps.front().op][rowLoops.size()];
    forEach(index(0), size, 1, {}, [&](Value at, ValueRange) {
      rowLoops.push_back(at);
      nest();
      rowLoops.pop_back();
      return SmallVector<Value>();
    });
  };
  nest();
}

// Where an operand is in this row. What does not change along the lanes is
// loaded here, once.
RowEmitter::Access RowEmitter::accessOf(RowStep &step, OpOperand &operand) {
  Value memref = operand.get();
  bool output = step.op.isDpsInit(&operand);
  if (!isa<MemRefType>(memref.getType()))
    return {memref, {}};
  if (Value known = scalars.lookup(memref); known && !output)
    return {known, {}};
  AffineMap map = step.op.getMatchingIndexingMap(&operand);
  if (auto buffer = buffers.find(memref); buffer != buffers.end()) {
    if (!buffer->second.memref)
      return {}; // a value a row: it is handed on as such
    llvm::SmallBitVector dropped(map.getNumResults());
    for (unsigned dim : buffer->second.rowDims)
      dropped.set(dim);
    map = map.dropResults(dropped);
    memref = buffer->second.memref;
  }
  Access access{{}, viewAlong(builder, loc, memref, map, step.lanesAlong)};
  bool changes = false;
  for (unsigned loop = rows; loop < map.getNumDims(); ++loop)
    changes |= map.isFunctionOfDim(loop);
  if (!output && !changes && step.op.payloadUsesValueFromOperand(&operand))
    access.value = memref::LoadOp::create(builder, loc, memref,
                                          applyMap(builder, loc, map, loops));
  return access;
}

Value RowEmitter::load(Access &access, Value at, int64_t width) {
  auto subscripts = applyMap(builder, loc, access.view.lead, loops);
  if (access.view.linear)
    subscripts.push_back(at);
  if (width == 1 || !access.view.varies)
    return memref::LoadOp::create(builder, loc, access.view.memref, subscripts);
  return vector::LoadOp::create(builder, loc,
                                VectorType::get(width, access.view.element()),
                                access.view.memref, subscripts);
}

void RowEmitter::store(Access &access, Value value, Value at, int64_t width) {
  auto subscripts = applyMap(builder, loc, access.view.lead, loops);
  if (access.view.linear)
    subscripts.push_back(at);
  if (width == 1)
    memref::StoreOp::create(builder, loc, value, access.view.memref,
                            subscripts);
  else
    vector::StoreOp::create(builder, loc, widen(builder, loc, value, width),
                            access.view.memref, subscripts);
}

// One element or vector of a step at position `at` of its lanes.
SmallVector<Value> RowEmitter::runBody(RowStep &step, Value at, ValueRange sums,
                                       int64_t width) {
  if (!step.lanesAlong.empty())
    splitCounter(builder, loc, at, step.lanesAlong, sizes[step.op], loops);
  SmallVector<Value> arguments, indices;
  unsigned inputs = step.op.getNumDpsInputs();
  for (OpOperand &operand : step.op->getOpOperands()) {
    unsigned number = operand.getOperandNumber();
    Access &access = accesses[number];
    if (number >= inputs && step.reduces)
      arguments.push_back(sums[number - inputs]);
    else if (access.value || !step.op.payloadUsesValueFromOperand(&operand))
      arguments.push_back(access.value);
    else
      arguments.push_back(load(access, at, width));
  }
  if (step.op.hasIndexSemantics()) {
    indices = loops;
    if (width != 1) {
      auto type = VectorType::get(width, builder.getIndexType());
      Value steps = vector::StepOp::create(builder, loc, type);
      indices.back() = arith::AddIOp::create(
          builder, loc, steps, widen(builder, loc, indices.back(), width));
    }
  }
  auto results = emitBody(builder, step.op, arguments, indices, width);
  if (step.reduces) {
    for (Value &result : results)
      result = widen(builder, loc, result, width);
    return results;
  }
  for (auto [i, result] : llvm::enumerate(results)) {
    Value memref = step.op.getOutputs()[i];
    if (step.lanesAlong.empty())
      scalars[memref] = result;
    if (accesses[inputs + i].view.memref)
      store(accesses[inputs + i], result, at, width);
  }
  return {};
}

namespace {

// The value that leaves the other operand of the operation as it is.
TypedAttr neutralOf(vector::CombiningKind kind, Type type, Builder &builder) {
  using Kind = vector::CombiningKind;
  if (auto real = dyn_cast<FloatType>(type)) {
    const auto &semantics = real.getFloatSemantics();
    if (kind == Kind::ADD)
      return FloatAttr::get(type, APFloat::getZero(semantics));
    if (kind == Kind::MUL)
      return FloatAttr::get(type, APFloat::getOne(semantics));
    bool isMax = kind == Kind::MAXIMUMF || kind == Kind::MAXNUMF;
    return FloatAttr::get(type, APFloat::getInf(semantics, /*Negative=*/isMax));
  }
  unsigned width = type.getIntOrFloatBitWidth();
  switch (kind) {
  case Kind::MUL:
    return IntegerAttr::get(type, APInt(width, 1));
  case Kind::MAXSI:
    return IntegerAttr::get(type, APInt::getSignedMinValue(width));
  case Kind::MINSI:
    return IntegerAttr::get(type, APInt::getSignedMaxValue(width));
  case Kind::MINUI:
  case Kind::AND:
    return IntegerAttr::get(type, APInt::getAllOnes(width));
  default:
    return IntegerAttr::get(type, APInt(width, 0));
  }
}

} // namespace

// The whole of the lanes' counter: vectors, then what is left.
SmallVector<Value> RowEmitter::runRow(RowStep &step, ValueRange sums) {
  Value size = index(1);
  for (unsigned loop : step.lanesAlong)
    size = builder.createOrFold<arith::MulIOp>(loc, size, sizes[step.op][loop]);
  SmallVector<Value> current(sums);
  Value from = index(0);
  if (step.vectors) {
    Value rest = builder.createOrFold<arith::RemUIOp>(loc, size, index(lanes));
    from = builder.createOrFold<arith::SubIOp>(loc, size, rest);
    SmallVector<Value> wide;
    for (auto [sum, kind] : llvm::zip(current, step.kinds)) {
      Value neutral = arith::ConstantOp::create(
          builder, loc, neutralOf(kind, sum.getType(), builder));
      wide.push_back(widen(builder, loc, neutral, lanes));
    }
    wide = forEach(index(0), from, lanes, wide, [&](Value at, ValueRange now) {
      return runBody(step, at, now, lanes);
    });
    for (auto [i, kind] : llvm::enumerate(step.kinds))
      current[i] =
          vector::ReductionOp::create(builder, loc, kind, wide[i], current[i],
                                      arith::FastMathFlags::reassoc);
  }
  return forEach(from, size, 1, current, [&](Value at, ValueRange now) {
    return runBody(step, at, now, 1);
  });
}

SmallVector<Value> RowEmitter::runLoops(RowStep &step, unsigned loop,
                                        ValueRange sums) {
  if (loop == step.lanesAlong.front())
    return runRow(step, sums);
  return forEach(index(0), sizes[step.op][loop], 1, sums,
                 [&](Value at, ValueRange now) {
                   loops[loop] = at;
                   return runLoops(step, loop + 1, now);
                 });
}

void RowEmitter::emitStep(RowStep &step) {
  accesses.clear();
  for (OpOperand &operand : step.op->getOpOperands())
    accesses.push_back(accessOf(step, operand));
  if (step.lanesAlong.empty()) {
    runBody(step, Value(), {}, 1);
    return;
  }
  auto sums = runLoops(step, rows, step.starts);
  unsigned inputs = step.op.getNumDpsInputs();
  for (auto [i, sum] : llvm::enumerate(sums)) {
    scalars[step.op.getOutputs()[i]] = sum;
    Access &access = accesses[inputs + i];
    if (access.view.memref)
      store(access, sum, Value(), 1);
  }
}

} // namespace niello
