// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

FailureOr<SmallVector<Value>> CumulativeOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type type = elementType(getInput()), sum = sumType(type);
  bool isSum = getKind() == CumulativeKind::Sum;
  Terms sizes = e.dims(getInput()), lines = sizes;
  Term length = sizes[getAxis()];
  lines[getAxis()] = e.index(1);

  Term result =
      e.nest(lines, e.empty(sizes, type), [&](Terms place, Term filled) {
        Terms start{e.constant(sum, isSum ? 0 : 1), filled};
        return e.loop(e.index(0), length, start, [&](Term i, Terms state) {
          place[getAxis()] = getReverse() ? length - 1 - i : i;
          Term x = e.cast(e.at(getInput(), place), sum);
          Term next = isSum ? state[0] + x : state[0] * x;
          Term element = e.cast(getExclusive() ? state[0] : next, type);
          return Terms{next, e.insert(element, state[1], place)};
        })[1];
      });
  return SmallVector<Value>{result};
}
