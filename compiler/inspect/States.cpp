// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the loops of a model carry from one step to the next.

#include "compiler/inspect/Inspect.h"

#include "compiler/inspect/Names.h"
#include "compiler/support/SourceNodes.h"
#include "dialects/model/Model.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace niello {

// The values that a loop begins with.
static ValueRange statesOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, ValueRange>(op)
      .Case([](model::RecurrenceOp loop) { return loop.getStates(); })
      .Case([](scf::ForOp loop) { return loop.getInitArgs(); })
      .Case([](scf::WhileOp loop) { return loop.getInits(); })
      .Default([](Operation *) { return ValueRange(); });
}

std::vector<StateFacts> listStates(ModuleOp module) {
  std::vector<StateFacts> states;
  module->walk<WalkOrder::PreOrder>([&](Operation *op) {
    for (Value state : statesOf(op))
      if (isa<RankedTensorType>(state.getType()))
        states.push_back({nodesIn(op->getLoc()), typeName(state)});
  });
  return states;
}

} // namespace niello
