// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How stencils take buffers: dense ones, so views with strides are copied.

#include "passes/lower/Passes.h"

#include "dialects/kernel/Kernel.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace niello;
using bufferization::BufferizationOptions;
using bufferization::BufferizationState;

// A dense buffer of the sizes of `view`.
static Value allocateLike(OpBuilder &builder, Location loc, Value view) {
  auto type = cast<MemRefType>(view.getType());
  SmallVector<Value> sizes;
  for (auto [i, size] : llvm::enumerate(type.getShape()))
    if (ShapedType::isDynamic(size))
      sizes.push_back(memref::DimOp::create(builder, loc, view, i));
  return memref::AllocOp::create(
      builder, loc, MemRefType::get(type.getShape(), type.getElementType()),
      sizes);
}

static bool isDense(Value buffer) {
  return cast<MemRefType>(buffer.getType()).getLayout().isIdentity();
}

namespace {

// stencil on tensors -> stencil on memrefs
struct StencilBuffers : bufferization::DstBufferizableOpInterfaceExternalModel<
                            StencilBuffers, kernel::StencilOp> {
  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto stencil = cast<kernel::StencilOp>(op);
    if (stencil.hasPureBufferSemantics())
      return success();
    Location loc = op->getLoc();
    auto dense = [&](ValueRange tensors,
                     SmallVectorImpl<Value> &buffers) -> LogicalResult {
      for (Value tensor : tensors) {
        FailureOr<Value> buffer = getBuffer(rewriter, tensor, options, state);
        if (failed(buffer))
          return failure();
        if (!isDense(*buffer)) {
          Value copy = allocateLike(rewriter, loc, *buffer);
          memref::CopyOp::create(rewriter, loc, *buffer, copy);
          buffer = copy;
        }
        buffers.push_back(*buffer);
      }
      return success();
    };
    SmallVector<Value> slices, tables;
    FailureOr<Value> output =
        getBuffer(rewriter, stencil.getOutput(), options, state);
    if (failed(dense(stencil.getSlices(), slices)) ||
        failed(dense(stencil.getTables(), tables)) || failed(output))
      return failure();
    Value target =
        isDense(*output) ? *output : allocateLike(rewriter, loc, *output);
    kernel::StencilOp::create(
        rewriter, loc, TypeRange(), stencil.getStencilAttr(), slices, tables,
        target, stencil.getParametersAttr(), stencil.getBitsAttr());
    if (target != *output)
      memref::CopyOp::create(rewriter, loc, target, *output);
    bufferization::replaceOpWithBufferizedValues(rewriter, op, *output);
    return success();
  }
};

} // namespace

void niello::registerStencilBuffers(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, kernel::KernelDialect *) {
    kernel::StencilOp::attachInterface<StencilBuffers>(*context);
    // What bufferisation creates on the way.
    context->loadDialect<bufferization::BufferizationDialect,
                         memref::MemRefDialect>();
  });
}
