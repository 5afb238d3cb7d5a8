// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Windows.h"

using namespace niello;
using namespace niello::model;

namespace {

// The windows of one pool: what they read, and where that is outside.
struct Pool {
  Emit &e;
  PoolOp op;
  Terms sizes, begins, ends, kernel;

  Pool(Emit &e, PoolOp op) : e(e), op(op), sizes(e.dims(op.getInput())) {
    int64_t spatial = sizes.size() - 2;
    for (int64_t i : llvm::seq(spatial)) {
      kernel.push_back(e.index(op.getKernel()[i]));
      auto [begin, end] =
          padsOf(sizes[i + 2], kernel.back(), windowOf(op, i, spatial));
      begins.push_back(begin);
      ends.push_back(end);
    }
  }

  // The place that `tap` of the window at `place` reads.
  Terms source(Terms place, Terms tap) {
    int64_t spatial = tap.size();
    for (int64_t i : llvm::seq(spatial)) {
      Window window = windowOf(op, i, spatial);
      place[i + 2] =
          place[i + 2] * window.stride + tap[i] * window.dilation - begins[i];
    }
    return place;
  }

  Term inside(Terms source) {
    Term yes = e.boolean(true);
    for (int64_t i : llvm::seq<int64_t>(2, source.size()))
      yes = yes & (source[i] >= 0) & (source[i] < sizes[i]);
    return yes;
  }

  // Not past the padded end, where a window of ceil_mode may reach.
  Term insidePads(Terms source) {
    Term yes = e.boolean(true);
    for (int64_t i : llvm::seq<int64_t>(2, source.size()))
      yes = yes & (source[i] < sizes[i] + ends[i - 2]);
    return yes;
  }

  // The state after all elements of the window at `place`.
  Terms over(Terms place, ArrayRef<Term> start,
             function_ref<Terms(Terms, Terms)> element) {
    return e.nest(kernel, start, [&](Terms tap, Terms state) {
      Terms from = source(place, tap);
      return e.branches(
          inside(from), [&] { return element(from, state); },
          [&] { return state; });
    });
  }
};

} // namespace

static Value lowerMax(Pool pool, ArrayRef<Term> sizes) {
  Emit &e = pool.e;
  Type type = elementType(pool.op.getInput());
  bool isSigned = pool.op.getIsSigned();
  return e.generate(sizes, type, [&](Terms place) {
    return pool.over(place, e.lowest(type, isSigned),
                     [&](Terms from, Terms best) {
                       Term x = e.at(pool.op.getInput(), from);
                       return Terms{maximum(best[0], x, isSigned)};
                     })[0];
  });
}

// The number of a place over the whole input.
static Term numberOf(Pool &pool, Terms place) {
  Emit &e = pool.e;
  int64_t rank = place.size();
  SmallVector<int64_t> order{0, 1};
  for (int64_t i = 2; i < rank; ++i)
    order.push_back(pool.op.getColumnMajor() ? rank + 1 - i : i);
  Term number = e.index(0);
  for (int64_t i : order)
    number = number * pool.sizes[i] + place[i];
  return number;
}

static Value lowerIndices(Pool pool, ArrayRef<Term> sizes) {
  Emit &e = pool.e;
  Value input = pool.op.getInput();
  Type type = elementType(input);
  bool isSigned = pool.op.getIsSigned();
  return e.generate(sizes, e.b.getI64Type(), [&](Terms place) {
    Terms start{e.lowest(type, isSigned), e.index(-1)};
    Terms last = pool.over(place, start, [&](Terms from, Terms best) {
      Term x = e.at(input, from);
      Term greater = maximum(best[0], x, isSigned) != best[0];
      Term better = greater | (best[1] < 0);
      return Terms{select(better, x, best[0]),
                   select(better, numberOf(pool, from), best[1])};
    });
    return e.cast(last[1], e.b.getI64Type());
  });
}

static Value lowerAverage(Pool pool, ArrayRef<Term> sizes) {
  Emit &e = pool.e;
  Type type = elementType(pool.op.getInput()), sum = sumType(type);
  return e.generate(sizes, type, [&](Terms place) {
    Terms start{e.constant(sum, 0), e.index(0)};
    Terms all = pool.over(place, start, [&](Terms from, Terms state) {
      Term x = e.cast(e.at(pool.op.getInput(), from), sum);
      return Terms{state[0] + x, state[1] + 1};
    });
    Term count = all[1];
    if (pool.op.getCountIncludePad())
      count = e.nest(pool.kernel, e.index(0), [&](Terms tap, Term counted) {
        Term inside = pool.insidePads(pool.source(place, tap));
        return select(inside, counted + 1, counted);
      });
    return e.cast(all[0] / e.cast(count, sum), type);
  });
}

// (sum |x|^p)^(1/p)
static Value lowerLp(Pool pool, ArrayRef<Term> sizes) {
  Emit &e = pool.e;
  Type type = elementType(pool.op.getInput()), sum = sumType(type);
  int64_t p = pool.op.getP();
  return e.generate(sizes, type, [&](Terms place) {
    Term zero = e.constant(sum, 0);
    Term total = pool.over(place, zero, [&](Terms from, Terms state) {
      Term x = abs(e.cast(e.at(pool.op.getInput(), from), sum));
      Term power = p == 1 ? x : p == 2 ? x * x : pow(x, x.like(p));
      return Terms{state[0] + power};
    })[0];
    Term root = p == 1   ? total
                : p == 2 ? sqrt(total)
                         : pow(total, e.constant(sum, 1.0 / p));
    return e.cast(root, type);
  });
}

FailureOr<SmallVector<Value>> PoolOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Terms sizes = resultSizes(e, *this);
  Pool pool(e, *this);
  switch (getKind()) {
  case PoolKind::Average:
    return SmallVector<Value>{lowerAverage(pool, sizes)};
  case PoolKind::Lp:
    return SmallVector<Value>{lowerLp(pool, sizes)};
  case PoolKind::Max:
    break;
  }
  SmallVector<Value> results{lowerMax(pool, sizes)};
  if (getIndices())
    results.push_back(lowerIndices(pool, sizes));
  return results;
}
