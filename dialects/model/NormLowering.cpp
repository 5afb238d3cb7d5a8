// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

namespace {

// The input as the loops see it: `group` has its channels split in two. The
// statistics have one dimension for each of `shared`'s results.
struct View {
  Value input;
  AffineMap identity;
  AffineMap shared;
  bool isSplit = false;
};

// An operand of the last step and the place it is read at.
struct Read {
  Value value;
  AffineMap map;
};

} // namespace

static View viewOf(Emit &e, NormOp op) {
  View view{op.getInput(), {}, {}};
  if (op.getKind() == NormKind::Group) {
    Term channels = e.dim(op.getInput(), 1);
    e.require(channels % op.getGroups() == 0,
              "group norm needs {0} channels to be a multiple of {1}",
              {channels, e.index(op.getGroups())});
    view.input = splitAxis(e, view.input, 1, op.getGroups()); // C -> G, C / G
    view.isSplit = true;
  }
  int64_t rank = rankOf(view.input);
  view.identity = e.b.getMultiDimIdentityMap(rank);
  bool alongAxes =
      op.getKind() == NormKind::Layer || op.getKind() == NormKind::Rms;
  int64_t shared = alongAxes ? op.getAxis() : 2;
  view.shared = AffineMap::get(
      rank, 0, view.identity.getResults().take_front(shared), e.b.getContext());
  return view;
}

// The place of a [C] operand: the channel of the input at the loops' place.
static Read readChannel(Emit &e, const View &view, Value operand) {
  AffineExpr channel = e.b.getAffineDimExpr(1);
  if (view.isSplit)
    channel = channel * staticSize(view.input, 2) + e.b.getAffineDimExpr(2);
  return {operand, AffineMap::get(view.identity.getNumDims(), 0, channel)};
}

// scale or bias. A dynamic C / G cannot be a factor of a map: [C] becomes
// [G, C / G] then.
static Read readAffine(Emit &e, NormOp op, const View &view, Value operand) {
  bool alongAxes =
      op.getKind() == NormKind::Layer || op.getKind() == NormKind::Rms;
  if (alongAxes) {
    Aligned aligned = align(e, operand, e.dims(op.getInput()));
    return {aligned.value, AffineMap::get(view.identity.getNumDims(), 0,
                                          aligned.places, e.b.getContext())};
  }
  e.requireEqual(
      e.dim(operand, 0), e.dim(op.getInput(), 1),
      "norm needs one scale and bias a channel, but got {0} for {1}");
  if (!view.isSplit || staticSize(view.input, 2) != ShapedType::kDynamic)
    return readChannel(e, view, operand);
  Term inGroup = e.dim(view.input, 2);
  Term split =
      e.generate({e.index(op.getGroups()), inGroup}, elementType(operand),
                 [&](Terms place) {
                   return e.at(operand, {place[0] * inGroup + place[1]});
                 });
  return {split, view.identity.getSubMap({1, 2})};
}

// Mean and variance over the reduced dimensions; no mean for rms.
static std::pair<Value, Value> statistics(Emit &e, NormOp op, const View &view,
                                          Type sum) {
  Terms sizes = e.dims(view.input), outer;
  Term count = e.constant(sum, 1);
  for (auto [i, size] : llvm::enumerate(sizes)) {
    if (i < view.shared.getNumResults())
      outer.push_back(size);
    else
      count = count * e.cast(size, sum);
  }
  Term zero = e.filled(outer, e.constant(sum, 0));
  AffineMap each = e.b.getMultiDimIdentityMap(outer.size());
  auto average = [&](Value total) {
    return e.structured(total, {each, each}, e.empty(outer, sum),
                        [&](Terms elements) { return elements[0] / count; });
  };
  if (op.getKind() == NormKind::Rms) {
    Term squares = e.structured(view.input, {view.identity, view.shared}, zero,
                                [&](Terms elements) {
                                  Term x = e.cast(elements[0], sum);
                                  return elements[1] + x * x;
                                });
    return {Value(), average(squares)};
  }
  Term total = e.structured(
      view.input, {view.identity, view.shared}, zero,
      [&](Terms elements) { return elements[1] + e.cast(elements[0], sum); });
  Value mean = average(total);
  Term squares = e.structured(
      {view.input, mean}, {view.identity, view.shared, view.shared}, zero,
      [&](Terms elements) {
        Term difference = e.cast(elements[0], sum) - elements[1];
        return elements[2] + difference * difference;
      });
  return {mean, average(squares)};
}

// The extra results: [outer.., 1..] of the mean (0 for rms) and of
// 1 / sqrt(variance + epsilon).
static void addShared(Emit &e, NormOp op, Value mean, Value variance,
                      SmallVector<Value> &results) {
  Type sum = elementType(variance);
  Terms sizes = e.dims(op.getInput());
  for (auto [i, size] : llvm::enumerate(sizes))
    if (int64_t(i) >= op.getAxis())
      size = e.index(1);
  auto outer = [&](Terms place) {
    place.truncate(op.getAxis());
    return place;
  };
  results.push_back(e.generate(sizes, sum, [&](Terms place) {
    return mean ? e.at(mean, outer(place)) : e.constant(sum, 0);
  }));
  results.push_back(e.generate(sizes, sum, [&](Terms place) {
    return 1 / sqrt(e.at(variance, outer(place)) + op.getEpsilon());
  }));
}

FailureOr<SmallVector<Value>> NormOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type type = elementType(getInput()), sum = sumType(type);
  View view = viewOf(e, *this);
  SmallVector<Read> reads{{view.input, view.identity}};
  Value mean = getMean(), variance = getVariance();
  if (getKind() == NormKind::Batch) {
    reads.push_back(readAffine(e, *this, view, variance));
    reads.push_back(readAffine(e, *this, view, mean));
  } else {
    std::tie(mean, variance) = statistics(e, *this, view, sum);
    reads.push_back({variance, view.shared});
    if (mean)
      reads.push_back({mean, view.shared});
  }
  for (Value affine : {Value(getScale()), Value(getBias())})
    if (affine)
      reads.push_back(readAffine(e, *this, view, affine));

  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (const Read &read : reads) {
    inputs.push_back(read.value);
    maps.push_back(read.map);
  }
  maps.push_back(view.identity);
  Term init = e.empty(e.dims(view.input), type);
  Value result = e.structured(inputs, maps, init, [&](Terms elements) {
    Term *next = elements.begin();
    Term x = e.cast(*next++, sum);
    Term spread = sqrt(e.cast(*next++, sum) + getEpsilon());
    if (mean)
      x = x - e.cast(*next++, sum);
    Term y = x / spread;
    if (getScale())
      y = y * e.cast(*next++, sum);
    if (getBias())
      y = y + e.cast(*next++, sum);
    return e.cast(y, type);
  });
  if (view.isSplit)
    result = mergeAxes(e, result, 1);
  SmallVector<Value> results{result};
  if (getStatistics())
    addShared(e, *this, mean, variance, results);
  return results;
}
