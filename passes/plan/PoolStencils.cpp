// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/plan/Stencils.h"

#include "dialects/model/Sizes.h"
#include "dialects/model/Windows.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace niello;
using namespace niello::model;

namespace {

// One spatial dimension of the windows.
struct Side {
  Window window;
  int64_t kernel;
  Term size, begin, end;
};

} // namespace

// Beyond this no product of a place and a stride is certain to fit 32 bits, nor
// a count of taps an f32.
static constexpr int64_t kMostReach = int64_t(1) << 24;

static bool isSmall(const Window &window, int64_t kernel) {
  for (int64_t number :
       {window.stride, window.dilation, kernel, window.begin, window.end})
    if (number >= kMostReach)
      return false;
  return reachOf(kernel, window) < kMostReach;
}

// How many elements the windows along one side have, [count], f32. Padding
// counts where the op says so, up to the padded end.
static Value countsOf(Emit &e, PoolOp op, const Side &side, Term count) {
  return e.generate({count}, e.b.getF32Type(), [&](Terms place) {
    Term start = place[0] * side.window.stride - side.begin;
    Term counted = e.loop(e.index(0), e.index(side.kernel), e.index(0),
                          [&](Term tap, Term counted) {
                            Term at = start + tap * side.window.dilation;
                            Term inside = op.getCountIncludePad()
                                              ? at < side.size + side.end
                                              : (at >= 0) & (at < side.size);
                            return select(inside, counted + 1, counted);
                          });
    return e.cast(counted, e.b.getF32Type());
  });
}

// The pads in front, [2], i32: with a rule they follow from sizes.
static Value beginsOf(Emit &e, ArrayRef<Side> sides) {
  Type i32 = e.b.getI32Type();
  SmallVector<Value> begins;
  for (const Side &side : sides)
    begins.push_back(e.cast(side.begin, i32));
  return tensor::FromElementsOp::create(
      e.b, e.loc, RankedTensorType::get({2}, i32), begins);
}

// pool -> a stencil for its stride of columns, batches and channels as slices
LogicalResult niello::callPool(PoolOp op, PatternRewriter &rewriter) {
  Type type = elementType(op.getInput());
  if (op.getKind() == PoolKind::Lp || op.getIndices())
    return rewriter.notifyMatchFailure(op, "no stencil for norms and places");
  if (rankOf(op.getInput()) != 4)
    return rewriter.notifyMatchFailure(op, "stencils pool two dimensions");
  if (!type.isF32())
    return rewriter.notifyMatchFailure(op, "stencils pool f32 only");
  for (int64_t i : {0, 1})
    if (!isSmall(windowOf(op, i, 2), op.getKernel()[i]))
      return rewriter.notifyMatchFailure(op, "windows beyond 2^24 elements");
  Emit e(rewriter, op.getLoc());
  Terms from = e.dims(op.getInput()), to = resultSizes(e, op);
  SmallVector<Side> sides;
  for (int64_t i : {0, 1}) {
    Side side{windowOf(op, i, 2), op.getKernel()[i], from[i + 2], {}, {}};
    std::tie(side.begin, side.end) =
        padsOf(side.size, e.index(side.kernel), side.window);
    sides.push_back(side);
  }
  auto pair = [&](auto number) {
    return std::array<int32_t, 2>{int32_t(number(sides[0])),
                                  int32_t(number(sides[1]))};
  };
  StencilCall call;
  bool isMax = op.getKind() == PoolKind::Max;
  int64_t stride = sides[1].window.stride;
  call.name = (isMax ? "pool_max_" : "pool_average_") +
              (stride <= 2 ? std::to_string(stride) : "n");
  GroupedView input(e, from, {2, 1, 1}), output(e, to, {2, 1, 1});
  call.slices = {input.group(op.getInput())};
  call.tables = {beginsOf(e, sides)};
  if (!isMax)
    for (int64_t i : {0, 1})
      call.tables.push_back(countsOf(e, op, sides[i], to[i + 2]));
  for (auto values :
       {pair([](const Side &side) { return side.kernel; }),
        pair([](const Side &side) { return side.window.stride; }),
        pair([](const Side &side) { return side.window.dilation; })})
    llvm::append_range(call.parameters, values);
  Value result = output.ungroup(call.emit(e, output.sizes(), type));
  rewriter.replaceOp(op, castTo(e, result, op.getType(0)));
  return success();
}
