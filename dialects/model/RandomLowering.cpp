// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace niello;
using namespace niello::model;

// (high, low) words of the product of two 32-bit words.
static std::pair<Term, Term> multiply(Emit &e, Term a, int64_t constant) {
  Term factor = e.integer(a.getType(), constant);
  auto product = arith::MulUIExtendedOp::create(e.b, e.loc, a, factor);
  return {e.wrap(product.getHigh()), e.wrap(product.getLow())};
}

static Term exclusiveOr(Emit &e, Term a, Term b) {
  return e.wrap(arith::XOrIOp::create(e.b, e.loc, a, b));
}

static Term shiftRight(Emit &e, Term a, int64_t bits) {
  return e.wrap(
      arith::ShRUIOp::create(e.b, e.loc, a, e.integer(a.getType(), bits)));
}

// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
// 2011): its multipliers and key increments, ten rounds.
static Terms philox(Emit &e, Term counter, int64_t seed) {
  Type word = e.b.getI32Type();
  Term wide = e.cast(counter, e.b.getI64Type());
  Terms x{e.cast(wide, word), e.cast(shiftRight(e, wide, 32), word),
          e.integer(word, 0), e.integer(word, 0)};
  uint32_t key0 = uint32_t(seed), key1 = uint32_t(uint64_t(seed) >> 32);
  for (int round = 0; round < 10; ++round) {
    auto [high0, low0] = multiply(e, x[0], 0xD2511F53);
    auto [high1, low1] = multiply(e, x[2], 0xCD9E8D57);
    x = {exclusiveOr(e, exclusiveOr(e, high1, x[1]), e.integer(word, key0)),
         low1,
         exclusiveOr(e, exclusiveOr(e, high0, x[3]), e.integer(word, key1)),
         low0};
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return x;
}

// In [0, 1): the top 24 bits, which f32 holds exactly.
static Term unit(Emit &e, Term word, Type real) {
  return e.cast(shiftRight(e, word, 8), real) * (1.0 / (1 << 24));
}

FailureOr<SmallVector<Value>> RandomOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type type = elementType(getResult());
  Type real = isa<FloatType>(type) ? sumType(type) : builder.getF32Type();
  Terms sizes = resultSizes(e, *this);
  if (getProbability())
    for (auto [i, size] : llvm::enumerate(sizes))
      e.requireEqual(e.dim(getProbability(), i), size,
                     "random needs a probability for each of {1}, but got {0}");
  Term result = e.generate(sizes, type, [&](Terms place) {
    Term number = e.index(0);
    for (auto [size, i] : llvm::zip(sizes, place))
      number = number * size + i;
    Terms words = philox(e, number, getSeed());
    Term u = unit(e, words[0], real);
    if (getKind() == RandomKind::Bernoulli) {
      Term chance = e.cast(e.at(getProbability(), place), real);
      return e.cast(e.cast(u < chance, builder.getI32Type()), type,
                    /*isSigned=*/false);
    }
    if (getKind() == RandomKind::Uniform)
      return e.cast(u * (getSecond() - getFirst()) + getFirst(), type);
    // Box and Muller; 1 - u is never 0.
    Term log = e.wrap(math::LogOp::create(e.b, e.loc, 1 - u));
    Term angle = unit(e, words[1], real) * 6.283185307179586;
    Term cosine = e.wrap(math::CosOp::create(e.b, e.loc, angle));
    return e.cast(sqrt(log * -2) * cosine * getSecond() + getFirst(), type);
  });
  return SmallVector<Value>{result};
}
