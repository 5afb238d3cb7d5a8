// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/lower/cpu/VectorBody.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace niello {

StringRef whyNotWidened(linalg::GenericOp op) {
  for (Operation &inner : op.getBody()->without_terminator()) {
    if (isa<arith::ConstantOp, linalg::IndexOp>(inner))
      continue;
    if (!OpTrait::hasElementwiseMappableTraits(&inner))
      return "its body is not elementwise";
    if (inner.getNumResults() != 1)
      return "an operation of its body has not one result";
  }
  return "";
}

bool isLoadedAsVector(Type element) {
  return element.isIntOrFloat() && element.getIntOrFloatBitWidth() >= 8;
}

Value widen(OpBuilder &builder, Location loc, Value value, int64_t lanes) {
  if (lanes == 1 || isa<VectorType>(value.getType()))
    return value;
  return vector::BroadcastOp::create(
      builder, loc, VectorType::get(lanes, value.getType()), value);
}

Value cloneWidened(OpBuilder &builder, Operation *op, ValueRange operands,
                   int64_t lanes) {
  bool anyVector = llvm::any_of(
      operands.getTypes(), [](Type type) { return isa<VectorType>(type); });
  OperationState state(op->getLoc(), op->getName());
  state.attributes = op->getDiscardableAttrDictionary();
  state.propertiesAttr = op->getPropertiesAsAttribute();
  Type type = op->getResult(0).getType();
  for (Value operand : operands)
    state.operands.push_back(
        anyVector ? widen(builder, op->getLoc(), operand, lanes) : operand);
  state.addTypes(anyVector ? VectorType::get(lanes, type) : type);
  return builder.create(state)->getResult(0);
}

// Round d exchanges the off-diagonal d x d blocks of every 2d x 2d block.
void transposeSquare(OpBuilder &builder, Location loc,
                     MutableArrayRef<Value> rows) {
  int64_t lanes = rows.size();
  for (int64_t distance = 1; distance < lanes; distance *= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      bool upper = lane & distance;
      low.push_back(upper ? lanes + lane - distance : lane);
      high.push_back(upper ? lanes + lane : lane + distance);
    }
    for (int64_t row = 0; row < lanes; ++row) {
      if (row & distance)
        continue;
      Value first = rows[row], second = rows[row + distance];
      rows[row] = vector::ShuffleOp::create(builder, loc, first, second, low);
      rows[row + distance] =
          vector::ShuffleOp::create(builder, loc, first, second, high);
    }
  }
}

SmallVector<Value> emitBody(OpBuilder &builder, linalg::GenericOp op,
                            ValueRange arguments, ValueRange indices,
                            int64_t lanes) {
  IRMapping mapping;
  mapping.map(op.getBody()->getArguments(), arguments);
  for (Operation &inner : op.getBody()->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
      mapping.map(index.getResult(), indices[index.getDim()]);
      continue;
    }
    if (inner.getNumOperands() == 0 || lanes == 1) {
      builder.clone(inner, mapping);
      continue;
    }
    SmallVector<Value> operands;
    for (Value operand : inner.getOperands())
      operands.push_back(mapping.lookupOrDefault(operand));
    mapping.map(inner.getResult(0),
                cloneWidened(builder, &inner, operands, lanes));
  }
  SmallVector<Value> results;
  for (Value yielded : op.getBody()->getTerminator()->getOperands())
    results.push_back(mapping.lookupOrDefault(yielded));
  return results;
}

} // namespace niello
