// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Body graphs as regions: imported before the op around them is made, because
// its result types follow from what the body gives.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_REGIONS_H
#define NIELLO_FRONTENDS_ONNX_OPS_REGIONS_H

#include "frontends/onnx/ops/Emit.h"

namespace niello::onnx_frontend {

struct BodyRegion {
  std::unique_ptr<mlir::Region> region;
  std::vector<OnnxValue> outputs;

  mlir::Block &block() { return region->front(); }
};

/// What a body's inputs are, given the block whose arguments stand for them.
using Bind = llvm::function_ref<std::vector<OnnxValue>(mlir::Block &)>;

/// Imports a body graph into a block with these arguments.
mlir::FailureOr<BodyRegion> importRegion(Node &node,
                                         const onnx::GraphProto &graph,
                                         mlir::TypeRange arguments, Bind bind);

/// Runs `build` at the end of a body's block; sizes made there stay there.
void insideRegion(Node &node, BodyRegion &body,
                  llvm::function_ref<void()> build);

/// Values that a loop body takes and gives. A dimension is the initial one for
/// ever, or `varies`: then only the run knows it.
class Carried {
public:
  Carried(Node &node, std::vector<Tensor> initial);

  llvm::SmallVector<mlir::Type> types();
  /// The values that enter the loop, of these types.
  llvm::SmallVector<mlir::Value> initialValues();
  /// State `i` where `value` holds it; sizes that vary are read off it.
  Tensor state(unsigned i, mlir::Value value);
  /// The state `i` that a step gives, as a value of the carried type.
  mlir::Value next(unsigned i, Tensor &given);
  /// Marks the dimensions that a step changes. False: there were such, and the
  /// body has to be imported again.
  mlir::FailureOr<bool> settle(llvm::ArrayRef<OnnxValue> given);
  unsigned size() const { return initial.size(); }

private:
  Node &node;
  std::vector<Tensor> initial;
  std::vector<llvm::SmallVector<bool>> varies;
};

/// Imports a loop body until the carried dimensions hold from step to step.
/// The block's arguments are the step's number, then the states. `bind` gives
/// the graph's inputs; the states are its outputs from `firstState` on.
mlir::FailureOr<BodyRegion> importStep(Node &node,
                                       const onnx::GraphProto &graph,
                                       Carried &carried, unsigned firstState,
                                       Bind bind);

/// for (step = 0; step < count; ++step) state = body(step, state), where every
/// state keeps its sizes.
llvm::SmallVector<Tensor> countedLoop(
    Node &node, Size count, llvm::ArrayRef<Tensor> initial,
    llvm::function_ref<llvm::SmallVector<Tensor>(Size,
                                                 llvm::MutableArrayRef<Tensor>)>
        body);

/// One tensor of each step, stacked along a new first dimension.
class Stack {
public:
  /// `item` is what a step gives. With `count` and sizes known before the loop
  /// the room is made at once, otherwise the stack grows.
  Stack(Node &node, mlir::Region &region, Tensor &item,
        std::optional<Size> count);

  /// The stack before the first step.
  mlir::Value initial();
  /// The stack with the item of a step, from the end where `reversed`.
  mlir::Value push(mlir::Value stack, Size step, Tensor item, bool reversed);
  Tensor result(mlir::Value stack);

private:
  mlir::Value grow(mlir::Value stack, Size step, Tensor &item, bool reversed);

  Node &node;
  DType dtype;
  llvm::SmallVector<Size> dims; // of the stack, where the room is made at once
  mlir::RankedTensorType type;
  bool grows;
};

} // namespace niello::onnx_frontend

#endif
