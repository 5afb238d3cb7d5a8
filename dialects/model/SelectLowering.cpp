// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Order.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

// Whether a comes before b, the greatest (least) first.
static Term isBefore(Extreme end, Term a, Term b, bool isSigned) {
  return end == Extreme::Max ? isLess(b, a, isSigned) : isLess(a, b, isSigned);
}

namespace {
// An element and where it stands on its line.
struct Candidate {
  Term value, place;
};
} // namespace

// Whether a comes before b: the better one, the earlier of equals.
static Term comesFirst(Extreme end, Candidate a, Candidate b, bool isSigned) {
  return isBefore(end, a.value, b.value, isSigned) |
         (!isBefore(end, b.value, a.value, isSigned) & (a.place < b.place));
}

// The j-th result of a line is the first of all that come after the (j-1)-th:
// k passes over the line, no scratch memory.
FailureOr<SmallVector<Value>> TopKOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type type = elementType(getInput());
  Terms lines = e.dims(getInput()), sizes = lines;
  Term length = lines[getAxis()], k = e.wrap(getK());
  sizes[getAxis()] = k;
  lines[getAxis()] = e.index(1);
  e.require((k <= length) & (k >= 0), "topk needs k = {0} of at most {1}",
            {k, length});

  auto selectNext = [&](Terms place, Candidate last) {
    Terms start{e.constant(type, 0), e.index(-1)};
    return e.loop(e.index(0), length, start, [&](Term i, Terms best) {
      Terms from = place;
      from[getAxis()] = i;
      Candidate here{e.at(getInput(), from), i};
      Term isLeft =
          (last.place < 0) | comesFirst(getEnd(), last, here, getIsSigned());
      Term isBetter =
          (best[1] < 0) |
          comesFirst(getEnd(), here, {best[0], best[1]}, getIsSigned());
      Term take = isLeft & isBetter;
      return Terms{select(take, here.value, best[0]), select(take, i, best[1])};
    });
  };
  Type i64 = builder.getI64Type();
  Terms results{e.empty(sizes, type), e.empty(sizes, i64)};
  results = e.nest(lines, results, [&](Terms place, Terms filled) {
    Terms start{filled[0], filled[1], e.constant(type, 0), e.index(-1)};
    Terms end = e.loop(e.index(0), k, start, [&](Term j, Terms state) {
      Terms next = selectNext(place, {state[2], state[3]});
      Terms to = place;
      to[getAxis()] = j;
      return Terms{e.insert(next[0], state[0], to),
                   e.insert(e.cast(next[1], i64), state[1], to), next[0],
                   next[1]};
    });
    return Terms{end[0], end[1]};
  });
  return SmallVector<Value>{results[0], results[1]};
}

FailureOr<SmallVector<Value>> ArgReduceOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type type = elementType(getInput()), i64 = builder.getI64Type();
  Term length = e.dim(getInput(), getAxis());
  Terms sizes = resultSizes(e, *this);
  Term hasPlace = length > 0; // or no result that needs one
  for (Term size : sizes)
    hasPlace = hasPlace | (size < 1);
  e.require(hasPlace, "arg_reduce needs an element, but got a size of {0}",
            {length});
  Term result = e.generate(sizes, i64, [&](Terms place) {
    if (!getKeep())
      place.insert(place.begin() + getAxis(), Term());
    Terms start{e.constant(type, 0), e.index(-1)};
    Terms best = e.loop(e.index(0), length, start, [&](Term i, Terms state) {
      place[getAxis()] = i;
      Term x = e.at(getInput(), place);
      Term take = getSelectLast()
                      ? !isBefore(getEnd(), state[0], x, getIsSigned())
                      : isBefore(getEnd(), x, state[0], getIsSigned());
      take = take | (state[1] < 0);
      return Terms{select(take, x, state[0]), select(take, i, state[1])};
    });
    return e.cast(best[1], i64);
  });
  return SmallVector<Value>{result};
}

// Counts, then fills.
FailureOr<SmallVector<Value>> NonzeroOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type i64 = builder.getI64Type();
  Terms sizes = e.dims(getInput());
  Term count = e.nest(sizes, e.index(0), [&](Terms place, Term counted) {
    return select(e.at(getInput(), place) != 0, counted + 1, counted);
  });
  Terms start{e.index(0), e.empty({e.index(sizes.size()), count}, i64)};
  Terms end = e.nest(sizes, start, [&](Terms place, Terms state) {
    return e.branches(
        e.at(getInput(), place) != 0,
        [&] {
          Term filled = state[1];
          for (auto [axis, i] : llvm::enumerate(place))
            filled =
                e.insert(e.cast(i, i64), filled, {e.index(axis), state[0]});
          return Terms{state[0] + 1, filled};
        },
        [&] { return state; });
  });
  return SmallVector<Value>{end[1]};
}
