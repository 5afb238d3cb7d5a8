// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace niello;
using namespace niello::model;

namespace {
struct Box {
  Term top, left, bottom, right;
};
} // namespace

static Box boxAt(Emit &e, NmsOp op, Term batch, Term i) {
  auto number = [&](int64_t column) {
    return e.cast(e.at(op.getBoxes(), {batch, i, e.index(column)}),
                  e.b.getF32Type());
  };
  Term a = number(0), b = number(1), c = number(2), d = number(3);
  if (op.getCenters())
    return {b - d / 2, a - c / 2, b + d / 2, a + c / 2};
  return {minimum(a, c), minimum(b, d), maximum(a, c), maximum(b, d)};
}

// Whether the intersection over the union is above the limit.
static Term overlaps(Emit &e, NmsOp op, Box a, Box b) {
  auto area = [](Box box) {
    return (box.bottom - box.top) * (box.right - box.left);
  };
  Term zero = e.constant(e.b.getF32Type(), 0);
  Term height = minimum(a.bottom, b.bottom) - maximum(a.top, b.top);
  Term width = minimum(a.right, b.right) - maximum(a.left, b.left);
  Term common = maximum(height, zero) * maximum(width, zero);
  Term together = area(a) + area(b) - common;
  return (common > 0) & (together > 0) &
         (common / together > e.wrap(op.getOverlap()));
}

// State of one batch entry and class: count, places, and which boxes are left.
static Terms takeBest(Emit &e, NmsOp op, Term batch, Term group, Term boxes,
                      Terms state) {
  Type i64 = e.b.getI64Type(), real = e.b.getF32Type();
  Term none = e.index(-1);
  auto score = [&](Term i) {
    return e.cast(e.at(op.getScores(), {batch, group, i}), real);
  };
  Terms start{none, e.constant(real, 0)};
  Terms best = e.loop(e.index(0), boxes, start, [&](Term i, Terms found) {
    Term x = score(i);
    Term take = e.at(state[2], {i}) & ((found[0] < 0) | (x > found[1]));
    return Terms{select(take, i, found[0]), select(take, x, found[1])};
  });
  return e.branches(
      best[0] >= 0,
      [&] {
        Term places = state[1];
        for (auto [column, number] :
             llvm::enumerate(Terms{batch, group, best[0]}))
          places = e.insert(e.cast(number, i64), places,
                            {state[0], e.index(column)});
        Box taken = boxAt(e, op, batch, best[0]);
        Term left =
            e.loop(e.index(0), boxes, state[2], [&](Term i, Term alive) {
              Term stays = !overlaps(e, op, taken, boxAt(e, op, batch, i)) &
                           (i != best[0]) & e.at(alive, {i});
              return e.insert(stays, alive, {i});
            });
        return Terms{state[0] + 1, places, left};
      },
      [&] { return state; });
}

FailureOr<SmallVector<Value>> NmsOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type i64 = builder.getI64Type(), real = builder.getF32Type();
  Terms sizes = e.dims(getScores());
  Term boxes = sizes[2];
  StringRef sentence = "nms needs sizes that fit, but got {0} and {1}";
  e.requireEqual(e.dim(getBoxes(), 0), sizes[0], sentence);
  e.requireEqual(e.dim(getBoxes(), 1), boxes, sentence);
  e.requireEqual(e.dim(getBoxes(), 2), e.index(4), sentence);
  Term most = maximum(minimum(e.wrap(getMost()), boxes), e.index(0));
  Term bound = sizes[0] * sizes[1] * most;

  Terms start{e.index(0), e.empty({bound, e.index(3)}, i64)};
  Terms end = e.nest({sizes[0], sizes[1]}, start, [&](Terms at, Terms state) {
    Term alive = e.generate({boxes}, builder.getI1Type(), [&](Terms place) {
      Term x = e.cast(e.at(getScores(), {at[0], at[1], place[0]}), real);
      return x > e.wrap(getScore());
    });
    Terms inner =
        e.loop(e.index(0), most, {state[0], state[1], alive},
               [&](Term, Terms carried) {
                 return takeBest(e, *this, at[0], at[1], boxes, carried);
               });
    return Terms{inner[0], inner[1]};
  });
  OpFoldResult zero = builder.getIndexAttr(0), one = builder.getIndexAttr(1);
  return SmallVector<Value>{tensor::ExtractSliceOp::create(
      builder, getLoc(), end[1], ArrayRef<OpFoldResult>{zero, zero},
      ArrayRef<OpFoldResult>{end[0].value, builder.getIndexAttr(3)},
      ArrayRef<OpFoldResult>{one, one})};
}
