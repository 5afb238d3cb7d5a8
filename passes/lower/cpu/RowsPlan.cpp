// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "passes/lower/cpu/Rows.h"
#include "passes/lower/cpu/VectorBody.h"

using namespace mlir;

namespace niello {
namespace {

std::optional<vector::CombiningKind> kindOf(Operation *op) {
  using Kind = vector::CombiningKind;
  return llvm::TypeSwitch<Operation *, std::optional<Kind>>(op)
      .Case<arith::AddFOp, arith::AddIOp>([](auto) { return Kind::ADD; })
      .Case<arith::MulFOp, arith::MulIOp>([](auto) { return Kind::MUL; })
      .Case([](arith::MaximumFOp) { return Kind::MAXIMUMF; })
      .Case([](arith::MinimumFOp) { return Kind::MINIMUMF; })
      .Case([](arith::MaxNumFOp) { return Kind::MAXNUMF; })
      .Case([](arith::MinNumFOp) { return Kind::MINNUMF; })
      .Case([](arith::MaxSIOp) { return Kind::MAXSI; })
      .Case([](arith::MinSIOp) { return Kind::MINSI; })
      .Case([](arith::MaxUIOp) { return Kind::MAXUI; })
      .Case([](arith::MinUIOp) { return Kind::MINUI; })
      .Case([](arith::AndIOp) { return Kind::AND; })
      .Case([](arith::OrIOp) { return Kind::OR; })
      .Default([](Operation *) { return std::nullopt; });
}

// The operation before `op` that fills all of `output`, or null.
linalg::FillOp findFill(linalg::GenericOp op, Value output) {
  for (Operation *before = op->getPrevNode(); before;
       before = before->getPrevNode()) {
    if (!llvm::is_contained(before->getOperands(), output) ||
        isa<memref::DimOp>(before))
      continue;
    auto fill = dyn_cast<linalg::FillOp>(before);
    return fill && fill.getOutputs()[0] == output ? fill : nullptr;
  }
  return nullptr;
}

} // namespace

StringRef RowEmitter::plan(ArrayRef<linalg::GenericOp> ops) {
  for (linalg::GenericOp op : ops) {
    steps.emplace_back().op = op;
    if (StringRef reason = planStep(steps.back()); !reason.empty())
      return reason;
  }
  return checkBuffers();
}

StringRef RowEmitter::planStep(RowStep &step) {
  linalg::GenericOp op = step.op;
  if (!op.hasPureBufferSemantics())
    return "an operation is not on memrefs";
  if (op.getNumLoops() < rows)
    return "an operation has fewer loops than there are row loops";
  auto kinds = op.getIteratorTypesArray();
  for (unsigned loop = 0; loop < op.getNumLoops(); ++loop) {
    bool sums = kinds[loop] == utils::IteratorType::reduction;
    if (loop < rows && sums)
      return "an operation sums over rows";
    if (loop >= rows && sums != step.reduces && loop > rows)
      return "an operation sums over a part of the row";
    step.reduces = loop >= rows && sums;
  }
  if (step.reduces)
    if (StringRef reason = planReduction(step); !reason.empty())
      return reason;
  if (op.getNumLoops() == rows)
    return "";
  // As many of the last loops as all operands walk through in one go.
  unsigned count = op.getNumLoops();
  bool widens = whyNotWidened(op).empty() &&
                step.kinds.size() == (step.reduces ? step.starts.size() : 0);
  for (unsigned first = rows; widens && first < count && !step.vectors;
       ++first) {
    auto role = llvm::to_vector(llvm::seq(first, count));
    if (role.size() > 1 && op.hasIndexSemantics())
      continue;
    step.vectors = runsAlong(step, role);
    step.lanesAlong = role;
  }
  if (!step.vectors)
    step.lanesAlong = {count - 1};
  return "";
}

// What each output starts from, and its operation on lanes if it has one.
StringRef RowEmitter::planReduction(RowStep &step) {
  Block *body = step.op.getBody();
  for (OpOperand &output : step.op.getDpsInitsMutable()) {
    AffineMap map = step.op.getMatchingIndexingMap(&output);
    for (unsigned loop = rows; loop < map.getNumDims(); ++loop)
      if (map.isFunctionOfDim(loop))
        return "a reduction writes inside the row";
    auto fill = findFill(step.op, output.get());
    if (!fill)
      return "a reduction starts from what is in memory";
    step.starts.push_back(fill.getInputs()[0]);
    step.fills.push_back(fill);
    Value sum = step.op.getMatchingBlockArgument(&output);
    Value yielded = body->getTerminator()->getOperand(
        &output - step.op.getDpsInitsMutable().begin());
    Operation *joins = yielded.getDefiningOp();
    if (!joins || !sum.hasOneUse() || *sum.user_begin() != joins ||
        joins->getBlock() != body)
      continue;
    if (auto kind = kindOf(joins))
      step.kinds.push_back(*kind);
  }
  return "";
}

bool RowEmitter::runsAlong(RowStep &step, ArrayRef<unsigned> role) {
  for (OpOperand &operand : step.op->getOpOperands()) {
    AffineMap map = step.op.getMatchingIndexingMap(&operand);
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    bool output = step.op.isDpsInit(&operand);
    if (step.reduces && output)
      continue;
    bool varies = llvm::any_of(
        role, [&](unsigned loop) { return map.isFunctionOfDim(loop); });
    if (!varies && output)
      return false;
    if (!varies)
      continue;
    unsigned rank = map.getNumResults(), size = role.size();
    if (!type || !isLoadedAsVector(type.getElementType()) || rank < size)
      return false;
    if (size > 1 ? !type.getLayout().isIdentity() : !type.isLastDimUnitStride())
      return false;
    AffineMap lead = map.getMajorSubMap(rank - size);
    for (auto [i, loop] : llvm::enumerate(role))
      if (map.getResult(rank - size + i) !=
              getAffineDimExpr(loop, map.getContext()) ||
          (lead && lead.isFunctionOfDim(loop)))
        return false;
  }
  return true;
}

// A local buffer is written before it is read, each row in its own place.
StringRef RowEmitter::checkBuffers() {
  for (RowStep &step : steps)
    for (OpOperand &output : step.op.getDpsInitsMutable()) {
      Value memref = output.get();
      if (!memref.getDefiningOp<memref::AllocOp>())
        continue;
      Buffer &buffer = buffers[memref];
      AffineMap written = step.op.getMatchingIndexingMap(&output);
      SmallVector<AffineExpr> rowResults;
      for (auto [dim, result] : llvm::enumerate(written.getResults())) {
        auto loop = dyn_cast<AffineDimExpr>(result);
        if (!loop)
          return "a buffer between operations is written out of order";
        if (loop.getPosition() < rows) {
          buffer.rowDims.push_back(dim);
          rowResults.push_back(result);
        }
      }
      if (rowResults.size() != rows)
        return "a buffer between operations does not have all rows";
      for (RowStep &reader : steps)
        for (OpOperand *input : reader.op.getDpsInputOperands()) {
          if (input->get() != memref)
            continue;
          AffineMap read = reader.op.getMatchingIndexingMap(input);
          for (auto [dim, result] : llvm::zip(buffer.rowDims, rowResults))
            if (read.getResult(dim) != result)
              return "an operation reads another row than the one at hand";
        }
      for (Operation *user : memref.getUsers()) {
        bool known = isa<memref::DimOp, memref::DeallocOp>(user);
        for (RowStep &other : steps)
          known |= other.op == user || llvm::is_contained(other.fills, user);
        if (!known)
          return "a buffer between operations has another user";
      }
    }
  return "";
}

} // namespace niello
