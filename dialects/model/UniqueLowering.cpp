// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Order.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

// -1, 0 or 1: how slice a of the input compares with slice b, by the first
// element that differs.
static Term compare(Emit &e, UniqueOp op, Term a, Term b) {
  Terms slice = e.dims(op.getInput());
  slice[op.getAxis()] = e.index(1);
  return e.nest(slice, e.index(0), [&](Terms place, Term order) {
    Terms other = place;
    place[op.getAxis()] = a;
    other[op.getAxis()] = b;
    Term x = e.at(op.getInput(), place), y = e.at(op.getInput(), other);
    Term here =
        select(isLess(x, y, op.getIsSigned()), e.index(-1),
               select(isLess(y, x, op.getIsSigned()), e.index(1), e.index(0)));
    return select(order == 0, here, order);
  });
}

FailureOr<SmallVector<Value>> UniqueOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type i64 = builder.getI64Type();
  Term length = e.dim(getInput(), getAxis()), zero = e.index(0);
  auto read = [&](Value places, Term i) {
    return e.toIndex(e.at(places, {i}));
  };

  // first[i]: the first slice that equals slice i.
  Term firsts = e.generate({length}, i64, [&](Terms place) {
    Term first = e.loop(zero, place[0], place[0], [&](Term j, Term found) {
      Term isFirst =
          (found == place[0]) & (compare(e, *this, j, place[0]) == 0);
      return select(isFirst, j, found);
    });
    return e.cast(first, i64);
  });
  auto isNew = [&](Term i) { return read(firsts, i) == i; };
  Term count = e.loop(zero, length, zero, [&](Term i, Term counted) {
    return select(isNew(i), counted + 1, counted);
  });
  // The number of a value: how many values come before it.
  Term inverse = e.generate({length}, i64, [&](Terms place) {
    Term first = read(firsts, place[0]);
    Term number = e.loop(zero, length, zero, [&](Term j, Term before) {
      Term isBefore =
          getByAppearance() ? j < first : compare(e, *this, j, first) < 0;
      return select(isNew(j) & isBefore, before + 1, before);
    });
    return e.cast(number, i64);
  });

  Terms start{e.filled({count}, e.constant(i64, 0)),
              e.filled({count}, e.constant(i64, 0))};
  Terms both = e.loop(zero, length, start, [&](Term i, Terms state) {
    Term number = read(inverse, i);
    Term first = e.insert(e.at(firsts, {i}), state[0], {number});
    Term more = e.at(state[1], {number}) + 1;
    return Terms{first, e.insert(more, state[1], {number})};
  });
  Terms sizes = e.dims(getInput());
  sizes[getAxis()] = count;
  Term values = e.generate(sizes, elementType(getInput()), [&](Terms place) {
    place[getAxis()] = read(both[0], place[getAxis()]);
    return e.at(getInput(), place);
  });
  return SmallVector<Value>{values, both[0], inverse, both[1]};
}
