// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gathers the operations of the entry function into kernel ops (Groups.h says
// which), so that the function becomes the plan.

#include "compiler/support/SourceNodes.h"
#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"
#include "passes/fuse/Groups.h"
#include "passes/fuse/Passes.h"

using namespace mlir;

namespace niello {
#define GEN_PASS_DEF_FUSEKERNELS
#include "passes/fuse/Passes.h.inc"

namespace {

// The nodes of a group: the roots of what is in it, then what they took in.
std::string sourceOf(const Group &group) {
  llvm::SetVector<StringRef> all;
  for (Operation *op : group.ops)
    if (StringRef root = firstNodeIn(op->getLoc()); !root.empty())
      all.insert(root);
  for (Operation *op : group.ops)
    forEachNode(op->getLoc(), [&](StringRef name) { all.insert(name); });
  SmallVector<StringRef> names(all.takeVector());
  if (names.empty())
    return group.kind.str();
  constexpr unsigned mostNames = 4;
  std::string more =
      names.size() > mostNames
          ? " + " + std::to_string(names.size() - mostNames) + " more"
          : "";
  names.truncate(std::min<size_t>(names.size(), mostNames));
  return llvm::join(names, " + ") + more;
}

// What a group writes to: `base` is the tensor below a fill.
struct Destination {
  OpResult result;
  Value base;
};

// Builds one kernel op. Constants, fills and empty tensors are cloned into the
// body, everything else comes in through `inputs`.
struct Builder {
  IRRewriter &rewriter;
  const Group &group;
  SmallVector<Value> inputs{}, outputs{};
  SmallVector<OpResult> results{};
  IRMapping mapping{};

  static Value baseOf(Value init) {
    auto fill = init.getDefiningOp<linalg::FillOp>();
    return fill ? fill.getOutputs()[0] : init;
  }

  Value initOf(OpResult result) {
    if (auto op = dyn_cast<DestinationStyleOpInterface>(result.getOwner()))
      return op.getTiedOpOperand(result)->get();
    return Value();
  }

  bool isInside(Operation *op) { return llvm::is_contained(group.ops, op); }

  // Whether a value is made anew inside instead of coming in.
  bool isCloned(Value value) {
    Operation *op = value.getDefiningOp();
    if (!op)
      return false;
    if (isa<arith::ConstantOp>(op))
      return !isa<ShapedType>(value.getType());
    return isa<linalg::FillOp, tensor::EmptyOp>(op);
  }

  void need(Value value) {
    Operation *op = value.getDefiningOp();
    if (op && isInside(op))
      return;
    if (!isCloned(value)) {
      if (!llvm::is_contained(inputs, value))
        inputs.push_back(value);
      return;
    }
    for (Value operand : op->getOperands())
      need(operand);
  }

  // A fresh tensor for a result, or the tensor that it must start from.
  Value makeOutput(OpResult result) {
    Value init = initOf(result);
    Value base = init ? baseOf(init) : Value();
    if (base && !base.getDefiningOp<tensor::EmptyOp>())
      return base;
    Location loc = result.getLoc();
    if (base)
      return rewriter.clone(*base.getDefiningOp())->getResult(0);
    auto slice = cast<tensor::ExtractSliceOp>(result.getOwner());
    auto type = slice.getResultType();
    SmallVector<OpFoldResult> sizes;
    auto dropped = slice.getDroppedDims();
    for (auto [i, size] : llvm::enumerate(slice.getMixedSizes()))
      if (!dropped.test(i))
        sizes.push_back(size);
    return tensor::EmptyOp::create(rewriter, loc, sizes, type.getElementType());
  }

  void collect() {
    SmallVector<std::pair<Value, unsigned>> tied;
    for (Operation *op : group.ops) {
      for (OpResult result : op->getResults()) {
        bool read = llvm::any_of(result.getUsers(), [&](Operation *user) {
          return !isInside(user);
        });
        if (read || op == group.ops.back())
          results.push_back(result);
      }
    }
    for (Operation *op : group.ops) {
      for (Value operand : op->getOperands()) {
        bool written = llvm::any_of(op->getResults(), [&](OpResult result) {
          return initOf(result) == operand &&
                 llvm::is_contained(results, result);
        });
        // The output itself comes as such; what fills it is needed.
        if (!written)
          need(operand);
        else if (auto fill = operand.getDefiningOp<linalg::FillOp>())
          need(fill.getInputs()[0]);
      }
      SetVector<Value> captured;
      getUsedValuesDefinedAbove(op->getRegions(), captured);
      for (Value value : captured)
        need(value);
    }
    for (OpResult result : results)
      outputs.push_back(makeOutput(result));
  }

  // The value inside; what is not yet there is cloned.
  Value inside(Value value) {
    if (Value known = mapping.lookupOrNull(value))
      return known;
    Operation *op = value.getDefiningOp();
    for (Value operand : op->getOperands())
      inside(operand);
    rewriter.clone(*op, mapping);
    return mapping.lookup(value);
  }

  void fillBody(Block &body) {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(&body);
    for (auto [input, argument] : llvm::zip(inputs, body.getArguments()))
      mapping.map(input, argument);
    auto targets = body.getArguments().drop_front(inputs.size());
    for (Operation *op : group.ops) {
      SetVector<Value> captured;
      getUsedValuesDefinedAbove(op->getRegions(), captured);
      for (Value value : captured)
        inside(value);
      for (Value operand : op->getOperands())
        if (isInside(operand.getDefiningOp()) || mapping.contains(operand) ||
            !isDestination(op, operand))
          inside(operand);
      IRMapping own(mapping);
      for (auto [result, target] : llvm::zip(results, targets)) {
        if (result.getOwner() != op || !initOf(result))
          continue;
        Value init = initOf(result), start = target;
        if (auto fill = init.getDefiningOp<linalg::FillOp>())
          start = linalg::FillOp::create(rewriter, fill.getLoc(),
                                         inside(fill.getInputs()[0]), target)
                      .getResult(0);
        own.map(init, start);
      }
      for (OpResult result : op->getResults())
        if (initOf(result) && !llvm::is_contained(results, result))
          own.map(initOf(result), inside(initOf(result)));
      Operation *clone = rewriter.clone(*op, own);
      mapping.map(op->getResults(), clone->getResults());
    }
  }

  bool isDestination(Operation *op, Value operand) {
    return llvm::any_of(op->getResults(), [&](OpResult result) {
      return initOf(result) == operand;
    });
  }

  void yield(Block &body) {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToEnd(&body);
    SmallVector<Value> yielded;
    for (auto [result, output] :
         llvm::zip(results, body.getArguments().drop_front(inputs.size()))) {
      Value value = mapping.lookup(result);
      if (!initOf(result))
        value = linalg::CopyOp::create(rewriter, result.getLoc(), value,
                                       Value(output))
                    .getResult(0);
      yielded.push_back(value);
    }
    kernel::YieldOp::create(rewriter, group.ops.back()->getLoc(), yielded);
  }

  template <typename OpTy> void build() {
    SmallVector<Location> locations;
    for (Operation *op : group.ops)
      locations.push_back(op->getLoc());
    Location loc = rewriter.getFusedLoc(locations);
    rewriter.setInsertionPoint(group.ops.back());
    collect();
    auto op = OpTy::create(rewriter, loc, TypeRange(ValueRange(outputs)),
                           rewriter.getStringAttr(sourceOf(group)), inputs,
                           outputs, /*flops=*/StringAttr(),
                           /*bytes=*/StringAttr(),
                           /*tiles=*/DenseI64ArrayAttr());
    Block &body = op.getBody().emplaceBlock();
    for (Value value : llvm::concat<Value>(inputs, outputs))
      body.addArgument(value.getType(), loc);
    fillBody(body);
    yield(body);
    if (group.kind == "rows")
      op->setAttr("rows",
                  rewriter.getI64IntegerAttr(group.rowLoops.front().size()));
    for (auto [result, value] : llvm::zip(results, op->getResults()))
      rewriter.replaceAllUsesWith(result, value);
    for (Operation *old : llvm::reverse(group.ops))
      rewriter.eraseOp(old);
  }
};

// Row loops first, in the common order; the rest as they were.
void orderLoops(IRRewriter &rewriter, Group &group) {
  for (auto [op, rows] : llvm::zip(group.ops, group.rowLoops)) {
    auto generic = cast<linalg::GenericOp>(op);
    SmallVector<unsigned> order(rows);
    for (unsigned loop = 0; loop < generic.getNumLoops(); ++loop)
      if (!llvm::is_contained(rows, loop))
        order.push_back(loop);
    rewriter.setInsertionPoint(op);
    auto changed = linalg::interchangeGenericOp(rewriter, generic, order);
    if (succeeded(changed))
      op = *changed;
  }
}

struct FuseKernels : impl::FuseKernelsBase<FuseKernels> {
  using Base::Base;

  void fuse(Block &block, IRRewriter &rewriter) {
    for (Group &group : findGroups(block, getArgument())) {
      orderLoops(rewriter, group);
      Builder builder{rewriter, group};
      if (group.kind == "attention")
        builder.build<kernel::AttentionOp>();
      else if (group.kind == "gemm")
        builder.build<kernel::GemmOp>();
      else if (group.kind == "conv")
        builder.build<kernel::ConvOp>();
      else if (group.kind == "rows")
        builder.build<kernel::RowsOp>();
      else if (group.kind == "map")
        builder.build<kernel::MapOp>();
      else if (group.kind == "move")
        builder.build<kernel::MoveOp>();
      else
        builder.build<kernel::CallOp>();
    }
  }

  void runOnOperation() override {
    SmallVector<Block *> blocks;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (!function->hasAttr("model.entry"))
        continue;
      function.walk([&](Block *block) {
        Operation *parent = block->getParentOp();
        if (!isa<linalg::LinalgOp, kernel::GroupInterface>(parent) &&
            !parent->getParentOfType<linalg::LinalgOp>() &&
            !parent->getParentOfType<kernel::GroupInterface>())
          blocks.push_back(block);
      });
    }
    IRRewriter rewriter(&getContext());
    for (Block *block : blocks)
      fuse(*block, rewriter);
  }
};

} // namespace
} // namespace niello
