// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Windows.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace niello;
using namespace niello::model;

// An element less its zero point in the type of sums.
static Term shifted(Emit &e, Value operand, Value zero, Terms place, Type sum,
                    bool isSigned) {
  Term x = e.cast(e.at(operand, place), sum, isSigned);
  if (!zero)
    return x;
  Terms at;
  int64_t shift = rankOf(operand) - rankOf(zero);
  for (int64_t i : llvm::seq(rankOf(zero)))
    at.push_back(
        staticSize(zero, i) == 1
            ? e.index(0)
            : select(e.dim(zero, i) == 1, e.index(0), place[i + shift]));
  return x - e.cast(e.at(zero, at), sum, isSigned);
}

static void requireZeroFits(Emit &e, Value zero, Value operand) {
  if (!zero)
    return;
  int64_t shift = rankOf(operand) - rankOf(zero);
  for (int64_t i : llvm::seq(rankOf(zero))) {
    Term have = e.dim(zero, i), want = e.dim(operand, i + shift);
    if (constantOf(have) != 1 && !sameSize(have, want))
      e.require((have == 1) | (have == want),
                "a size of {0} does not broadcast to {1}", {have, want});
  }
}

// An operand less its zero point in the type of sums.
static Value inSums(Emit &e, Value operand, Value zero, Type sum,
                    bool isSigned) {
  if (!zero)
    return e.castElements(e.wrap(operand), sum, isSigned);
  return e.generate(e.dims(operand), sum, [&](Terms place) {
    return shifted(e, operand, zero, place, sum, isSigned);
  });
}

// The input in the type of sums with zeros around it.
static Value padded(Emit &e, ConvOp op, Type sum) {
  Value input =
      inSums(e, op.getInput(), op.getInputZero(), sum, op.getSignedInput());
  int64_t rank = rankOf(input);
  Terms whole = e.dims(input);
  SmallVector<OpFoldResult> offsets(2, e.b.getIndexAttr(0));
  bool isPadded = false;
  for (int64_t i : llvm::seq<int64_t>(2, rank)) {
    auto [begin, end] = padsOf(whole[i], e.dim(op.getWeight(), i),
                               windowOf(op, i - 2, rank - 2));
    isPadded |= constantOf(begin) != 0 || constantOf(end) != 0;
    offsets.push_back(getAsOpFoldResult(begin.value));
    whole[i] = whole[i] + begin + end;
  }
  if (!isPadded)
    return input;
  Term zeros = e.filled(whole, e.constant(sum, 0));
  if (llvm::is_contained(tensorType(input).getShape(), 0))
    return zeros; // insert_slice takes no offset within nothing
  SmallVector<OpFoldResult> strides(rank, e.b.getIndexAttr(1));
  return tensor::InsertSliceOp::create(e.b, e.loc, input, zeros, offsets,
                                       tensor::getMixedSizes(e.b, e.loc, input),
                                       strides);
}

void model::requireBiasFits(Emit &e, Value bias, Term outputs) {
  if (bias)
    e.requireEqual(e.dim(bias, 0), outputs,
                   "conv needs one bias an output, but got {0} for {1}");
}

// The bias, or 0, at every place of [B, M, ...].
static Term startOf(Emit &e, Value bias, ArrayRef<Term> sizes, Type sum) {
  if (!bias)
    return e.filled(sizes, e.constant(sum, 0));
  requireBiasFits(e, bias, sizes[1]);
  int64_t rank = sizes.size();
  return e.structured(bias,
                      {AffineMap::get(rank, 0, e.b.getAffineDimExpr(1)),
                       e.b.getMultiDimIdentityMap(rank)},
                      e.empty(sizes, sum),
                      [&](Terms elements) { return e.cast(elements[0], sum); });
}

// Loops: b, (g), m, o.., c, k.. . With one group `g` is not there.
FailureOr<SmallVector<Value>> ConvOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type type = elementType(getResult()), sum = sumType(type);
  int64_t spatial = rankOf(getInput()) - 2, groups = getGroups();
  e.requireEqual(e.dim(getInput(), 1), e.dim(getWeight(), 1) * groups,
                 "conv needs the weight's channels, but got {0} for {1}");
  requireZeroFits(e, getInputZero(), getInput());
  requireZeroFits(e, getWeightZero(), getWeight());
  Terms sizes = resultSizes(e, *this);
  Value input = padded(e, *this, sum);
  Value weight =
      inSums(e, getWeight(), getWeightZero(), sum, getSignedWeight());
  Value start = startOf(e, getBias(), sizes, sum);
  bool grouped = groups != 1;
  if (grouped) {
    e.require(sizes[1] % groups == 0,
              "conv needs {0} outputs to be a multiple of {1} groups",
              {sizes[1], e.index(groups)});
    input = splitAxis(e, input, 1, groups);
    weight = splitAxis(e, weight, 0, groups);
    start = splitAxis(e, start, 1, groups);
  }

  int64_t loops = 3 + grouped + 2 * spatial;
  auto loop = [&](int64_t i) { return builder.getAffineDimExpr(i); };
  int64_t m = 1 + grouped, c = m + 1 + spatial;
  SmallVector<AffineExpr> readInput{loop(0)}, readWeight, write{loop(0)};
  if (grouped)
    for (auto *places : {&readInput, &readWeight, &write})
      places->push_back(loop(1));
  readInput.push_back(loop(c));
  readWeight.append({loop(m), loop(c)});
  write.push_back(loop(m));
  for (int64_t i : llvm::seq(spatial)) {
    Window window = windowOf(*this, i, spatial);
    AffineExpr o = loop(m + 1 + i), k = loop(c + 1 + i);
    readInput.push_back(o * window.stride + k * window.dilation);
    readWeight.push_back(k);
    write.push_back(o);
  }
  auto map = [&](ArrayRef<AffineExpr> places) {
    return AffineMap::get(loops, 0, places, getContext());
  };
  Value result = e.structured(
      {input, weight}, {map(readInput), map(readWeight), map(write)},
      e.wrap(start),
      [&](Terms elements) { return elements[2] + elements[0] * elements[1]; });
  if (grouped)
    result = mergeAxes(e, result, 1);
  return SmallVector<Value>{e.castElements(e.wrap(result), type)};
}

Term model::beginPad(Emit &e, ConvTransposeOp op, int64_t i, Term result) {
  int64_t spatial = rankOf(op.getInput()) - 2;
  Window window = windowOf(op, i, spatial);
  if (op.getOutputShape().empty() && window.rule == PadRule::Explicit)
    return e.index(window.begin);
  Term reach = reachOf(e.dim(op.getWeight(), i + 2), window);
  Term total = (e.dim(op.getInput(), i + 2) - 1) * window.stride + reach +
               orElse(op.getOutputPadding(), i, 0) - result;
  total = maximum(total, e.index(0));
  return window.rule == PadRule::SameUpper ? total / 2 : total - total / 2;
}

// At each place of the result, the taps k whose input t = (o + p - k d) / s is
// whole and inside.
FailureOr<SmallVector<Value>> ConvTransposeOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type type = elementType(getResult()), sum = sumType(type);
  int64_t spatial = rankOf(getInput()) - 2;
  Terms sizes = resultSizes(e, *this), input = e.dims(getInput());
  Terms kernel = e.dims(getWeight()), begins;
  e.requireEqual(input[1], kernel[0],
                 "conv_transpose needs the weight's channels, but got {0} for "
                 "{1}");
  requireBiasFits(e, getBias(), sizes[1]);
  for (int64_t i : llvm::seq(spatial))
    begins.push_back(beginPad(e, *this, i, sizes[i + 2]));
  Term channels = input[1] / getGroups(), outputs = kernel[1];
  ArrayRef<Term> taps = ArrayRef<Term>(kernel).drop_front(2);

  Term result = e.generate(sizes, type, [&](Terms place) {
    Term firstChannel = place[1] / outputs * channels;
    Term output = place[1] % outputs;
    Term start = getBias() ? e.cast(e.at(getBias(), {place[1]}), sum)
                           : e.constant(sum, 0);
    Term total = e.nest(taps, start, [&](Terms tap, Term acc) {
      Terms from{place[0], Term()}, with{Term(), output};
      Term inside = e.boolean(true);
      for (int64_t i : llvm::seq(spatial)) {
        Window window = windowOf(*this, i, spatial);
        Term t = place[i + 2] + begins[i] - tap[i] * window.dilation;
        from.push_back(t / window.stride);
        with.push_back(tap[i]);
        inside = inside & (t >= 0) & (t % window.stride == 0) &
                 (from.back() < input[i + 2]);
      }
      return e.branch(
          inside,
          [&] {
            return e.loop(e.index(0), channels, acc, [&](Term c, Term inner) {
              from[1] = with[0] = firstChannel + c;
              return inner + e.cast(e.at(getInput(), from), sum) *
                                 e.cast(e.at(getWeight(), with), sum);
            });
          },
          [&] { return acc; });
    });
    return e.cast(total, type);
  });
  return SmallVector<Value>{result};
}
