// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

namespace {
// One dimension: what negative pads leave of it, and the pads that are added.
struct Side {
  Term skipped, left, before;
};
} // namespace

// a mod b, 0 or more, for b > 0.
static Term wrap(Term a, Term b) { return (a % b + b) % b; }

// The place among what is left that stands at `i`, which may be outside.
static Term sourceOf(Emit &e, PadKind kind, Term i, Term left) {
  Term zero = e.index(0), last = left - 1;
  switch (kind) {
  case PadKind::Constant:
    return i;
  case PadKind::Edge:
    return minimum(maximum(i, zero), last);
  case PadKind::Wrap:
    return wrap(i, left);
  case PadKind::Reflect: {
    Term period = maximum(last * 2, e.index(1));
    Term there = wrap(i, period);
    return minimum(there, select(last == 0, zero, last * 2 - there));
  }
  }
  llvm_unreachable("unknown kind of pad");
}

FailureOr<SmallVector<Value>> PadOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Terms sizes = resultSizes(e, *this);
  SmallVector<Side> sides;
  bool isConstant = getKind() == PadKind::Constant;
  for (auto [size, low, high, whole] :
       llvm::zip(e.dims(getInput()), e.sizes(getMixedLow()),
                 e.sizes(getMixedHigh()), sizes)) {
    Term skipped = maximum(0 - low, e.index(0));
    Term left = size - skipped - maximum(0 - high, e.index(0));
    sides.push_back({skipped, left, maximum(low, e.index(0))});
    if (!isConstant)
      e.require((left > 0) | (whole == 0),
                "pad needs an element to repeat, but {0} of {1} are left",
                {left, size});
  }
  Term result = e.generate(sizes, elementType(getInput()), [&](Terms place) {
    Term inside = e.boolean(true);
    Terms from;
    for (auto [i, side] : llvm::zip(place, sides)) {
      Term source = sourceOf(e, getKind(), i - side.before, side.left);
      inside = inside & (source >= 0) & (source < side.left);
      from.push_back(source + side.skipped);
    }
    if (!isConstant)
      return e.at(getInput(), from);
    return e.branch(
        inside, [&] { return e.at(getInput(), from); },
        [&] { return e.wrap(getValue()); });
  });
  return SmallVector<Value>{result};
}
