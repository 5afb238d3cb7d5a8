// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies slices that a function returns: bufferisation casts a view whose
// strides are only known at run time to a dense buffer instead.

#include "passes/lower/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace niello {
#define GEN_PASS_DEF_COPYRETURNEDSLICES
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

// Whether the value is a view of a part of another, as far as casts and
// reshapes hide it.
static bool isSlice(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (isa<tensor::ExtractSliceOp>(op))
      return true;
    if (!isa<tensor::CastOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp>(
            op))
      return false;
    value = op->getOperand(0);
  }
  return false;
}

namespace {
struct CopyReturnedSlices
    : niello::impl::CopyReturnedSlicesBase<CopyReturnedSlices> {
  void runOnOperation() override {
    getOperation().walk([](func::ReturnOp returned) {
      OpBuilder builder(returned);
      Location loc = returned.getLoc();
      for (OpOperand &operand : returned->getOpOperands()) {
        if (!isSlice(operand.get()))
          continue;
        auto type = cast<RankedTensorType>(operand.get().getType());
        Value empty = tensor::EmptyOp::create(
            builder, loc, tensor::getMixedSizes(builder, loc, operand.get()),
            type.getElementType());
        Value copy = linalg::CopyOp::create(builder, loc, operand.get(), empty)
                         .getResult(0);
        if (copy.getType() != type)
          copy = tensor::CastOp::create(builder, loc, type, copy);
        operand.set(copy);
      }
    });
  }
};
} // namespace
