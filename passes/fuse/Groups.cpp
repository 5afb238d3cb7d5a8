// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/fuse/Groups.h"

#include "compiler/support/Reasons.h"
#include "compiler/support/SourceNodes.h"
#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/fuse/AttentionChain.h"
#include "passes/fuse/Generic.h"

using namespace mlir;

namespace niello {
namespace {

using Loops = SmallVector<unsigned>;

// The number of iterations below which a kernel is not worth its call.
constexpr int64_t leastIterations = 16;

// Position of the loop that a result of a map is, or nothing.
std::optional<unsigned> plainLoop(AffineExpr result) {
  auto dim = dyn_cast<AffineDimExpr>(result);
  return dim ? std::optional<unsigned>(dim.getPosition()) : std::nullopt;
}

struct Finder {
  Block &block;
  StringRef pass;
  DenseMap<Operation *, unsigned> place;
  DenseMap<Operation *, unsigned> groupOf;
  SmallVector<Group> groups{};

  Finder(Block &block, StringRef pass) : block(block), pass(pass) {
    for (auto [i, op] : llvm::enumerate(block))
      place[&op] = i;
  }

  linalg::GenericOp freeGeneric(Operation *op) {
    auto generic = dyn_cast_or_null<linalg::GenericOp>(op);
    if (!generic || generic->getBlock() != &block || groupOf.count(op) ||
        !generic.hasPureTensorSemantics() || isTiny(generic))
      return nullptr;
    return generic;
  }

  // Scalars and a handful of numbers: shape arithmetic mostly.
  bool isTiny(linalg::GenericOp op) {
    int64_t iterations = 1;
    for (int64_t range :
         cast<linalg::LinalgOp>(op.getOperation()).getStaticLoopRanges()) {
      if (ShapedType::isDynamic(range))
        return false;
      iterations *= range;
    }
    return iterations < leastIterations;
  }

  void take(const Group &group) {
    for (Operation *op : group.ops)
      groupOf[op] = groups.size();
    groups.push_back(group);
  }

  // Everything outside `ops` that reads from them stands after `last`.
  bool isClosed(ArrayRef<Operation *> ops, Operation *last) {
    for (Operation *op : ops)
      for (Operation *user : op->getUsers()) {
        Operation *above = block.findAncestorOpInBlock(*user);
        if (above &&
            (llvm::is_contained(ops, above) || place[above] > place[last]))
          continue;
        return false;
      }
    return true;
  }

  // Both products of an attention, and all between them.
  void findAttention() {
    for (Operation &op : block) {
      auto root = freeGeneric(&op);
      AttentionChain chain;
      if (!root)
        continue;
      if (StringRef why = matchAttention(root, chain); !why.empty()) {
        if (chain.weights)
          tellReason(&op, pass, "it is no kernel of attention: " + why);
        continue;
      }
      Group group{"attention", chain.ops(), {}};
      llvm::sort(group.ops, [&](Operation *left, Operation *right) {
        return place[left] < place[right];
      });
      take(group);
    }
  }

  // A contraction takes the elementwise operations that follow, as long as
  // each is the only reader of the one before.
  void findContractions() {
    for (Operation &op : block) {
      auto root = freeGeneric(&op);
      if (!root || !isContraction(root))
        continue;
      bool plain = llvm::all_of(root.getIndexingMapsArray(), [](AffineMap map) {
        return map.isProjectedPermutation(/*allowZeroInResults=*/true);
      });
      Group group{plain ? "gemm" : "conv", {root}, {}};
      constexpr unsigned mostStages = 8;
      while (group.ops.size() <= mostStages) {
        auto stage = findStage(cast<linalg::GenericOp>(group.ops.back()));
        if (!stage)
          break;
        group.ops.push_back(stage);
      }
      if (group.ops.size() > mostStages)
        endChain(group.ops.back(), "it has eight stages");
      take(group);
    }
  }

  // The chain of a contraction ends at `op`.
  linalg::GenericOp endChain(Operation *op, const Twine &why) {
    tellReason(op, pass, "its kernel ends here: " + why);
    return nullptr;
  }

  linalg::GenericOp findStage(linalg::GenericOp op) {
    if (op->use_empty())
      return nullptr;
    if (op->getNumResults() != 1 || !op->hasOneUse())
      return endChain(op, "more than one operation reads it");
    OpOperand &use = *op->use_begin();
    Operation *reader = use.getOwner();
    if (reader->hasTrait<OpTrait::IsTerminator>())
      return nullptr;
    std::string name = (" '" + firstNodeIn(reader->getLoc()) + "'").str();
    auto stage = freeGeneric(reader);
    if (!stage || !isElementwise(stage) || !stage.isDpsInput(&use) ||
        stage.getNumDpsInits() != 1)
      return endChain(op, "its reader" + name + " is not element by element");
    AffineMap written =
        stage.getMatchingIndexingMap(stage.getDpsInitOperand(0));
    if (!stage.getMatchingIndexingMap(&use).isPermutation() ||
        !written.isPermutation())
      return endChain(op, "its reader" + name + " stretches it");
    return stage;
  }

  // For rows: what the dimensions of a value of the group are, by value. The
  // number of a row loop, or -1 inside a row.
  DenseMap<Value, SmallVector<int>> tags;

  void tagResults(linalg::GenericOp op, const Loops &rowLoops) {
    for (OpOperand &init : op.getDpsInitsMutable()) {
      auto &tag = tags[op.getTiedOpResult(&init)];
      tag.clear();
      for (AffineExpr result : op.getMatchingIndexingMap(&init).getResults()) {
        auto loop = plainLoop(result);
        const unsigned *found =
            loop ? llvm::find(rowLoops, *loop) : rowLoops.end();
        tag.push_back(found == rowLoops.end() ? -1 : found - rowLoops.begin());
      }
    }
  }

  // The row loops of an operation that reads values of the group, if all its
  // reads agree and no row loop is summed over.
  std::optional<Loops> rowLoopsOf(linalg::GenericOp op, unsigned count) {
    SmallVector<int> loops(count, -1);
    for (OpOperand &operand : op->getOpOperands()) {
      auto known = tags.find(operand.get());
      if (known == tags.end())
        continue;
      if (op.isDpsInit(&operand))
        return std::nullopt;
      AffineMap map = op.getMatchingIndexingMap(&operand);
      for (auto [tag, result] : llvm::zip(known->second, map.getResults())) {
        if (tag < 0)
          continue;
        auto loop = plainLoop(result);
        if (!loop || (loops[tag] >= 0 && loops[tag] != int(*loop)))
          return std::nullopt;
        loops[tag] = *loop;
      }
    }
    Loops result;
    for (int loop : loops) {
      if (loop < 0 || llvm::is_contained(result, unsigned(loop)) ||
          op.getIteratorTypesArray()[loop] != utils::IteratorType::parallel)
        return std::nullopt;
      result.push_back(loop);
    }
    // What it writes has all rows.
    for (OpOperand &init : op.getDpsInitsMutable())
      for (unsigned loop : result)
        if (!op.getMatchingIndexingMap(&init).isFunctionOfDim(loop))
          return std::nullopt;
    return result;
  }

  // An elementwise operation that feeds the reduction, if it is free.
  std::optional<Loops> producerLoops(linalg::GenericOp producer,
                                     linalg::GenericOp reader,
                                     const Loops &rowLoops) {
    if (!isElementwise(producer) || producer->getNumResults() != 1)
      return std::nullopt;
    AffineMap written =
        producer.getMatchingIndexingMap(producer.getDpsInitOperand(0));
    if (!written.isPermutation())
      return std::nullopt;
    Loops loops(rowLoops.size(), ~0u);
    for (OpOperand &operand : reader->getOpOperands()) {
      if (operand.get() != producer->getResult(0))
        continue;
      AffineMap read = reader.getMatchingIndexingMap(&operand);
      for (auto [own, outer] :
           llvm::zip(written.getResults(), read.getResults())) {
        auto loop = plainLoop(outer);
        const unsigned *found =
            loop ? llvm::find(rowLoops, *loop) : rowLoops.end();
        if (found != rowLoops.end())
          loops[found - rowLoops.begin()] = *plainLoop(own);
      }
    }
    if (llvm::is_contained(loops, ~0u))
      return std::nullopt;
    return loops;
  }

  // Starts at a reduction, takes its elementwise producers, then whatever
  // reads from the group row by row.
  void findRows() {
    for (Operation &op : block) {
      auto root = freeGeneric(&op);
      if (!root || root.getNumReductionLoops() == 0 || isContraction(root))
        continue;
      Group group{"rows", {}, {}};
      tags.clear();
      Loops rows;
      AffineMap written =
          root.getMatchingIndexingMap(root.getDpsInitOperand(0));
      for (AffineExpr result : written.getResults())
        if (auto loop = plainLoop(result))
          rows.push_back(*loop);
      if (rows.size() != written.getNumResults() ||
          rows.size() != root.getNumParallelLoops()) {
        tellReason(&op, pass,
                   "it is no reduction of rows: a window, or sizes "
                   "that its result has not");
        continue;
      }
      addProducers(group, root, rows);
      add(group, root, rows);
      for (Operation *next = op.getNextNode();
           next && group.ops.size() < mostRows; next = next->getNextNode())
        tryToJoin(group, next, rows.size());
      take(group);
    }
  }

  static constexpr unsigned mostRows = 24;

  void add(Group &group, linalg::GenericOp op, const Loops &rows) {
    group.ops.push_back(op);
    group.rowLoops.push_back(rows);
    tagResults(op, rows);
  }

  void addProducers(Group &group, linalg::GenericOp root, const Loops &rows) {
    SmallVector<Operation *> producers;
    for (Value input : root.getDpsInputs())
      if (Operation *producer = input.getDefiningOp())
        if (!llvm::is_contained(producers, producer))
          producers.push_back(producer);
    llvm::sort(producers, [&](Operation *left, Operation *right) {
      return place[left] < place[right];
    });
    for (Operation *producer : producers) {
      auto generic = freeGeneric(producer);
      if (!generic || !isClosed({producer, root}, root))
        continue;
      if (auto loops = producerLoops(generic, root, rows))
        add(group, generic, *loops);
    }
  }

  void tryToJoin(Group &group, Operation *op, unsigned count) {
    auto generic = freeGeneric(op);
    if (!generic || isContraction(generic))
      return;
    if (llvm::none_of(op->getOperands(),
                      [&](Value value) { return tags.count(value); }))
      return;
    auto rows = rowLoopsOf(generic, count);
    if (!rows)
      return tellReason(op, pass,
                        "it does not join the rows that it reads: it reads "
                        "them in another order, or sums over them");
    SmallVector<Operation *> all(group.ops);
    all.push_back(op);
    if (isClosed(all, op))
      add(group, generic, *rows);
    else
      tellReason(op, pass,
                 "it does not join the rows that it reads: something between "
                 "reads them as well");
  }

  // What is left stands alone.
  void findSingles() {
    for (Operation &op : block) {
      if (isa<tensor::ExtractSliceOp>(op) && needsCopy(op)) {
        take({"move", {&op}, {}});
        continue;
      }
      if (isa<kernel::StencilOp>(op)) {
        take({"call", {&op}, {}});
        continue;
      }
      auto generic = freeGeneric(&op);
      if (!generic) {
        auto left = dyn_cast<linalg::GenericOp>(op);
        if (left && !groupOf.count(&op) && isTiny(left))
          tellReason(&op, pass,
                     "it has fewer than 16 elements, which are not "
                     "worth a kernel");
        continue;
      }
      StringRef kind = isMovement(generic)      ? "move"
                       : isElementwise(generic) ? "map"
                                                : "call";
      if (kind == "call")
        tellReason(&op, pass,
                   "no generator takes it: it is no sum of products "
                   "and no reduction of rows");
      take({kind, {generic}, {}});
    }
  }

  // A slice is a view with strides, but kernels want their operands dense.
  bool needsCopy(Operation &slice) {
    return llvm::any_of(slice.getUsers(), [](Operation *user) {
      return !isa<tensor::InsertSliceOp, tensor::ExtractSliceOp,
                  tensor::ExtractOp, tensor::DimOp>(user);
    });
  }
};

} // namespace

SmallVector<Group> findGroups(Block &block, StringRef pass) {
  Finder finder(block, pass);
  finder.findAttention();
  finder.findContractions();
  finder.findRows();
  finder.findSingles();
  return finder.groups;
}

} // namespace niello
