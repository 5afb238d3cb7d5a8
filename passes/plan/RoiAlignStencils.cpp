// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/plan/Stencils.h"

#include "dialects/model/Indices.h"
#include "dialects/model/Interpolate.h"
#include "dialects/model/Sizes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace niello;
using namespace niello::model;

// Squares of it fit 32 bits.
static constexpr int64_t kMostBins = 1 << 15;

// roi_align -> a stencil of its kind, a region a slice
LogicalResult niello::callRoiAlign(RoiAlignOp op, PatternRewriter &rewriter) {
  Type type = elementType(op.getInput());
  if (!type.isF32())
    return rewriter.notifyMatchFailure(op, "stencils align f32 only");
  if (op.getSamples() == 0)
    return rewriter.notifyMatchFailure(op, "as many samples as data says");
  int64_t numbers[] = {op.getHeight(), op.getWidth(), op.getSamples()};
  if (llvm::any_of(numbers, [](int64_t n) { return n > kMostBins; }))
    return rewriter.notifyMatchFailure(op, "more than 2^15 bins or samples");
  Emit e(rewriter, op.getLoc());
  checkSizes(e, op);
  Term entries = e.dim(op.getInput(), 0);
  Value batches =
      e.generate({e.dim(op.getRois(), 0)}, e.b.getI32Type(), [&](Terms place) {
        Term entry = readIndex(e, op.getBatches(), place, entries);
        return e.cast(entry, e.b.getI32Type());
      });
  StencilCall call;
  call.name =
      op.getKind() == RoiKind::Max ? "roi_align_max" : "roi_align_average";
  call.slices = {op.getRois(), batches};
  Terms from = e.dims(op.getInput());
  Type i32 = e.b.getI32Type();
  GroupedView planes(e, from, {1, 1, 2});
  Value sizes = tensor::FromElementsOp::create(
      e.b, e.loc, RankedTensorType::get({2}, i32),
      SmallVector<Value>{e.cast(from[2], i32), e.cast(from[3], i32)});
  call.tables = {sizes, planes.group(op.getInput())};
  for (int64_t number : numbers)
    call.parameters.push_back(number);
  call.parameters.push_back(op.getHalfPixel());
  // The bits of an f32.
  float scale = op.getSpatialScale();
  call.parameters.push_back(llvm::bit_cast<int32_t>(scale));
  Value result = call.emit(e, resultSizes(e, op), type);
  rewriter.replaceOp(op, castTo(e, result, op.getType()));
  return success();
}
