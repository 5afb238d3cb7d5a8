// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes on each kernel what it costs and into which tiles it is cut.

#include "compiler/support/Reasons.h"
#include "dialects/kernel/Costs.h"
#include "dialects/kernel/SizeNames.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "passes/fuse/Generic.h"
#include "passes/plan/AttentionTile.h"
#include "passes/plan/GemmTile.h"
#include "passes/plan/Passes.h"

using namespace mlir;

namespace niello {
#define GEN_PASS_DEF_PLANKERNELS
#include "passes/plan/Passes.h.inc"

namespace {

// A sum of products of sizes: the constant part, and the parts that depend on
// sizes of run time, by the names of those.
struct Cost {
  using Names = std::vector<std::string>;
  std::map<std::pair<size_t, Names>, int64_t> terms;

  void add(int64_t factor, ArrayRef<int64_t> sizes,
           function_ref<std::string(unsigned)> name) {
    Names names;
    for (auto [i, size] : llvm::enumerate(sizes)) {
      if (ShapedType::isDynamic(size))
        names.push_back(name(i));
      else
        factor *= size;
    }
    llvm::sort(names);
    if (factor)
      terms[{names.size(), names}] += factor;
  }

  // factor * the elements of a tensor
  void add(int64_t factor, Value tensor) {
    add(factor, cast<ShapedType>(tensor.getType()).getShape(),
        [&](unsigned dim) { return kernel::sizeName(tensor, dim); });
  }

  // 12, or 12*batch + 3*batch*?
  std::string text() const {
    std::string text;
    for (const auto &[key, factor] : terms) {
      text += (text.empty() ? "" : " + ") + std::to_string(factor);
      for (const std::string &name : key.second)
        text += "*" + name;
    }
    return text.empty() ? "0" : text;
  }
};

// The name of a loop's range: that of a dimension which it runs over.
std::string loopName(linalg::GenericOp op, unsigned loop) {
  for (OpOperand &operand : op->getOpOperands())
    for (auto [dim, result] :
         llvm::enumerate(op.getMatchingIndexingMap(&operand).getResults())) {
      auto position = dyn_cast<AffineDimExpr>(result);
      if (!position || position.getPosition() != loop)
        continue;
      if (std::string name = kernel::sizeName(operand.get(), dim); name != "?")
        return name;
    }
  return "?";
}

// Nothing where a stencil does not know its own.
std::optional<Cost> countFlops(Region &body) {
  Cost cost;
  bool isKnown = true;
  body.walk([&](linalg::GenericOp op) {
    auto sizes =
        cast<linalg::LinalgOp>(op.getOperation()).getStaticLoopRanges();
    cost.add(workPerElement(op), sizes,
             [&](unsigned loop) { return loopName(op, loop); });
  });
  body.walk([&](kernel::StencilOp op) {
    std::optional<int64_t> work = kernel::workPerElement(op);
    isKnown &= work.has_value();
    cost.add(work.value_or(0), op.getOutput());
  });
  return isKnown ? std::optional(cost) : std::nullopt;
}

Cost countBytes(kernel::GroupInterface group) {
  Cost cost;
  for (Value operand : group->getOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.getType());
    if (type && type.getElementType().isIntOrFloat())
      cost.add(llvm::divideCeil(type.getElementTypeBitWidth(), 8), operand);
  }
  return cost;
}

// The contraction's result decides the tile: its last dimensions that only one
// input knows are the columns (Contraction.h has the exact rule).
GemmTile tileOf(linalg::GenericOp op, const PlanKernelsOptions &target) {
  auto maps = op.getIndexingMapsArray();
  auto ranges = cast<linalg::LinalgOp>(op.getOperation()).getStaticLoopRanges();
  int64_t sizes[2] = {1, 1}; // of the loops of one input only
  bool last = false;         // whose the last dimension is
  for (AffineExpr result : maps[2].getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(result);
    if (!dim)
      continue;
    bool first = maps[0].isFunctionOfDim(dim.getPosition());
    bool second = maps[1].isFunctionOfDim(dim.getPosition());
    if (first == second)
      continue;
    int64_t &size = sizes[second], range = ranges[dim.getPosition()];
    size = ShapedType::isDynamic(size) || ShapedType::isDynamic(range)
               ? ShapedType::kDynamic
               : size * range;
    last = second;
  }
  unsigned bits = getElementTypeOrSelf(op.getResult(0)).getIntOrFloatBitWidth();
  int64_t lanes = target.vectorBits / std::max(bits, 32u);
  auto bytes = byteFactors(op);
  bool inPairs =
      bytes && (!target.dotsBytes || bytes->isSigned[0] == bytes->isSigned[1]);
  return (inPairs ? choosePairsTile : chooseGemmTile)(sizes[!last], sizes[last],
                                                      lanes, target.registers);
}

// Queries and keys of a block of scores, where the group is an attention.
std::optional<AttentionTile> attentionTileOf(Region &body, int64_t vectorBits,
                                             int64_t registers) {
  std::optional<AttentionTile> tile;
  body.walk([&](linalg::GenericOp op) {
    AttentionChain chain;
    if (matchAttention(op, chain).empty())
      tile = chooseAttentionTile(chain, vectorBits / 32, registers);
  });
  return tile;
}

template <typename OpTy>
void plan(OpTy op, StringRef pass, const PlanKernelsOptions &target) {
  OpBuilder builder(op);
  if (std::optional<Cost> flops = countFlops(op.getBody()))
    op.setFlopsAttr(builder.getStringAttr(flops->text()));
  else
    tellReason(op, pass,
               "its operations are not counted: a stencil of the "
               "runtime does not tell");
  op.setBytesAttr(builder.getStringAttr(countBytes(op).text()));
  if (op.getTiles())
    return;
  if (std::is_same_v<OpTy, kernel::AttentionOp>) {
    if (auto tile =
            attentionTileOf(op.getBody(), target.vectorBits, target.registers))
      op.setTilesAttr(
          builder.getDenseI64ArrayAttr({tile->queries(), tile->keys}));
    return;
  }
  op.getBody().walk([&](linalg::GenericOp generic) {
    if (!isContraction(generic)) {
      if (generic.getNumReductionLoops())
        tellReason(op, pass, "it has no tile: it is no sum of products");
      return;
    }
    GemmTile tile = tileOf(generic, target);
    op.setTilesAttr(builder.getDenseI64ArrayAttr({tile.rows, tile.columns()}));
  });
}

struct PlanKernels : impl::PlanKernelsBase<PlanKernels> {
  using Base::Base;

  void runOnOperation() override {
    PlanKernelsOptions target{vectorBits, registers, dotsBytes};
    getOperation()->walk([&](kernel::GroupInterface group) {
      llvm::TypeSwitch<Operation *>(group.getOperation())
          .Case<kernel::AttentionOp, kernel::GemmOp, kernel::ConvOp,
                kernel::RowsOp, kernel::MapOp, kernel::MoveOp, kernel::CallOp>(
              [&](auto op) { plan(op, getArgument(), target); });
    });
  }
};

} // namespace
} // namespace niello
