// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/kernel/Kernel.h"

using namespace mlir;
using namespace niello::kernel;

void StencilOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : getOperation()->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    if (operand.get() == getOutput())
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
    else
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
  }
}

LogicalResult StencilOp::verify() {
  auto output = cast<ShapedType>(getOutput().getType());
  bool onTensors = isa<RankedTensorType>(output);
  for (Value operand : getOperands()) {
    auto memref = dyn_cast<MemRefType>(operand.getType());
    if (bool(memref) == onTensors ||
        (memref && !memref.getLayout().isIdentity())) // C1
      return emitOpError("needs tensors, or memrefs of identity layout, but "
                         "got ")
             << operand.getType() << " beside " << output;
    if (cast<ShapedType>(operand.getType()).getRank() > 4) // C2
      return emitOpError("needs operands of rank 4 at most, but got ")
             << operand.getType();
  }
  if (getNumResults() != unsigned(onTensors) ||
      (onTensors && getResult(0).getType() != output)) // C1
    return emitOpError("needs one result of the output's type on tensors and "
                       "none on memrefs, but got ")
           << getNumResults() << " for " << output;
  if (output.getRank() < 3) // C2
    return emitOpError("needs an output of rank 3 or more, but got ") << output;
  for (Value slices : getSlices()) {
    auto type = cast<ShapedType>(slices.getType());
    if (type.getRank() < 1 || // C3
        failed(verifyCompatibleShape(type.getShape().take_front(),
                                     output.getShape().take_front())))
      return emitOpError("needs as many slices in each operand as in the "
                         "output, but got ")
             << type << " for " << output;
  }
  return success();
}
