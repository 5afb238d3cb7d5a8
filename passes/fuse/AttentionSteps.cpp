// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/fuse/AttentionSteps.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace niello {

using linalg::GenericOp;

// The operation that wrote `value`, as `reader` finds it: its definition, or
// the last one before that writes to the memref.
static Operation *writerOf(Value value, Operation *reader) {
  if (isa<TensorType>(value.getType()))
    return value.getDefiningOp();
  for (Operation *op = reader->getPrevNode(); op; op = op->getPrevNode()) {
    if (op == value.getDefiningOp())
      return nullptr;
    if (!llvm::is_contained(op->getOperands(), value) || isa<memref::DimOp>(op))
      continue;
    auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
    if (!linalgOp)
      return nullptr;
    if (llvm::is_contained(linalgOp.getDpsInits(), value))
      return op;
  }
  return nullptr;
}

GenericOp genericBefore(Value value, Operation *reader) {
  auto op = dyn_cast_or_null<GenericOp>(writerOf(value, reader));
  return op && op->getBlock() == reader->getBlock() && op.getNumDpsInits() == 1
             ? op
             : nullptr;
}

// The scalar that the only output of `op` starts from, or null.
static Value startOf(GenericOp op) {
  auto fill =
      dyn_cast_or_null<linalg::LinalgOp>(writerOf(op.getDpsInits()[0], op));
  if (!fill)
    return nullptr;
  if (auto plain = dyn_cast<linalg::FillOp>(fill.getOperation()))
    return plain.getInputs()[0];
  Block *body = fill.getBlock();
  Value value = body->getTerminator()->getOperand(0);
  return fill.getNumDpsInputs() == 0 && value.getParentBlock() != body
             ? value
             : Value();
}

bool startsAt(GenericOp op, bool lowest) {
  Value start = startOf(op);
  return start && (lowest ? matchPattern(start, m_NegInfFloat())
                          : matchPattern(start, m_AnyZeroFloat()));
}

Value yielded(GenericOp op) {
  return op.getBody()->getTerminator()->getOperand(0);
}

std::optional<unsigned> inputOf(GenericOp op, Value value, Operation **cast) {
  if (auto wide = value.getDefiningOp<arith::ExtFOp>(); wide && cast) {
    *cast = wide;
    value = wide.getIn();
  }
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getOwner() != op.getBody() ||
      argument.getArgNumber() >= op.getNumDpsInputs())
    return std::nullopt;
  return argument.getArgNumber();
}

std::optional<Exponent> matchExponent(Value value) {
  auto exp = value.getDefiningOp<math::ExpOp>();
  auto sub =
      exp ? exp.getOperand().getDefiningOp<arith::SubFOp>() : arith::SubFOp();
  if (!sub)
    return std::nullopt;
  Exponent exponent{sub.getLhs(), {}};
  exponent.above = stripGuard(sub.getRhs(), m_NegInfFloat(), m_AnyZeroFloat(),
                              exponent.guarded);
  return exponent;
}

} // namespace niello
