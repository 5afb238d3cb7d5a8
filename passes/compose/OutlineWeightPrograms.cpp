// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Splits off what depends on weights alone.
//
// An operation on constants is needed at run time, or it is not. Where one that
// is not feeds one that is, the value between them is a candidate: a weight
// that a program computes. Whatever does not fit the budget is declared needed,
// which moves the border to its operands, until all fits.

#include "passes/compose/Passes.h"

#include "compiler/support/Reasons.h"
#include "compiler/weights/Layout.h"
#include "compiler/weights/ProgramModule.h"
#include "passes/compose/CompileTime.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace niello {
#define GEN_PASS_DEF_OUTLINEWEIGHTPROGRAMS
#include "passes/compose/Passes.h.inc"
} // namespace niello

using namespace mlir;
using namespace niello;

namespace {

// A program's inputs and result are in memory together.
constexpr uint64_t kMostBytes = 64 << 20;
// By how much the artefact may exceed what the model's files hold.
constexpr int64_t kMostGrowth = 1 << 20;
// The plain path takes one to two nanoseconds a step: nobody waits longer than
// a few seconds for one program, and ten for all.
constexpr double kMostSteps = 1u << 30, kMostStepsOfAll = 4.0 * kMostSteps;

// A value between what the compiler can run and what it cannot.
struct Candidate {
  Value value;
  uint64_t bytes = 0;
  double steps = 0;
  SmallVector<Operation *> ops; // in the order of the block, loads included
  llvm::SetVector<StringAttr> weights;
};

class Border {
public:
  explicit Border(ModuleOp module);

  /// The candidates that fit the budget, in the order of the text.
  SmallVector<Candidate> settle();
  bool isAtRunTime(Operation *op) const { return atRunTime.contains(op); }
  /// Why operations on weights alone are left to run time.
  void tellReasons(StringRef pass) const {
    for (const auto &[op, why] : reasons)
      tellReason(op, pass, why);
  }

private:
  void findConstantOps(Block &block);
  void findCandidates(Block &block);
  Candidate describe(Value value) const;
  void demote(Operation *op, StringRef why) {
    needed.insert(op), changed = true;
    reasons[op] = why;
  }
  void limitEach();
  void limitGrowth();

  ModuleOp module;
  llvm::MapVector<StringAttr, uint64_t> weightSizes;
  DenseSet<Operation *> constantOps; // could run at compile time
  DenseSet<Operation *> readsWeight; // of those
  DenseSet<Operation *> needed;      // of those, once anything runs on them
  DenseSet<Operation *> atRunTime;
  DenseSet<StringAttr> keptWeights;
  SmallVector<Candidate> candidates;
  llvm::MapVector<Operation *, StringRef> reasons;
  bool changed = false;
};

Border::Border(ModuleOp module) : module(module) {
  for (auto weight : module.getOps<model::WeightOp>())
    weightSizes[weight.getSymNameAttr()] =
        weightBytes(weight.getType()).value_or(UINT64_MAX / 2);
  for (auto function : module.getOps<func::FuncOp>())
    for (Block &block : function.getBody())
      findConstantOps(block);
}

void Border::findConstantOps(Block &block) {
  for (Operation &op : block) {
    bool reads = isa<model::LoadWeightOp>(op), constant = true;
    for (Value value : usedValues(&op)) {
      Operation *source = value.getDefiningOp();
      constant &= constantOps.contains(source);
      reads |= readsWeight.contains(source);
    }
    if (!canRunAtCompileTime(&op)) {
      if (constant && reads && !op.hasTrait<OpTrait::IsTerminator>())
        reasons[&op] = "it runs with the model: it is nothing that the "
                       "compiler runs";
      continue;
    }
    if (!constant)
      continue;
    constantOps.insert(&op);
    if (reads)
      readsWeight.insert(&op);
    auto isWeight = [](Type type) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      if (!tensor || !tensor.getElementType().isIntOrFloat())
        return false;
      unsigned bits = tensor.getElementTypeBitWidth();
      return llvm::isPowerOf2_32(bits) && bits <= 64;
    };
    if (!reads || isa<model::LoadWeightOp>(op) || costsNothing(&op) ||
        !llvm::all_of(op.getResultTypes(), isWeight))
      needed.insert(&op);
  }
}

// Users stand below: one walk upwards sees each before what it uses.
void Border::findCandidates(Block &block) {
  auto runs = [&](Operation *user) {
    return atRunTime.contains(block.findAncestorOpInBlock(*user));
  };
  for (Operation &op : llvm::reverse(block)) {
    bool constant = constantOps.contains(&op);
    if (!constant ||
        (needed.contains(&op) && llvm::any_of(op.getUsers(), runs))) {
      atRunTime.insert(&op);
      op.walk([&](model::LoadWeightOp load) {
        keptWeights.insert(load.getWeightAttr().getAttr());
      });
      continue;
    }
    if (needed.contains(&op))
      continue;
    for (Value result : op.getResults())
      if (llvm::any_of(result.getUsers(), runs))
        candidates.push_back(describe(result));
  }
}

Candidate Border::describe(Value value) const {
  Candidate candidate;
  candidate.value = value;
  candidate.bytes = weightBytes(value.getType()).value_or(UINT64_MAX / 2);
  llvm::SetVector<Operation *> ops;
  ops.insert(value.getDefiningOp());
  for (size_t i = 0; i < ops.size(); ++i)
    for (Value used : usedValues(ops[i]))
      ops.insert(used.getDefiningOp());
  candidate.ops = ops.takeVector();
  llvm::sort(candidate.ops, [](Operation *left, Operation *right) {
    return left->isBeforeInBlock(right);
  });
  for (Operation *op : candidate.ops) {
    candidate.steps += countSteps(op);
    if (auto load = dyn_cast<model::LoadWeightOp>(op))
      candidate.weights.insert(load.getWeightAttr().getAttr());
  }
  return candidate;
}

void Border::limitEach() {
  double steps = 0;
  for (Candidate &candidate : candidates) {
    steps += candidate.steps;
    if (candidate.bytes > kMostBytes || candidate.steps > kMostSteps ||
        steps > kMostStepsOfAll) {
      steps -= candidate.steps;
      demote(candidate.value.getDefiningOp(),
             candidate.bytes > kMostBytes
                 ? "it runs with the model: its result has more than 64 MB"
                 : "it runs with the model: the compiler would take too many "
                   "steps");
    }
  }
}

// Candidates that share a weight are judged together: it is saved only where
// nobody reads it at run time. The smallest groups come first.
void Border::limitGrowth() {
  llvm::IntEqClasses classes(weightSizes.size());
  auto number = [&](StringAttr weight) -> unsigned {
    return weightSizes.find(weight) - weightSizes.begin();
  };
  for (Candidate &candidate : candidates)
    for (StringAttr weight : candidate.weights)
      classes.join(number(weight), number(candidate.weights.front()));
  struct Group {
    int64_t growth = 0;
    Candidate *largest = nullptr;
  };
  llvm::MapVector<unsigned, Group> groups;
  for (Candidate &candidate : candidates) {
    Group &group =
        groups[classes.findLeader(number(candidate.weights.front()))];
    group.growth += candidate.bytes;
    if (!group.largest || candidate.bytes > group.largest->bytes)
      group.largest = &candidate;
  }
  for (auto &[weight, bytes] : weightSizes)
    if (!keptWeights.contains(weight))
      if (auto *group = groups.find(classes.findLeader(number(weight)));
          group != groups.end())
        group->second.growth -= bytes;
  SmallVector<std::pair<int64_t, unsigned>> order; // growth, number
  for (auto [i, entry] : llvm::enumerate(groups))
    order.push_back({entry.second.growth, i});
  llvm::sort(order);
  int64_t total = 0;
  for (auto [_, i] : order) {
    const Group &group = groups.begin()[i].second;
    int64_t growth = std::max<int64_t>(group.growth, 0);
    if (growth <= kMostGrowth - total)
      total += growth;
    else
      demote(group.largest->value.getDefiningOp(),
             "it runs with the model: the result would add more than 1 MB to "
             "what the file stores");
  }
}

// Each round declares at least one more operation needed, or is the last.
SmallVector<Candidate> Border::settle() {
  do {
    changed = false;
    atRunTime.clear();
    keptWeights.clear();
    candidates.clear();
    SmallVector<func::FuncOp> functions(module.getOps<func::FuncOp>());
    for (auto function : llvm::reverse(functions))
      for (Block &block : function.getBody())
        findCandidates(block);
    limitEach();
    if (!changed)
      limitGrowth();
  } while (changed);
  std::reverse(candidates.begin(), candidates.end());
  return candidates;
}

// Writes programs, each once, and the weights that they compute.
class Outliner {
public:
  explicit Outliner(ModuleOp module)
      : module(module), symbols(module), programs(getWeightPrograms(module)),
        programSymbols(programs) {}

  /// The weight that holds the candidate's value.
  FlatSymbolRefAttr outline(const Candidate &candidate);

private:
  FlatSymbolRefAttr findProgram(const Candidate &candidate);

  ModuleOp module;
  SymbolTable symbols;
  ModuleOp programs;
  SymbolTable programSymbols;
  llvm::StringMap<FlatSymbolRefAttr> byText, byCall;
};

FlatSymbolRefAttr Outliner::findProgram(const Candidate &candidate) {
  OpBuilder builder(module.getContext());
  Location loc = candidate.value.getLoc();
  SmallVector<Type> inputs;
  for (StringAttr weight : candidate.weights)
    inputs.push_back(symbols.lookup<model::WeightOp>(weight).getType());
  auto type = builder.getFunctionType(inputs, candidate.value.getType());
  OwningOpRef<func::FuncOp> function =
      func::FuncOp::create(builder, loc, "program", type);
  (*function)->setAttr("model.weight_program", builder.getUnitAttr());
  Block *block = function->addEntryBlock();
  builder.setInsertionPointToStart(block);
  IRMapping mapping;
  for (Operation *op : candidate.ops) {
    auto load = dyn_cast<model::LoadWeightOp>(op);
    if (!load) {
      builder.clone(*op, mapping);
      continue;
    }
    StringAttr weight = load.getWeightAttr().getAttr();
    size_t i =
        llvm::find(candidate.weights, weight) - candidate.weights.begin();
    mapping.map(load.getResult(), block->getArgument(i));
  }
  func::ReturnOp::create(builder, loc, mapping.lookup(candidate.value));
  std::string text;
  llvm::raw_string_ostream(text) << *function;
  FlatSymbolRefAttr &symbol = byText[text];
  if (!symbol) {
    function->setSymName("program_" + std::to_string(byText.size() - 1));
    symbol = FlatSymbolRefAttr::get(programSymbols.insert(function.release()));
  }
  return symbol;
}

// The root's first. A program may be another's too, a weight is its own.
static Location namesOf(const Candidate &candidate) {
  SmallVector<Location> all{candidate.value.getLoc()};
  for (Operation *op : candidate.ops)
    if (!isa<model::LoadWeightOp>(op))
      all.push_back(op->getLoc());
  return FusedLoc::get(candidate.value.getContext(), all);
}

FlatSymbolRefAttr Outliner::outline(const Candidate &candidate) {
  FlatSymbolRefAttr program = findProgram(candidate);
  OpBuilder builder(module.getContext());
  SmallVector<Attribute> inputs;
  for (StringAttr weight : candidate.weights) {
    auto source = symbols.lookup<model::WeightOp>(weight);
    inputs.push_back(FlatSymbolRefAttr::get(weight));
    if (!programSymbols.lookup(weight))
      programSymbols.insert(source->clone(), afterWeights(programs));
  }
  ArrayAttr of = builder.getArrayAttr(inputs);
  std::string call;
  llvm::raw_string_ostream(call) << program << of;
  FlatSymbolRefAttr &symbol = byCall[call];
  if (!symbol) {
    auto weight =
        model::WeightOp::create(builder, namesOf(candidate),
                                "folded_" + std::to_string(byCall.size() - 1),
                                program, of, candidate.value.getType());
    symbol =
        FlatSymbolRefAttr::get(symbols.insert(weight, afterWeights(module)));
  }
  return symbol;
}

} // namespace

// Loads the weights, and drops what nothing uses any more.
static void replace(ModuleOp module, ArrayRef<Candidate> candidates,
                    const Border &border) {
  Outliner outliner(module);
  DenseSet<StringAttr> read;
  llvm::SetVector<Operation *> ops;
  for (const Candidate &candidate : candidates) {
    FlatSymbolRefAttr weight = outliner.outline(candidate);
    OpBuilder builder(candidate.value.getDefiningOp());
    auto load = model::LoadWeightOp::create(builder, candidate.value.getLoc(),
                                            candidate.value.getType(), weight);
    Value value = candidate.value;
    value.replaceUsesWithIf(load, [&](OpOperand &use) {
      Operation *user =
          value.getParentBlock()->findAncestorOpInBlock(*use.getOwner());
      return border.isAtRunTime(user);
    });
    read.insert(candidate.weights.begin(), candidate.weights.end());
    ops.insert(candidate.ops.begin(), candidate.ops.end());
  }
  // Users come after what they use, also across candidates of one block.
  SmallVector<Operation *> dead(ops.begin(), ops.end());
  bool erased = true;
  while (std::exchange(erased, false))
    llvm::erase_if(dead, [&](Operation *op) {
      if (!op->use_empty())
        return false;
      op->erase();
      return erased = true;
    });
  module.walk([&](func::FuncOp function) {
    if (function->getParentOp() == module)
      function.walk([&](model::LoadWeightOp load) {
        read.erase(load.getWeightAttr().getAttr());
      });
  });
  for (auto weight :
       llvm::make_early_inc_range(module.getOps<model::WeightOp>()))
    if (read.contains(weight.getSymNameAttr()))
      weight.erase();
}

namespace {
struct OutlineWeightPrograms
    : niello::impl::OutlineWeightProgramsBase<OutlineWeightPrograms> {
  void runOnOperation() override {
    Border border(getOperation());
    SmallVector<Candidate> candidates = border.settle();
    border.tellReasons(getArgument());
    if (!candidates.empty())
      replace(getOperation(), candidates, border);
  }
};
} // namespace
