// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/plan/Stencils.h"

#include "dialects/model/Interpolate.h"
#include "dialects/model/ResizeAxis.h"
#include "dialects/model/Sizes.h"

using namespace mlir;
using namespace niello;
using namespace niello::model;

static unsigned bitsInMemory(Type type) {
  return llvm::PowerOf2Ceil(std::max(8u, type.getIntOrFloatBitWidth()));
}

namespace {

// Writes one resize out, an axis or the last two at a time. A product of sums
// over the axes instead of one sum over all places.
class Resizer {
public:
  Resizer(Emit &e, ResizeOp op)
      : e(e), op(op), type(elementType(op.getInput())) {
    if (!isNearest())
      type = sumType(type);
    sizes = resizeSizes(e, op);
    for (auto [i, axis] : llvm::enumerate(op.getAxes()))
      axes.push_back(resizeAxis(e, op, i, sizes[axis]));
    llvm::sort(axes, [](const ResizeAxis &a, const ResizeAxis &b) {
      return a.axis < b.axis;
    });
  }

  Value run();

private:
  bool isNearest() { return op.getMode() == Interpolation::Nearest; }
  Value places(const ResizeAxis &axis);
  void addTables(StencilCall &call, const ResizeAxis &axis);
  void addIdentity(StencilCall &call, Term count);
  std::string name(StringRef stem);
  Value runOuter(Value x, const ResizeAxis &axis);
  Value runLast(Value x, const ResizeAxis *rows, const ResizeAxis &columns);
  Value crop(Value x);

  Emit &e;
  ResizeOp op;
  Type type; // of what a stencil sees: f32 for smaller floats with weights
  Terms sizes;
  SmallVector<ResizeAxis> axes;
};

} // namespace

// The places that are read, brought to the edge where they lie beyond it.
Value Resizer::places(const ResizeAxis &axis) {
  Type i32 = e.b.getI32Type();
  auto clamped = [&](Term o, Term tap) {
    Term place = e.toIndex(e.at(axis.first, {o})) + tap;
    return e.cast(clampIndex(place, axis.length - 1), i32);
  };
  Term count = sizes[axis.axis];
  if (isNearest())
    return e.generate({count}, i32,
                      [&](Terms at) { return clamped(at[0], e.index(0)); });
  return e.generate({axis.taps, count}, i32,
                    [&](Terms at) { return clamped(at[1], at[0]); });
}

void Resizer::addTables(StencilCall &call, const ResizeAxis &axis) {
  call.tables.push_back(places(axis));
  if (!isNearest())
    call.tables.push_back(axis.weights);
}

// Of an axis that stays as it is, beside a nearest one.
void Resizer::addIdentity(StencilCall &call, Term count) {
  Type i32 = e.b.getI32Type();
  call.tables.push_back(
      e.generate({count}, i32, [&](Terms at) { return e.cast(at[0], i32); }));
}

// With the number of taps where the mode knows it, or the bits that move.
std::string Resizer::name(StringRef stem) {
  if (isNearest())
    return "resize_nearest_" + std::to_string(bitsInMemory(type));
  if (op.getAntialias())
    return (stem + "_n").str();
  return (stem + "_" + Twine(2 * radiusOf(op.getMode()))).str();
}

// An axis with others below it, which move as one.
Value Resizer::runOuter(Value x, const ResizeAxis &axis) {
  Terms before = e.dims(x), after = before;
  after[axis.axis] = sizes[axis.axis];
  SmallVector<int64_t> groups = {axis.axis, 1, rankOf(x) - axis.axis - 1};
  GroupedView from(e, before, groups), to(e, after, groups);
  StencilCall call{name("resize_outer"), {from.group(x)}, {}};
  call.bits = isNearest();
  addTables(call, axis);
  if (isNearest())
    addIdentity(call, to.sizes()[2]);
  return to.ungroup(call.emit(e, to.sizes(), type));
}

// The innermost axis, and the one before it where that is resized too.
Value Resizer::runLast(Value x, const ResizeAxis *rows,
                       const ResizeAxis &columns) {
  Terms before = e.dims(x), after = before;
  after[columns.axis] = sizes[columns.axis];
  if (rows)
    after[rows->axis] = sizes[rows->axis];
  int64_t rank = rankOf(x);
  SmallVector<int64_t> groups = {std::max<int64_t>(rank - 2, 0), rank > 1, 1};
  GroupedView from(e, before, groups), to(e, after, groups);
  StencilCall call{name(rows ? "resize" : "resize_inner"), {from.group(x)}, {}};
  call.bits = isNearest();
  if (rows)
    addTables(call, *rows);
  else if (isNearest())
    addIdentity(call, to.sizes()[1]);
  addTables(call, columns);
  return to.ungroup(call.emit(e, to.sizes(), type));
}

// What lies outside of the input is the extrapolation value.
Value Resizer::crop(Value x) {
  MLIRContext *context = e.b.getContext();
  int64_t rank = sizes.size();
  AffineMap identity = e.b.getMultiDimIdentityMap(rank);
  SmallVector<Value> inputs = {x};
  SmallVector<AffineMap> maps = {identity};
  for (const ResizeAxis &axis : axes) {
    inputs.push_back(axis.coordinates);
    maps.push_back(
        AffineMap::get(rank, 0, e.b.getAffineDimExpr(axis.axis), context));
  }
  maps.push_back(identity);
  return e.structured(inputs, maps, e.empty(sizes, type), [&](Terms elements) {
    Term inside = e.boolean(true);
    for (auto [i, axis] : llvm::enumerate(axes)) {
      Term at = elements[i + 1];
      inside =
          inside & (at >= 0) & (at <= e.cast(axis.length - 1, at.getType()));
    }
    return select(inside, elements[0], e.constant(type, op.getExtrapolation()));
  });
}

Value Resizer::run() {
  Value x = e.castElements(e.wrap(op.getInput()), type);
  ArrayRef<ResizeAxis> left(axes);
  int64_t last = rankOf(x) - 1;
  while (!left.empty()) {
    bool both =
        left.size() == 2 && left[0].axis == last - 1 && left[1].axis == last;
    if (both || left[0].axis == last) {
      x = runLast(x, both ? &left[0] : nullptr, left.back());
      left = {};
    } else {
      x = runOuter(x, left[0]);
      left = left.drop_front();
    }
  }
  if (op.getCoordinates() == Coordinates::TfCropAndResize)
    x = crop(x);
  return e.castElements(e.wrap(x), elementType(op.getInput()));
}

// resize -> tables, then a stencil for the last two axes and one for each other
LogicalResult niello::callResize(ResizeOp op, PatternRewriter &rewriter) {
  Type type = elementType(op.getInput());
  bool isNearest = op.getMode() == Interpolation::Nearest;
  if (isNearest && (!type.isIntOrFloat() || bitsInMemory(type) > 64))
    return rewriter.notifyMatchFailure(op, "stencils move up to 64 bits");
  // An integer would be cut off from a sum in another order: one less at times.
  if (!isNearest && (!isa<FloatType>(type) || !sumType(type).isF32()))
    return rewriter.notifyMatchFailure(op, "stencils weight in f32 only");
  if (op.getAxes().empty())
    return rewriter.notifyMatchFailure(op, "no axis is resized");
  Emit e(rewriter, op.getLoc());
  Value result = Resizer(e, op).run();
  rewriter.replaceOp(op, castTo(e, result, op.getType()));
  return success();
}
