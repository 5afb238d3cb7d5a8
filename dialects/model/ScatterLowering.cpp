// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Indices.h"
#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

static Term combine(ScatterOp op, Term before, Term update) {
  switch (op.getReduction()) {
  case Reduction::None:
    return update;
  case Reduction::Add:
    return before + update;
  case Reduction::Mul:
    return before * update;
  case Reduction::Min:
    return minimum(before, update, op.getIsSigned());
  case Reduction::Max:
    return maximum(before, update, op.getIsSigned());
  }
  llvm_unreachable("unknown reduction");
}

// Where the update at `place` goes.
static Terms targetOf(Emit &e, ScatterOp op, Terms place) {
  Value data = op.getData(), indices = op.getIndices();
  if (op.getKind() == ScatterKind::Elements) {
    Terms target = place;
    target[op.getAxis()] =
        readIndex(e, indices, place, e.dim(data, op.getAxis()));
    return target;
  }
  int64_t outer = rankOf(indices) - 1;
  ArrayRef<Term> all = place;
  Terms tuple(all.take_front(outer)), target;
  tuple.push_back({});
  for (int64_t i : llvm::seq(staticSize(indices, outer))) {
    tuple.back() = e.index(i);
    target.push_back(readIndex(e, indices, tuple, e.dim(data, i)));
  }
  target.append(all.drop_front(outer).begin(), all.end());
  return target;
}

// Indices are in range, and updates have the sizes that the indices want.
static void check(Emit &e, ScatterOp op) {
  Value data = op.getData(), indices = op.getIndices();
  StringRef sentence = "scatter needs updates of a size {1}, but got {0}";
  Terms updates = e.dims(op.getUpdates()), named;
  if (op.getKind() == ScatterKind::Elements) {
    for (auto [i, size] : llvm::enumerate(updates)) {
      e.requireEqual(size, e.dim(indices, i), sentence);
      Term most = e.dim(data, i);
      if (int64_t(i) != op.getAxis() && !sameSize(size, most))
        e.require(size <= most,
                  "scatter needs updates no larger than data, but got {0} "
                  "and {1}",
                  {size, most});
    }
    return requireInRange(e, indices, e.dim(data, op.getAxis()));
  }
  int64_t outer = rankOf(indices) - 1, count = staticSize(indices, outer);
  for (int64_t i : llvm::seq(count))
    named.push_back(e.dim(data, i));
  for (auto [i, size] : llvm::enumerate(updates))
    e.requireEqual(size,
                   int64_t(i) < outer ? e.dim(indices, i)
                                      : e.dim(data, i - outer + count),
                   sentence);
  if (count > 0)
    requireInRange(e, indices, named);
}

FailureOr<SmallVector<Value>> ScatterOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  check(e, *this);
  Term result = e.nest(
      e.dims(getUpdates()), e.wrap(getData()), [&](Terms place, Term state) {
        Terms target = targetOf(e, *this, place);
        Term update = e.at(getUpdates(), place);
        return e.insert(combine(*this, e.at(state, target), update), state,
                        target);
      });
  return SmallVector<Value>{result};
}
