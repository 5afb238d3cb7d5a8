// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes on each kernel what it costs and into which tiles it is cut.

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "passes/fuse/Generic.h"
#include "passes/plan/GemmTile.h"
#include "passes/plan/Passes.h"

using namespace mlir;

namespace niello {
#define GEN_PASS_DEF_PLANKERNELS
#include "passes/plan/Passes.h.inc"

namespace {

// A sum of products of sizes: the constant part, and the parts that depend on
// sizes of run time, by the number of such sizes.
struct Cost {
  std::map<unsigned, int64_t> terms;

  void add(int64_t factor, ArrayRef<int64_t> sizes) {
    unsigned dynamic = 0;
    for (int64_t size : sizes) {
      if (ShapedType::isDynamic(size))
        ++dynamic;
      else
        factor *= size;
    }
    if (factor)
      terms[dynamic] += factor;
  }

  // 12, or 12*? + 3*?*?
  std::string text() const {
    std::string text;
    for (auto [dynamic, factor] : terms) {
      text += (text.empty() ? "" : " + ") + std::to_string(factor);
      for (unsigned i = 0; i < dynamic; ++i)
        text += "*?";
    }
    return text.empty() ? "0" : text;
  }
};

Cost countFlops(Region &body) {
  Cost cost;
  body.walk([&](linalg::GenericOp op) {
    auto sizes =
        cast<linalg::LinalgOp>(op.getOperation()).getStaticLoopRanges();
    cost.add(workPerElement(op), sizes);
  });
  return cost;
}

Cost countBytes(kernel::GroupInterface group) {
  Cost cost;
  for (Value operand : group->getOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.getType());
    if (!type || !type.getElementType().isIntOrFloat())
      continue;
    unsigned bits = type.getElementTypeBitWidth();
    cost.add(llvm::divideCeil(bits, 8), type.getShape());
  }
  return cost;
}

// The contraction's result decides the tile: its last dimensions that only one
// input knows are the columns (Contraction.h has the exact rule).
GemmTile tileOf(linalg::GenericOp op, int64_t vectorBits, int64_t registers) {
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
  return chooseGemmTile(sizes[!last], sizes[last],
                        vectorBits / std::max(bits, 32u), registers);
}

template <typename OpTy> void plan(OpTy op, int64_t vectorBits, int64_t count) {
  OpBuilder builder(op);
  op.setFlopsAttr(builder.getStringAttr(countFlops(op.getBody()).text()));
  op.setBytesAttr(builder.getStringAttr(countBytes(op).text()));
  if (op.getTiles())
    return;
  op.getBody().walk([&](linalg::GenericOp generic) {
    if (!isContraction(generic))
      return;
    GemmTile tile = tileOf(generic, vectorBits, count);
    op.setTilesAttr(builder.getDenseI64ArrayAttr({tile.rows, tile.columns()}));
  });
}

struct PlanKernels : impl::PlanKernelsBase<PlanKernels> {
  using Base::Base;

  void runOnOperation() override {
    getOperation()->walk([&](kernel::GroupInterface group) {
      llvm::TypeSwitch<Operation *>(group.getOperation())
          .Case<kernel::GemmOp, kernel::ConvOp, kernel::RowsOp, kernel::MapOp,
                kernel::MoveOp, kernel::CallOp>(
              [&](auto op) { plan(op, vectorBits, registers); });
    });
  }
};

} // namespace
} // namespace niello
