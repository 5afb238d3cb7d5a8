// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/support/SourceNodes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace niello {

void forEachNode(Location location, llvm::function_ref<void(StringRef)> use) {
  location->walk([&](Location inner) {
    if (auto named = dyn_cast<NameLoc>(inner))
      if (StringRef name = named.getName(); name.contains('@'))
        use(name.rsplit('@').first);
    return WalkResult::advance();
  });
}

std::vector<std::string> nodesIn(Location location) {
  llvm::SetVector<StringRef> names;
  forEachNode(location, [&](StringRef name) { names.insert(name); });
  return std::vector<std::string>(names.begin(), names.end());
}

StringRef firstNodeIn(Location location) {
  StringRef first;
  forEachNode(location, [&](StringRef name) {
    if (first.empty())
      first = name;
  });
  return first;
}

void takeNames(Operation *op, Location part) {
  op->setLoc(FusedLoc::get(op->getContext(), {op->getLoc(), part}));
}

// Whether the names of an operation are those of what it computes: it makes a
// tensor of tensors, or by a region. A fill is the start of somebody's sum.
static bool bearsNames(Operation *op) {
  auto isTensor = [](Type type) { return isa<TensorType>(type); };
  return llvm::any_of(op->getResultTypes(), isTensor) &&
         (op->getNumRegions() != 0 ||
          llvm::any_of(op->getOperandTypes(), isTensor)) &&
         !isa<linalg::FillOp>(op);
}

KeepNames::KeepNames(Operation *root) {
  root->walk([&](Operation *op) { count(op, 1); });
}

void KeepNames::count(Operation *op, int by) {
  if (bearsNames(op))
    forEachNode(op->getLoc(), [&](StringRef name) { bearers[name] += by; });
}

void KeepNames::notifyPatternBegin(const Pattern &, Operation *) {
  inserted.clear();
}

void KeepNames::notifyOperationInserted(Operation *op,
                                        OpBuilder::InsertPoint from) {
  if (from.isSet())
    return;
  inserted.push_back(op);
  count(op, 1);
}

void KeepNames::notifyOperationErased(Operation *op) {
  llvm::erase(inserted, op);
  count(op, -1);
}

// `op` and what nothing but it reads, whoever reads it through others.
static llvm::SetVector<Operation *> dyingWith(Operation *op) {
  llvm::SetVector<Operation *> dying;
  dying.insert(op);
  for (size_t i = 0; i < dying.size(); ++i)
    for (Value operand : dying[i]->getOperands()) {
      Operation *source = operand.getDefiningOp();
      if (source && isMemoryEffectFree(source) &&
          llvm::all_of(source->getUsers(),
                       [&](Operation *user) { return dying.contains(user); }))
        dying.insert(source);
    }
  return dying;
}

void KeepNames::notifyOperationReplaced(Operation *op, ValueRange values) {
  if (!bearsNames(op))
    return;
  llvm::SetVector<Operation *> heirs;
  for (Value value : values)
    if (Operation *heir = value ? value.getDefiningOp() : nullptr)
      heirs.insert(heir);
  // Behind a cast to the type of `op` stands what was made in its stead.
  for (Operation *heir : inserted)
    if (heir->getLoc() == op->getLoc())
      heirs.insert(heir);
  heirs.remove_if(
      [&](Operation *heir) { return heir == op || !bearsNames(heir); });
  if (heirs.empty())
    return;
  llvm::SetVector<Operation *> dying = dyingWith(op);
  for (Operation *heir : heirs)
    dying.remove(heir);
  llvm::StringMap<int> going;
  for (Operation *part : dying)
    if (bearsNames(part))
      forEachNode(part->getLoc(), [&](StringRef name) { ++going[name]; });
  for (Operation *part : dying) {
    bool isLast = false;
    if (bearsNames(part))
      forEachNode(part->getLoc(), [&](StringRef name) {
        isLast |= bearers[name] <= going[name];
      });
    if (!isLast)
      continue;
    for (Operation *heir : heirs) {
      count(heir, -1);
      takeNames(heir, part->getLoc());
      count(heir, 1);
    }
  }
}

} // namespace niello
