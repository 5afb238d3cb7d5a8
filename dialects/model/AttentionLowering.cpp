// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// B batch, H heads, G key heads, T query length, S key length, D head width,
// E value width.

#include "dialects/model/Attention.h"
#include "dialects/model/Sizes.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace niello;
using namespace niello::model;

// A number for the batch entry: of a scalar, or of [B].
static Term numberFor(Emit &e, Value numbers, Term batch) {
  if (rankOf(numbers) == 0)
    return e.toIndex(e.at(numbers, {}));
  return e.toIndex(e.at(numbers, {batch}));
}

Term model::seesKey(Emit &e, AttentionOp op, Term t, Term s, Term offset,
                    Term length) {
  Term yes = e.boolean(true), position = offset ? t + offset : t;
  if (op.getCausal())
    yes = yes & (s <= position);
  if (op.getLeft() >= 0)
    yes = yes & (s >= position - op.getLeft());
  if (op.getRight() >= 0)
    yes = yes & (s <= position + op.getRight());
  if (length)
    yes = yes & (s < length);
  return yes;
}

Term model::hiddenScore(Emit &e, AttentionOp op, Type type) {
  if (std::optional<double> score = op.getHidden())
    return e.constant(type, *score);
  return e.lowest(type);
}

void model::requireFits(Emit &e, AttentionOp op) {
  Terms query = e.dims(op.getQuery()), key = e.dims(op.getKey());
  Terms value = e.dims(op.getValue());
  StringRef sentence = "attention needs equal sizes, but got {0} and {1}";
  for (auto [a, b] : {std::pair(query[0], key[0]),
                      {query[3], key[3]},
                      {key[0], value[0]},
                      {key[1], value[1]},
                      {key[2], value[2]}})
    e.requireEqual(a, b, sentence);
  for (Value numbers : {Value(op.getOffset()), Value(op.getLengths())})
    if (numbers && rankOf(numbers) == 1)
      e.requireEqual(e.dim(numbers, 0), query[0], sentence);
  e.require((key[1] > 0) & (query[1] % maximum(key[1], e.index(1)) == 0),
            "attention needs query heads {0} to be a multiple of key heads "
            "{1}",
            {query[1], key[1]});
  if (op.getSinks())
    e.requireEqual(e.dim(op.getSinks(), 0), query[1], sentence);
}

// [B,H,T,S]: softcap(scale * q k) + mask, -infinity where nothing is seen.
static Term scores(Emit &e, AttentionOp op, ArrayRef<Term> sizes, Term perKey,
                   Type sum) {
  Term width = e.dim(op.getQuery(), 3), zero = e.constant(sum, 0);
  std::optional<Aligned> mask;
  if (op.getMask())
    mask = align(e, op.getMask(), sizes);
  auto readMask = [&](ArrayRef<Term> place) {
    Terms at;
    for (AffineExpr expr : mask->places) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      at.push_back(dim ? place[dim.getPosition()] : e.index(0));
    }
    return e.at(mask->value, at);
  };
  return e.generate(sizes, sum, [&](Terms at) {
    Term score = e.loop(e.index(0), width, zero, [&](Term d, Term acc) {
      Term q = e.at(op.getQuery(), {at[0], at[1], at[2], d});
      Term k = e.at(op.getKey(), {at[0], at[1] / perKey, at[3], d});
      return acc + e.cast(q, sum) * e.cast(k, sum);
    });
    score = score * op.getScale();
    if (double cap = op.getSoftcap(); cap > 0)
      score = e.wrap(math::TanhOp::create(e.b, e.loc, score / cap)) * cap;
    Term offset, length;
    if (op.getOffset())
      offset = numberFor(e, op.getOffset(), at[0]);
    if (op.getLengths())
      length = numberFor(e, op.getLengths(), at[0]);
    Term visible = seesKey(e, op, at[2], at[3], offset, length);
    if (mask) {
      Term element = readMask(at);
      if (element.isFloat())
        score = score + e.cast(element, sum);
      else
        visible = visible & element;
    }
    return select(visible, score, hiddenScore(e, op, sum));
  });
}

FailureOr<SmallVector<Value>> AttentionOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type type = elementType(getQuery()), sum = sumType(type);
  requireFits(e, *this);
  Terms query = e.dims(getQuery()), key = e.dims(getKey());
  Term perKey = maximum(query[1] / key[1], e.index(1));
  Terms rows{query[0], query[1], query[2]};
  Term length = key[2], zero = e.index(0);
  Term score =
      scores(e, *this, {rows[0], rows[1], rows[2], length}, perKey, sum);

  auto sink = [&](Terms row) {
    return e.cast(e.at(getSinks(), {row[1]}), sum);
  };
  // Rows of [B,H,T]: the greatest score, and the sum of exponentials.
  Term greatest = e.generate(rows, sum, [&](Terms at) {
    Term least = getSinks() ? sink(at) : e.lowest(sum);
    at.push_back({});
    return e.loop(zero, length, least, [&](Term s, Term best) {
      at[3] = s;
      return maximum(best, e.at(score, at));
    });
  });
  // Nothing is seen: -infinity everywhere, which must not meet itself.
  auto safeGreatest = [&](Terms row) {
    Term top = e.at(greatest, row);
    if (getHidden())
      return top;
    return select(top == e.lowest(sum), e.constant(sum, 0), top);
  };
  auto weight = [&](Terms row, Term s) {
    Term top = safeGreatest(row);
    row.push_back(s);
    return exp(e.at(score, row) - top);
  };
  Term weights =
      e.generate({rows[0], rows[1], rows[2], length}, sum, [&](Terms at) {
        Term s = at.pop_back_val();
        return weight(at, s);
      });
  Term total = e.generate(rows, sum, [&](Terms at) {
    Term start =
        getSinks() ? exp(sink(at) - safeGreatest(at)) : e.constant(sum, 0);
    at.push_back({});
    return e.loop(zero, length, start, [&](Term s, Term acc) {
      at[3] = s;
      return acc + e.at(weights, at);
    });
  });
  Term result = e.generate(resultSizes(e, *this), type, [&](Terms at) {
    Term mixed =
        e.loop(zero, length, e.constant(sum, 0), [&](Term s, Term acc) {
          Term v = e.at(getValue(), {at[0], at[1] / perKey, s, at[3]});
          Term w = e.at(weights, {at[0], at[1], at[2], s});
          return acc + w * e.cast(v, sum);
        });
    Term divisor = e.at(total, {at[0], at[1], at[2]});
    divisor = select(divisor == 0, divisor.like(1), divisor);
    return e.cast(mixed / divisor, type);
  });
  return SmallVector<Value>{result};
}

FailureOr<SmallVector<Value>> RopeOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type type = elementType(getInput()), sum = sumType(type);
  Terms sizes = e.dims(getInput()), half = sizes;
  int64_t pairs = getCos().getType().getShape().back();
  half.back() = e.index(pairs);
  e.require(sizes.back() >= 2 * pairs,
            "rope needs rows of {1} or more, but got {0}",
            {sizes.back(), e.index(2 * pairs)});
  Aligned cos = align(e, getCos(), half), sin = align(e, getSin(), half);
  auto read = [&](const Aligned &table, Terms place, Term pair) {
    place.back() = pair;
    Terms at;
    for (AffineExpr expr : table.places) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      at.push_back(dim ? place[dim.getPosition()] : e.index(0));
    }
    return e.cast(e.at(table.value, at), sum);
  };
  Term result = e.generate(sizes, type, [&](Terms place) {
    Term i = place.back();
    auto element = [&](Term at) {
      place.back() = at;
      return e.at(getInput(), place);
    };
    return e.branch(
        i < 2 * pairs,
        [&] {
          Term pair = getInterleaved() ? i / 2 : i % pairs;
          Term first = getInterleaved() ? pair * 2 : pair;
          Term second = first + (getInterleaved() ? 1 : pairs);
          Term a = e.cast(element(first), sum);
          Term b = e.cast(element(second), sum);
          Term c = read(cos, place, pair), s = read(sin, place, pair);
          Term turned = select(i == first, a * c - b * s, b * c + a * s);
          return e.cast(turned, type);
        },
        [&] { return element(i); });
  });
  return SmallVector<Value>{result};
}
