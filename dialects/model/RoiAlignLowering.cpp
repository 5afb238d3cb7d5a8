// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Indices.h"
#include "dialects/model/Interpolate.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

namespace {

// A coordinate between two elements of one dimension.
struct Between {
  Term inside; // within one element's width of the input
  Term low, high, lowWeight, highWeight;
};

// One dimension of a region: its first bin's start, and its bins.
struct Side {
  Term start, bin, samples;
};

} // namespace

static Between between(Emit &e, Term x, Term length) {
  Term size = e.cast(length, x.getType()), last = length - 1;
  Term inside = (x >= -1) & (x <= size);
  Term kept = maximum(x, x.like(0));
  // A NaN, which is not inside, must not become a place below 0.
  Term low = clampIndex(wholeToIndex(floor(kept)), last);
  Term high = minimum(low + 1, last);
  Term rest = select(low >= last, x.like(0), kept - e.cast(low, x.getType()));
  return {inside, low, high, 1 - rest, rest};
}

static Side sideOf(Emit &e, RoiAlignOp op, Term region, int64_t column,
                   int64_t bins, Type sum) {
  double offset = op.getHalfPixel() ? 0.5 : 0;
  auto bound = [&](int64_t i) {
    Term x = e.cast(e.at(op.getRois(), {region, e.index(i)}), sum);
    return x * op.getSpatialScale() - offset;
  };
  Term start = bound(column), extent = bound(column + 2) - start;
  if (!op.getHalfPixel())
    extent = maximum(extent, extent.like(1));
  Term bin = extent / double(bins);
  Term samples =
      op.getSamples() > 0 ? e.index(op.getSamples()) : wholeToIndex(ceil(bin));
  return {start, bin, maximum(samples, e.index(0))};
}

// The coordinate of sample s in bin i.
static Term sampleAt(Emit &e, const Side &side, Term i, Term s, Type sum) {
  Term part = (e.cast(s, sum) + 0.5) / e.cast(side.samples, sum);
  return side.start + (e.cast(i, sum) + part) * side.bin;
}

void model::checkSizes(Emit &e, RoiAlignOp op) {
  Term height = e.dim(op.getInput(), 2), width = e.dim(op.getInput(), 3);
  e.requireEqual(e.dim(op.getRois(), 0), e.dim(op.getBatches(), 0),
                 "roi_align needs a batch entry a region, but got {1} for {0}");
  e.requireEqual(e.dim(op.getRois(), 1), e.index(4),
                 "roi_align needs {1} numbers a region, but got {0}");
  e.require((height > 0) & (width > 0),
            "roi_align needs elements, but got {0} by {1}", {height, width});
  requireInRange(e, op.getBatches(), e.dim(op.getInput(), 0));
}

FailureOr<SmallVector<Value>> RoiAlignOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type type = elementType(getInput()), sum = sumType(type);
  Terms input = e.dims(getInput());
  checkSizes(e, *this);
  bool isMax = getKind() == RoiKind::Max;

  Term result = e.generate(resultSizes(e, *this), type, [&](Terms place) {
    Term region = place[0], channel = place[1];
    Term batch = readIndex(e, getBatches(), region, input[0]);
    Side rows = sideOf(e, *this, region, 1, getHeight(), sum);
    Side columns = sideOf(e, *this, region, 0, getWidth(), sum);
    Term start = isMax ? e.lowest(sum) : e.constant(sum, 0);
    Term all =
        e.nest({rows.samples, columns.samples}, start, [&](Terms s, Term acc) {
          Between y =
              between(e, sampleAt(e, rows, place[2], s[0], sum), input[2]);
          Between x =
              between(e, sampleAt(e, columns, place[3], s[1], sum), input[3]);
          auto corner = [&](Term i, Term j, Term weight) {
            Term v = e.at(getInput(), {batch, channel, i, j});
            return select(y.inside & x.inside, e.cast(v, sum) * weight,
                          e.constant(sum, 0));
          };
          for (Term v : {corner(y.low, x.low, y.lowWeight * x.lowWeight),
                         corner(y.low, x.high, y.lowWeight * x.highWeight),
                         corner(y.high, x.low, y.highWeight * x.lowWeight),
                         corner(y.high, x.high, y.highWeight * x.highWeight)})
            acc = isMax ? maximum(acc, v) : acc + v;
          return acc;
        });
    Term count = rows.samples * columns.samples;
    if (isMax)
      return e.cast(select(count > 0, all, all.like(0)), type);
    return e.cast(all / e.cast(maximum(count, e.index(1)), sum), type);
  });
  return SmallVector<Value>{result};
}
