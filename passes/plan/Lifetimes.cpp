// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/plan/Lifetimes.h"

#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

using namespace mlir;
using namespace niello;

namespace {

// Numbers of the operations of a function: an operation with regions spans all
// that is inside.
class Order {
public:
  explicit Order(func::FuncOp function) {
    int64_t next = 0;
    number(function, next);
  }
  int64_t begin(Operation *op) const { return spans.lookup(op).first; }
  int64_t end(Operation *op) const { return spans.lookup(op).second; }

private:
  void number(Operation *op, int64_t &next) {
    int64_t begin = next++;
    for (Region &region : op->getRegions())
      for (Operation &inner : region.getOps())
        number(&inner, next);
    spans[op] = {begin, next++};
  }
  DenseMap<Operation *, std::pair<int64_t, int64_t>> spans;
};

} // namespace

// The innermost loop around `op`, or the function.
static Operation *enclosingScope(Operation *op) {
  Operation *scope = op->getParentOp();
  while (!isa<LoopLikeOpInterface, func::FuncOp>(scope))
    scope = scope->getParentOp();
  return scope;
}

// `value` is handed from iteration to iteration of `scope`, or out of it.
static bool leavesIteration(Value value, Operation *scope) {
  Operation *holder = value.getParentBlock()->getParentOp();
  if (isa<BlockArgument>(value) && holder == scope)
    return !isa<func::FuncOp>(scope);
  return !scope->isAncestor(holder);
}

// The outermost loop around `user` inside of `scope`, or `user` itself.
static Operation *spanOfUse(Operation *user, Operation *scope) {
  Operation *span = user;
  for (Operation *op = user; op != scope; op = op->getParentOp())
    if (op != user && isa<LoopLikeOpInterface>(op))
      span = op;
  return span;
}

static Lifetime findLifetime(memref::AllocOp alloc, const Order &order,
                             const BufferViewFlowAnalysis &flow) {
  Operation *scope = enclosingScope(alloc);
  auto function = alloc->getParentOfType<func::FuncOp>();
  bool entry = function->hasAttr("model.entry");
  Lifetime life = {alloc, order.end(alloc), order.begin(alloc), true, alloc};
  bool any = false, handedOn = false;
  for (Value alias : flow.resolve(alloc)) {
    if (leavesIteration(alias, scope)) {
      life.bounded = false;
      continue;
    }
    for (Operation *user : alias.getUsers()) {
      if (isa<func::ReturnOp>(user)) {
        life.bounded &= entry;
        life.last = order.end(function);
        handedOn = true;
        continue;
      }
      if (!scope->isAncestor(user)) {
        life.bounded = false;
        continue;
      }
      Operation *span = spanOfUse(user, scope);
      life.first =
          any ? std::min(life.first, order.begin(span)) : order.begin(span);
      life.last = std::max(life.last, order.end(span));
      any = true;
      Operation *inBlock = alloc->getBlock()->findAncestorOpInBlock(*span);
      if (!inBlock || inBlock->hasTrait<OpTrait::IsTerminator>())
        handedOn = true;
      else if (life.lastUser->isBeforeInBlock(inBlock))
        life.lastUser = inBlock;
    }
  }
  if (handedOn)
    life.lastUser = nullptr;
  return life;
}

SmallVector<Lifetime> niello::findLifetimes(func::FuncOp function) {
  SmallVector<memref::AllocOp> allocs;
  function.walk([&](memref::AllocOp alloc) { allocs.push_back(alloc); });
  if (allocs.empty())
    return {};
  Order order(function);
  BufferViewFlowAnalysis flow(function);
  SmallVector<Lifetime> lifetimes;
  for (memref::AllocOp alloc : allocs)
    lifetimes.push_back(findLifetime(alloc, order, flow));
  return lifetimes;
}
