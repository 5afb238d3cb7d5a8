// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Interpolate.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

namespace {
// The reals that lie within one spatial dimension.
struct Extent {
  Term low, high, length;
};
} // namespace

static Term roundToEven(Term x) {
  Term below = floor(x), rest = x - below;
  Term isOdd = floor(below / 2) * 2 != below;
  Term up = (rest > 0.5) | ((rest == 0.5) & isOdd);
  return select(up, below + 1, below);
}

// Folds x into the range like a ray between two mirrors.
static Term reflect(Term x, const Extent &range) {
  Term width = range.high - range.low;
  Term safe = select(width > 0, width, width.like(1));
  auto fold = [&](Term beyond, Term near, Term away) {
    Term turns = floor(beyond / safe), rest = beyond - turns * safe;
    Term isEven = floor(turns / 2) * 2 == turns;
    // Counted from the edge that was passed.
    return select(isEven, near + (away - near) * rest / safe,
                  away + (near - away) * rest / safe);
  };
  Term inside = select(
      x < range.low, fold(range.low - x, range.low, range.high),
      select(x > range.high, fold(x - range.high, range.high, range.low), x));
  return select(width > 0, inside, range.low);
}

// The grid's coordinate for spatial dimension i, as a real place.
static Term coordinateOf(GridSampleOp op, Term x, const Extent &range) {
  Term size = x.emit->cast(range.length, x.getType());
  Term place = op.getAlignCorners() ? (x + 1) / 2 * (size - 1)
                                    : ((x + 1) * size - 1) / 2;
  if (op.getMode() == Interpolation::Nearest)
    place = roundToEven(place);
  Term isOutside = (place < range.low) | (place > range.high);
  if (op.getOutside() == Outside::Border)
    return select(isOutside, minimum(maximum(place, place.like(0)), size - 1),
                  place);
  if (op.getOutside() == Outside::Reflection)
    return select(isOutside, reflect(place, range), place);
  return place;
}

// The element at whole places, or what stands outside.
static Term elementAt(Emit &e, GridSampleOp op, Terms place,
                      ArrayRef<Extent> ranges, Type sum) {
  Term inside = e.boolean(true);
  for (auto [i, range] : llvm::enumerate(ranges)) {
    Term &at = place[i + 2];
    if (op.getOutside() == Outside::Reflection)
      at = wholeToIndex(reflect(e.cast(at, sum), range));
    if (op.getOutside() != Outside::Zeros)
      at = clampIndex(at, range.length - 1);
    inside = inside & (at >= 0) & (at < range.length);
  }
  return e.branch(
      inside, [&] { return e.cast(e.at(op.getInput(), place), sum); },
      [&] { return e.constant(sum, 0); });
}

void model::checkSizes(Emit &e, GridSampleOp op) {
  e.requireEqual(e.dim(op.getInput(), 0), e.dim(op.getGrid(), 0),
                 "grid_sample needs one batch size, but got {0} and {1}");
  for (int64_t i : llvm::seq<int64_t>(2, rankOf(op.getInput()))) {
    Term length = e.dim(op.getInput(), i);
    e.require(length > 0, "grid_sample needs an element, but got a size of {0}",
              {length});
  }
}

FailureOr<SmallVector<Value>> GridSampleOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type type = elementType(getInput()), sum = sumType(type);
  int64_t spatial = rankOf(getInput()) - 2;
  Terms input = e.dims(getInput());
  checkSizes(e, *this);
  SmallVector<Extent> ranges;
  for (int64_t i : llvm::seq(spatial)) {
    Term length = input[i + 2], size = e.cast(length, sum);
    bool corners = getAlignCorners();
    ranges.push_back({e.constant(sum, corners ? 0 : -0.5),
                      size - (corners ? 1 : 0.5), length});
  }
  bool isNearest = getMode() == Interpolation::Nearest;
  int64_t radius = radiusOf(getMode());
  Terms taps(spatial, e.index(isNearest ? 1 : 2 * radius));

  Term result = e.generate(resultSizes(e, *this), type, [&](Terms place) {
    Terms read{place[0]}, real;
    read.append(place.begin() + 2, place.end());
    read.push_back({});
    for (int64_t i : llvm::seq(spatial)) {
      read.back() = e.index(spatial - 1 - i);
      Term x = e.cast(e.at(getGrid(), read), sum);
      real.push_back(coordinateOf(*this, x, ranges[i]));
    }
    Term zero = e.constant(sum, 0);
    Term total = e.nest(taps, zero, [&](Terms tap, Term acc) {
      Terms from{place[0], place[1]};
      Term weight = e.constant(sum, 1);
      for (auto [x, t] : llvm::zip(real, tap)) {
        if (isNearest) {
          from.push_back(wholeToIndex(x));
          continue;
        }
        Term at = floor(x) - (radius - 1) + e.cast(t, sum);
        from.push_back(wholeToIndex(at));
        weight = weight * weightAt(getMode(), x - at, -0.75);
      }
      return acc + weight * elementAt(e, *this, from, ranges, sum);
    });
    return e.cast(total, type);
  });
  return SmallVector<Value>{result};
}
