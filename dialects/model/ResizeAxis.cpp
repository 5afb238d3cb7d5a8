// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/ResizeAxis.h"

#include "dialects/model/Interpolate.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

// Where place `o` of the result lies in the input, as ONNX has it.
static Term coordinateOf(Emit &e, ResizeOp op, size_t i, Term o, Term length,
                         Term count) {
  Type real = e.b.getF32Type();
  Term scale = e.wrap(op.getScales()[i]);
  Term x = e.cast(o, real), size = e.cast(length, real);
  Term total = e.cast(count, real);
  Term halfPixel = (x + 0.5) / scale - 0.5;
  switch (op.getCoordinates()) {
  case Coordinates::HalfPixel:
    return halfPixel;
  case Coordinates::HalfPixelSymmetric:
    return size / 2 * (1 - total / (scale * size)) + halfPixel;
  case Coordinates::PytorchHalfPixel:
    return select(count > 1, halfPixel, x.like(0));
  case Coordinates::AlignCorners:
    // The resized length as the scale gives it, before it is rounded down.
    return select(count > 1, x * (size - 1) / (scale * size - 1), x.like(0));
  case Coordinates::Asymmetric:
    return x / scale;
  case Coordinates::TfHalfPixelForNn:
    return (x + 0.5) / scale;
  case Coordinates::TfCropAndResize: {
    Term start = e.wrap(op.getRoi()[i]);
    Term end = e.wrap(op.getRoi()[op.getAxes().size() + i]);
    Term spread = (end - start) * (size - 1) / (total - 1);
    return select(count > 1, start * (size - 1) + x * spread,
                  (start + end) * 0.5 * (size - 1));
  }
  }
  llvm_unreachable("unknown coordinates");
}

static Term nearest(Rounding rounding, Term x) {
  switch (rounding) {
  case Rounding::PreferFloor:
    return ceil(x - 0.5);
  case Rounding::PreferCeil:
    return floor(x + 0.5);
  case Rounding::Floor:
    return floor(x);
  case Rounding::Ceil:
    return ceil(x);
  }
  llvm_unreachable("unknown rounding");
}

// Weights by distance, stretched where antialiasing reduces; made to sum to 1
// where neighbours may be left out or the kernel is stretched.
static void setWeights(Emit &e, ResizeOp op, ResizeAxis &axis, Term count,
                       Term stretch) {
  Type real = e.b.getF32Type();
  double a = op.getCubicA();
  auto weightOf = [&](Term o, Term tap) {
    Term neighbour = e.toIndex(e.at(axis.first, {o})) + tap;
    Term distance = e.cast(neighbour, real) - e.at(axis.coordinates, {o});
    Term weight = weightAt(op.getMode(), distance * stretch, a);
    if (!op.getExcludeOutside())
      return weight;
    Term inside = (neighbour >= 0) & (neighbour < axis.length);
    return select(inside, weight, weight.like(0));
  };
  Value totals;
  if (op.getExcludeOutside() || op.getAntialias())
    totals = e.generate({count}, real, [&](Terms place) {
      return e.loop(
          e.index(0), axis.taps, e.constant(real, 0),
          [&](Term t, Term acc) { return acc + weightOf(place[0], t); });
    });
  axis.weights = e.generate({axis.taps, count}, real, [&](Terms place) {
    Term weight = weightOf(place[1], place[0]);
    return totals ? weight / e.at(totals, {place[1]}) : weight;
  });
}

Terms model::resizeSizes(Emit &e, ResizeOp op) {
  Terms sizes = resultSizes(e, op);
  for (auto [i, size] : llvm::enumerate(sizes))
    if (!llvm::is_contained(op.getAxes(), int64_t(i)))
      e.requireEqual(size, e.dim(op.getInput(), i),
                     "resize needs equal sizes off its axes, but got {0} for "
                     "{1}");
  return sizes;
}

ResizeAxis model::resizeAxis(Emit &e, ResizeOp op, size_t i, Term count) {
  Type real = e.b.getF32Type(), i64 = e.b.getI64Type();
  ResizeAxis axis{op.getAxes()[i], {}, {}, {}, {}, {}};
  axis.length = e.dim(op.getInput(), axis.axis);
  Term scale = e.wrap(op.getScales()[i]);
  e.require(scale > 0, "resize needs a scale above 0 at axis {0}",
            {e.index(axis.axis)});
  e.require((axis.length > 0) | (count == 0),
            "resize needs an element to repeat at axis {0}",
            {e.index(axis.axis)});
  axis.coordinates = e.generate({count}, real, [&](Terms place) {
    return coordinateOf(e, op, i, place[0], axis.length, count);
  });
  auto setFirst = [&](function_ref<Term(Term)> firstOf) {
    axis.first = e.generate({count}, i64, [&](Terms place) {
      Term x = e.at(axis.coordinates, place);
      return e.cast(wholeToIndex(firstOf(x)), i64);
    });
  };
  if (op.getMode() == Interpolation::Nearest) {
    setFirst([&](Term x) { return nearest(op.getRounding(), x); });
    return axis;
  }
  Term one = e.constant(real, 1);
  Term stretch = op.getAntialias() ? minimum(scale, one) : one;
  int64_t radius = radiusOf(op.getMode());
  axis.taps = e.index(2 * radius);
  Term reach = e.constant(real, radius) / stretch;
  if (op.getAntialias())
    axis.taps = wholeToIndex(ceil(reach * 2)) + 1;
  setFirst([&](Term x) { return floor(x - reach) + 1; });
  setWeights(e, op, axis, count, stretch);
  return axis;
}
