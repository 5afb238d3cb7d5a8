// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/trail/Nodes.h"

#include "compiler/support/SourceNodes.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/model/Model.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace niello {
namespace {

/// What a value depends on, the least first.
enum class Of { Constants, Sizes, Data };

/// What the values of a module depend on, and who reads them.
class Dependences {
public:
  explicit Dependences(ModuleOp module) {
    module->walk<WalkOrder::PreOrder>([&](Operation *op) { visit(op); });
    while (!toRead.empty())
      markRead(toRead.pop_back_val());
  }

  Of of(Operation *op) const { return known.lookup(op); }
  bool isRead(Operation *op) const { return read.contains(op); }

private:
  // Operands stand above: their own are known.
  void visit(Operation *op) {
    Of of = Of::Constants;
    for (Value operand : op->getOperands())
      of = std::max(of, dependence(operand));
    if (isa<tensor::DimOp>(op))
      of = Of::Sizes;
    // What a body reads from outside is not asked for one by one.
    if (op->getNumRegions() && !op->hasTrait<OpTrait::IsIsolatedFromAbove>())
      op->walk([&](Operation *inner) {
        for (Value operand : inner->getOperands())
          if (!op->isAncestor(operand.getParentRegion()->getParentOp()))
            of = std::max(of, dependence(operand));
      });
    known[op] = of;
    bool stays = op->hasTrait<OpTrait::IsTerminator>() ||
                 !isMemoryEffectFree(op) || op->getNumResults() == 0;
    if (stays)
      toRead.push_back(op);
  }

  Of dependence(Value value) const {
    Operation *op = value.getDefiningOp();
    return op ? known.lookup(op) : Of::Data;
  }

  void markRead(Operation *op) {
    if (!read.insert(op).second)
      return;
    for (Value operand : op->getOperands())
      if (Operation *source = operand.getDefiningOp())
        toRead.push_back(source);
    if (Operation *around = op->getParentOp())
      toRead.push_back(around);
  }

  DenseMap<Operation *, Of> known;
  DenseSet<Operation *> read;
  SmallVector<Operation *> toRead;
};

struct Node {
  Of of = Of::Constants;
  bool isRead = false;
};

} // namespace

std::vector<SourceNode> nodesOf(ModuleOp source) {
  Dependences dependences(source);
  llvm::MapVector<StringRef, Node> all;
  source->walk<WalkOrder::PreOrder>([&](Operation *op) {
    forEachNode(op->getLoc(), [&](StringRef name) {
      Node &node = all[name];
      node.of = std::max(node.of, dependences.of(op));
      // A terminator inside of a body says nothing of who reads the result.
      node.isRead |=
          dependences.isRead(op) && !op->hasTrait<OpTrait::IsTerminator>();
    });
  });
  std::vector<SourceNode> nodes;
  for (const auto &[name, node] : all) {
    StringRef why = node.of == Of::Constants ? "constant"
                    : !node.isRead           ? "nothing reads it"
                    : node.of == Of::Sizes   ? "arithmetic on sizes"
                                             : "the same as another";
    nodes.push_back({name.str(), why.str()});
  }
  return nodes;
}

NodePlaces placeNodes(const std::vector<SourceNode> &nodes, ModuleOp plan) {
  llvm::StringSet<> kernels, programs, outside;
  auto take = [](Operation *op, llvm::StringSet<> &names) {
    forEachNode(op->getLoc(), [&](StringRef name) { names.insert(name); });
  };
  plan->walk<WalkOrder::PreOrder>([&](Operation *op) {
    bool isProgram = op != plan && isa<ModuleOp>(op);
    if (isProgram || isa<kernel::GroupInterface>(op)) {
      op->walk([&](Operation *inner) {
        take(inner, isProgram ? programs : kernels);
      });
      return WalkResult::skip();
    }
    take(op, isa<model::WeightOp>(op) ? programs : outside);
    return WalkResult::advance();
  });
  NodePlaces places;
  for (const SourceNode &node : nodes) {
    if (kernels.contains(node.name))
      places.kernels.push_back(node.name);
    else if (programs.contains(node.name))
      places.programs.push_back(node.name);
    else if (outside.contains(node.name))
      places.outside.push_back(node.name);
    else
      places.folded.push_back(node);
  }
  return places;
}

} // namespace niello
