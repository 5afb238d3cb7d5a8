// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/plan/Stencils.h"

#include "dialects/model/Interpolate.h"
#include "dialects/model/Sizes.h"

using namespace mlir;
using namespace niello;
using namespace niello::model;

// grid_sample -> a stencil of its mode and edges, a batch entry a slice
LogicalResult niello::callGridSample(GridSampleOp op,
                                     PatternRewriter &rewriter) {
  Type type = elementType(op.getInput());
  if (rankOf(op.getInput()) != 4)
    return rewriter.notifyMatchFailure(op, "stencils sample two dimensions");
  if (!type.isF32() || !elementType(op.getGrid()).isF32())
    return rewriter.notifyMatchFailure(op, "stencils sample f32 only");
  Emit e(rewriter, op.getLoc());
  checkSizes(e, op);
  StencilCall call{("grid_sample_" + stringifyInterpolation(op.getMode()) +
                    "_" + stringifyOutside(op.getOutside()))
                       .str(),
                   {op.getInput(), op.getGrid()},
                   {},
                   {op.getAlignCorners()}};
  Value result = call.emit(e, resultSizes(e, op), type);
  rewriter.replaceOp(op, castTo(e, result, op.getType()));
  return success();
}
