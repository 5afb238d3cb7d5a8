// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/trail/Nodes.h"

#include "dialects/kernel/Kernel.h"
#include "dialects/model/Model.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace niello {
namespace {

/// Calls `use` with "/encoder/MatMul" for "/encoder/MatMul@model.onnx". Names
/// of values and weights have no file behind them.
void forEachNode(Operation *op, llvm::function_ref<void(StringRef)> use) {
  op->getLoc()->walk([&](Location inner) {
    if (auto named = dyn_cast<NameLoc>(inner))
      if (StringRef name = named.getName(); name.contains('@'))
        use(name.rsplit('@').first);
    return WalkResult::advance();
  });
}

} // namespace

std::vector<std::string> nodesOf(Operation *op) {
  llvm::SetVector<StringRef> names;
  op->walk<WalkOrder::PreOrder>([&](Operation *inner) {
    forEachNode(inner, [&](StringRef name) { names.insert(name); });
  });
  return std::vector<std::string>(names.begin(), names.end());
}

NodePlaces placeNodes(const std::vector<std::string> &nodes, ModuleOp plan) {
  llvm::StringSet<> kernels, programs, outside;
  auto take = [](Operation *op, llvm::StringSet<> &names) {
    forEachNode(op, [&](StringRef name) { names.insert(name); });
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
  for (const std::string &node : nodes)
    (kernels.contains(node)    ? places.kernels
     : programs.contains(node) ? places.programs
     : outside.contains(node)  ? places.outside
                               : places.folded)
        .push_back(node);
  return places;
}

} // namespace niello
