// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/fuse/Generic.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello {

bool isElementwise(linalg::GenericOp op) {
  return op.getNumParallelLoops() == op.getNumLoops();
}

bool isMovement(linalg::GenericOp op) {
  if (!isElementwise(op) || op.getNumDpsInits() != 1)
    return false;
  auto yielded =
      dyn_cast<BlockArgument>(op.getBody()->getTerminator()->getOperand(0));
  return yielded && yielded.getOwner() == op.getBody() &&
         yielded.getArgNumber() < op.getNumDpsInputs();
}

bool isContraction(linalg::GenericOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      op.getNumReductionLoops() == 0)
    return false;
  Block *body = op.getBody();
  Operation *sum = body->getTerminator()->getOperand(0).getDefiningOp();
  if (!sum || !isa<arith::AddFOp, arith::AddIOp>(sum))
    return false;
  for (unsigned i : {0u, 1u}) {
    Operation *product = sum->getOperand(i).getDefiningOp();
    if (!product || !isa<arith::MulFOp, arith::MulIOp>(product) ||
        sum->getOperand(1 - i) != body->getArgument(2))
      continue;
    auto isInput = [&](Value factor) {
      Operation *cast = factor.getDefiningOp();
      if (cast && isa<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp,
                      arith::SIToFPOp, arith::UIToFPOp>(cast))
        factor = cast->getOperand(0);
      auto argument = dyn_cast<BlockArgument>(factor);
      return argument && argument.getOwner() == body &&
             argument.getArgNumber() < 2;
    };
    return isInput(product->getOperand(0)) && isInput(product->getOperand(1));
  }
  return false;
}

std::optional<ByteFactors> byteFactors(linalg::GenericOp op) {
  if (!isContraction(op) || op.getNumReductionLoops() != 1 ||
      !getElementTypeOrSelf(op.getDpsInits()[0].getType()).isInteger(32))
    return std::nullopt;
  // A window's elements would be gathered byte by byte.
  for (AffineMap map : op.getIndexingMapsArray())
    for (AffineExpr place : map.getResults())
      if (place.getKind() == AffineExprKind::Add)
        return std::nullopt;
  ByteFactors factors;
  for (unsigned input : {0u, 1u}) {
    BlockArgument element = op.getBody()->getArgument(input);
    if (!element.getType().isInteger(8) || !element.hasOneUse())
      return std::nullopt;
    Operation *cast = *element.user_begin();
    if (!isa<arith::ExtSIOp, arith::ExtUIOp>(cast))
      return std::nullopt;
    factors.isSigned[input] = isa<arith::ExtSIOp>(cast);
  }
  return factors;
}

int64_t workPerElement(linalg::GenericOp op) {
  int64_t work = 0;
  // A product of bytes is one step with its widening.
  bool widens = byteFactors(op).has_value();
  for (Operation &inner : op.getBody()->without_terminator()) {
    if (isa<arith::ConstantOp, linalg::IndexOp>(inner) ||
        (widens && isa<arith::ExtSIOp, arith::ExtUIOp>(inner)))
      continue;
    bool cheap = isa<math::AbsFOp, math::FloorOp, math::CeilOp, math::SqrtOp,
                     math::FmaOp, math::CopySignOp>(inner) ||
                 !isa<math::MathDialect>(inner.getDialect());
    work += cheap ? 1 : 20;
  }
  return work;
}

} // namespace niello
