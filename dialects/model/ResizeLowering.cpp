// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Interpolate.h"
#include "dialects/model/ResizeAxis.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

// Nearest: one neighbour an axis, copied as it is.
static Term lowerNearest(Emit &e, ResizeOp op, ArrayRef<ResizeAxis> axes,
                         Terms place) {
  for (const ResizeAxis &axis : axes) {
    Term i = e.toIndex(e.at(axis.first, {place[axis.axis]}));
    place[axis.axis] = clampIndex(i, axis.length - 1);
  }
  return e.at(op.getInput(), place);
}

// Linear and cubic: all neighbours, the weights multiplied over the axes.
static Term lowerWeighted(Emit &e, ResizeOp op, ArrayRef<ResizeAxis> axes,
                          Terms place) {
  Type type = elementType(op.getInput()), sum = sumType(type);
  if (!isa<FloatType>(sum))
    sum = e.b.getF32Type();
  Terms taps;
  for (const ResizeAxis &axis : axes)
    taps.push_back(axis.taps);
  Term total = e.nest(taps, e.constant(sum, 0), [&](Terms tap, Term acc) {
    Term weight = e.constant(sum, 1);
    Terms from = place;
    for (auto [axis, t] : llvm::zip(axes, tap)) {
      Term o = place[axis.axis];
      weight = weight * e.cast(e.at(axis.weights, {t, o}), sum);
      from[axis.axis] =
          clampIndex(e.toIndex(e.at(axis.first, {o})) + t, axis.length - 1);
    }
    Term x = e.cast(e.at(op.getInput(), from), sum, op.getIsSigned());
    return acc + weight * x;
  });
  return e.cast(total, type, op.getIsSigned());
}

FailureOr<SmallVector<Value>> ResizeOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type type = elementType(getInput());
  Terms sizes = resizeSizes(e, *this);
  SmallVector<ResizeAxis> axes;
  for (auto [i, axis] : llvm::enumerate(getAxes()))
    axes.push_back(resizeAxis(e, *this, i, sizes[axis]));
  auto lowerElement =
      getMode() == Interpolation::Nearest ? lowerNearest : lowerWeighted;
  bool crops = getCoordinates() == Coordinates::TfCropAndResize;
  Term result = e.generate(sizes, type, [&](Terms place) {
    if (!crops)
      return lowerElement(e, *this, axes, place);
    Term inside = e.boolean(true);
    for (const ResizeAxis &axis : axes) {
      Term x = e.at(axis.coordinates, {place[axis.axis]});
      inside = inside & (x >= 0) & (x <= e.cast(axis.length - 1, x.getType()));
    }
    return e.branch(
        inside, [&] { return lowerElement(e, *this, axes, place); },
        [&] { return e.constant(type, getExtrapolation()); });
  });
  return SmallVector<Value>{result};
}
