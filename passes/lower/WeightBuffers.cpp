// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How weights become buffers: read only, without a copy.

#include "passes/lower/Passes.h"

#include "dialects/model/Model.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace niello;

namespace {

// load_weight @w : tensor<...> -> load_weight @w : memref<...>
struct LoadWeightBuffers
    : bufferization::BufferizableOpInterface::ExternalModel<
          LoadWeightBuffers, model::LoadWeightOp> {
  // The bytes are mapped read only: whoever would write takes a copy.
  bool isWritable(Operation *, Value,
                  const bufferization::AnalysisState &) const {
    return false;
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const bufferization::BufferizationOptions &options,
                          bufferization::BufferizationState &) const {
    auto load = cast<model::LoadWeightOp>(op);
    auto tensor = dyn_cast<RankedTensorType>(load.getType());
    if (!tensor)
      return success(); // a buffer already
    bufferization::replaceOpWithNewBufferizedOp<model::LoadWeightOp>(
        rewriter, op,
        MemRefType::get(tensor.getShape(), tensor.getElementType()),
        load.getWeightAttr());
    return success();
  }
};

} // namespace

void niello::registerWeightBuffers(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, model::ModelDialect *) {
    model::LoadWeightOp::attachInterface<LoadWeightBuffers>(*context);
    // What bufferisation creates on the way.
    context->loadDialect<bufferization::BufferizationDialect,
                         memref::MemRefDialect>();
  });
}
