// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes the assertions of test IR out as loops over model.require.

#include "passes/lower/Passes.h"

#include "dialects/check/Check.h"
#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace niello {
#define GEN_PASS_DEF_LOWERCHECK
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;
using namespace niello::model;

// The sizes agree at run time; returns them.
static Terms requireSameSizes(Emit &e, Value actual, Value expected) {
  Terms sizes = e.dims(actual);
  for (auto [i, size] : llvm::enumerate(sizes))
    e.requireEqual(size, e.dim(expected, i),
                   "check needs equal sizes, but got {0} for {1}");
  return sizes;
}

// The number of a place, row major: what a failed check reports.
static Term numberOf(Emit &e, ArrayRef<Term> sizes, ArrayRef<Term> place) {
  Term number = e.index(0);
  for (auto [size, i] : llvm::zip(sizes, place))
    number = number * size + i;
  return number;
}

// |a - b| <= absolute + relative |b|, or both NaN, or the same infinity.
static void lowerClose(check::CloseOp op, OpBuilder &builder) {
  Emit e(builder, op.getLoc());
  Type wide = builder.getF64Type();
  Terms sizes = requireSameSizes(e, op.getActual(), op.getExpected());
  e.forEach(sizes, [&](Terms place) {
    Term a = e.cast(e.at(op.getActual(), place), wide);
    Term b = e.cast(e.at(op.getExpected(), place), wide);
    Term bound = abs(b) * op.getRelative() + op.getAbsolute();
    Term bothNan = (a != a) & (b != b);
    e.require((abs(a - b) <= bound) | (a == b) | bothNan,
              "check.close failed at element {0}", {numberOf(e, sizes, place)});
  });
}

// a == b, NaN equal to NaN
static void lowerEqual(check::EqualOp op, OpBuilder &builder) {
  Emit e(builder, op.getLoc());
  Terms sizes = requireSameSizes(e, op.getActual(), op.getExpected());
  e.forEach(sizes, [&](Terms place) {
    Term a = e.at(op.getActual(), place), b = e.at(op.getExpected(), place);
    Term equal = a == b;
    if (a.isFloat())
      equal = equal | ((a != a) & (b != b));
    e.require(equal, "check.equal failed at element {0}",
              {numberOf(e, sizes, place)});
  });
}

static void lowerShape(check::ShapeOp op, OpBuilder &builder) {
  Emit e(builder, op.getLoc());
  for (auto [i, size] : llvm::enumerate(op.getSizes()))
    e.requireEqual(e.dim(op.getActual(), i), e.index(size),
                   "check.shape found a size of {0}, not {1}");
}

namespace {
struct LowerCheck : niello::impl::LowerCheckBase<LowerCheck> {
  void runOnOperation() override {
    getOperation()->walk([](Operation *op) {
      OpBuilder builder(op);
      if (auto close = dyn_cast<check::CloseOp>(op))
        lowerClose(close, builder);
      else if (auto equal = dyn_cast<check::EqualOp>(op))
        lowerEqual(equal, builder);
      else if (auto shape = dyn_cast<check::ShapeOp>(op))
        lowerShape(shape, builder);
      else
        return;
      op->erase();
    });
  }
};
} // namespace
