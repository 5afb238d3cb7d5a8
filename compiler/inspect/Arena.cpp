// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who needs memory when: read from the entry just before the pass that plans
// the arena, with that pass's own lifetimes and sizes.

#include "compiler/inspect/Inspect.h"

#include "compiler/inspect/Names.h"
#include "compiler/support/SourceNodes.h"
#include "dialects/kernel/SizeNames.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Pass/Pass.h"
#include "passes/plan/Lifetimes.h"
#include "passes/plan/Sizes.h"

#include <map>

using namespace mlir;

namespace niello {
namespace {

func::FuncOp findEntry(Operation *module) {
  for (auto function : cast<ModuleOp>(module).getOps<func::FuncOp>())
    if (function->hasAttr("model.entry"))
      return function;
  return nullptr;
}

BufferFacts describe(const Lifetime &life, const ByteSize &size) {
  memref::AllocOp alloc = life.alloc;
  BufferFacts facts;
  facts.nodes = nodesIn(alloc.getLoc());
  facts.type = typeName(alloc.getResult());
  if (size.isConstant()) {
    facts.bytes.value = alignUp(size.factor);
    facts.bytes.text = std::to_string(*facts.bytes.value);
    return facts;
  }
  std::vector<std::string> factors{std::to_string(size.factor)};
  for (Value factor : size.sizes)
    factors.push_back(kernel::sizeName(factor));
  llvm::sort(factors.begin() + 1, factors.end());
  facts.bytes.text = llvm::join(factors, "*");
  return facts;
}

/// The buffers that are needed when the most memory is.
void findPeak(ArrayRef<std::pair<Lifetime, BufferFacts>> buffers,
              ArenaFacts &facts) {
  std::map<int64_t, int64_t> changes; // of the bytes in use, by time
  for (const auto &[life, buffer] : buffers) {
    changes[life.first] += *buffer.bytes.value;
    changes[life.last + 1] -= *buffer.bytes.value;
  }
  int64_t bytes = 0, most = 0, when = -1;
  for (auto [time, change] : changes) {
    bytes += change;
    if (bytes > most) {
      most = bytes;
      when = time;
    }
  }
  facts.peakBytes = most;
  for (const auto &[life, buffer] : buffers)
    if (life.first <= when && when <= life.last)
      facts.atPeak.push_back(buffer);
  llvm::sort(facts.atPeak, [](const auto &a, const auto &b) {
    return std::tie(b.bytes.value, a.nodes, a.type) <
           std::tie(a.bytes.value, b.nodes, b.type);
  });
}

ArenaFacts describeArena(func::FuncOp entry) {
  ArenaFacts facts;
  std::vector<std::pair<Lifetime, BufferFacts>> buffers;
  bool isKnown = true;
  for (const Lifetime &life : findLifetimes(entry)) {
    memref::AllocOp alloc = life.alloc;
    if (alloc->use_empty())
      continue;
    std::optional<ByteSize> size = sizeOf(alloc);
    if (!size || !life.bounded) {
      ++facts.ownBuffers;
      continue;
    }
    buffers.push_back({life, describe(life, *size)});
    isKnown &= size->isConstant();
  }
  facts.buffers = buffers.size();
  if (isKnown) {
    findPeak(buffers, facts);
    return facts;
  }
  std::map<std::string, uint64_t> sizes;
  for (const auto &[life, buffer] : buffers)
    ++sizes[buffer.bytes.text];
  facts.sizes.assign(sizes.begin(), sizes.end());
  llvm::sort(facts.sizes, [](const auto &a, const auto &b) {
    return std::tie(b.second, a.first) < std::tie(a.second, b.first);
  });
  return facts;
}

/// What the entry asks the runtime for; nothing where that is computed.
std::optional<uint64_t> plannedBytes(func::FuncOp entry) {
  std::optional<uint64_t> bytes = 0;
  entry.walk([&](func::CallOp call) {
    if (call.getCallee() != "niello_rt_arena")
      return;
    Value size = call.getOperand(0);
    while (Operation *cast = size.getDefiningOp()) {
      if (cast->getNumOperands() != 1)
        break;
      size = cast->getOperand(0);
    }
    APInt constant;
    bytes = std::nullopt;
    if (matchPattern(size, m_ConstantInt(&constant)))
      bytes = constant.getZExtValue();
  });
  return bytes;
}

class ArenaWatch : public PassInstrumentation {
public:
  explicit ArenaWatch(std::optional<ArenaFacts> &facts) : facts(facts) {}

  void runBeforePass(Pass *pass, Operation *op) override {
    if (pass->getArgument() == "plan-arena")
      if (func::FuncOp entry = findEntry(op))
        facts = describeArena(entry);
  }
  void runAfterPass(Pass *pass, Operation *op) override {
    if (pass->getArgument() == "plan-arena" && facts)
      if (func::FuncOp entry = findEntry(op))
        facts->bytes = plannedBytes(entry);
  }

private:
  std::optional<ArenaFacts> &facts;
};

} // namespace

std::unique_ptr<PassInstrumentation>
watchArena(std::optional<ArenaFacts> &facts) {
  return std::make_unique<ArenaWatch>(facts);
}

} // namespace niello
