// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Indices.h"
#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

// result[a.., i.., c..] = data[a.., indices[i..], c..]
static Terms placeOnAxis(Emit &e, GatherOp op, Terms place) {
  int64_t axis = op.getAxis(), many = rankOf(op.getIndices());
  ArrayRef<Term> all = place;
  Terms source(all.take_front(axis));
  source.push_back(readIndex(e, op.getIndices(), all.slice(axis, many),
                             e.dim(op.getData(), axis)));
  source.append(all.drop_front(axis + many).begin(), all.end());
  return source;
}

// result[b.., i.., c..] = data[b.., indices[b.., i.., :].., c..]
static Terms placeByTuple(Emit &e, GatherOp op, Terms place) {
  int64_t batch = op.getBatchDims(), outer = rankOf(op.getIndices()) - 1;
  int64_t named = staticSize(op.getIndices(), outer);
  ArrayRef<Term> all = place;
  Terms source(all.take_front(batch)), tuple(all.take_front(outer));
  tuple.push_back({});
  for (int64_t i : llvm::seq(named)) {
    tuple.back() = e.index(i);
    source.push_back(
        readIndex(e, op.getIndices(), tuple, e.dim(op.getData(), batch + i)));
  }
  source.append(all.drop_front(outer).begin(), all.end());
  return source;
}

// result[.., i, ..] = data[.., indices[.., i, ..], ..]
static Terms placeOfElement(Emit &e, GatherOp op, Terms place) {
  Terms source = place;
  source[op.getAxis()] =
      readIndex(e, op.getIndices(), place, e.dim(op.getData(), op.getAxis()));
  return source;
}

static void check(Emit &e, GatherOp op) {
  Value data = op.getData(), indices = op.getIndices();
  Terms sizes;
  if (op.getKind() != GatherKind::Nd) {
    sizes.push_back(e.dim(data, op.getAxis()));
  } else {
    for (int64_t i : llvm::seq(staticSize(indices, rankOf(indices) - 1)))
      sizes.push_back(e.dim(data, op.getBatchDims() + i));
    for (int64_t i : llvm::seq(op.getBatchDims()))
      e.requireEqual(e.dim(data, i), e.dim(indices, i),
                     "gather needs equal batch sizes, but got {0} and {1}");
  }
  if (op.getKind() == GatherKind::Elements)
    for (int64_t i : llvm::seq(rankOf(data)))
      if (Term have = e.dim(data, i), want = e.dim(indices, i);
          i != op.getAxis() && !sameSize(have, want))
        e.require(want <= have,
                  "gather needs indices no larger than data, but got {0} "
                  "and {1}",
                  {want, have});
  requireInRange(e, indices, sizes);
}

FailureOr<SmallVector<Value>> GatherOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  check(e, *this);
  auto placeOf = getKind() == GatherKind::Axis ? placeOnAxis
                 : getKind() == GatherKind::Nd ? placeByTuple
                                               : placeOfElement;
  Terms sizes = resultSizes(e, *this);
  return SmallVector<Value>{
      e.generate(sizes, elementType(getData()), [&](Terms place) {
        return e.at(getData(), placeOf(e, *this, place));
      })};
}
