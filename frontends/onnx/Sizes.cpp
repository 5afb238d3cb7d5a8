// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/Sizes.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace niello::onnx_frontend {

// Beyond this many terms a sum is kept as one opaque value: exported graphs
// stay below ten, and the cost of comparing grows with the square.
static constexpr size_t maxTerms = 32;

std::optional<int64_t> Sizes::asConstant(Size size) {
  if (auto attr = dyn_cast_if_present<Attribute>(size))
    return cast<IntegerAttr>(attr).getInt();
  return std::nullopt;
}

Size Sizes::of(Value index) {
  if (auto c = getConstantIntValue(index))
    return constant(*c);
  return index;
}

Size Sizes::fromData(Value index) {
  Size size = of(index);
  if (auto value = dyn_cast_if_present<Value>(size))
    dataValues.insert(value);
  return size;
}

/// A polynomial is from data where one of its atoms is.
bool Sizes::isFromData(Size size) {
  for (auto &[monomial, coefficient] : expand(size))
    for (unsigned id : monomial)
      if (dataValues.contains(atoms[id]))
        return true;
  return false;
}

Sizes::Polynomial Sizes::expand(Size size) {
  if (auto c = asConstant(size))
    return *c ? Polynomial{{{}, *c}} : Polynomial{};
  Value v = cast<Value>(size);
  if (auto it = polynomialOf.find(v); it != polynomialOf.end())
    return polynomials[it->second];
  auto [it, isNew] = atomOf.try_emplace(v, atoms.size());
  if (isNew)
    atoms.push_back(v);
  return {{{it->second}, 1}};
}

Value Sizes::lookup(const Polynomial &polynomial) {
  for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope)
    if (auto it = scope->values.find(polynomial); it != scope->values.end())
      return it->second;
  return Value();
}

/// The value of a polynomial, or nullopt where it is a constant out of range.
std::optional<Size> Sizes::emit(const Polynomial &polynomial) {
  if (polynomial.empty())
    return constant(0);
  if (polynomial.size() == 1) {
    auto &[monomial, coefficient] = *polynomial.begin();
    if (monomial.empty())
      return constant(coefficient);
    if (monomial.size() == 1 && coefficient == 1)
      return Size(atoms[monomial[0]]);
  }
  if (Value known = lookup(polynomial))
    return Size(known);
  Location loc = b.getLoc();
  auto indexConstant = [&](int64_t c) -> Value {
    return arith::ConstantIndexOp::create(b, loc, c);
  };
  Value sum;
  for (auto &[monomial, coefficient] : polynomial) {
    Value term;
    for (unsigned id : monomial)
      term = term ? b.createOrFold<arith::MulIOp>(loc, term, atoms[id])
                  : atoms[id];
    if (!term)
      term = indexConstant(coefficient);
    else if (coefficient != 1)
      term =
          b.createOrFold<arith::MulIOp>(loc, term, indexConstant(coefficient));
    sum = sum ? b.createOrFold<arith::AddIOp>(loc, sum, term) : term;
  }
  scopes.back().values[polynomial] = sum;
  if (!atomOf.count(sum)) {
    polynomialOf[sum] = polynomials.size();
    polynomials.push_back(polynomial);
  }
  return Size(sum);
}

Size Sizes::add(Size lhs, Size rhs) {
  Polynomial sum = expand(lhs);
  for (auto &[monomial, coefficient] : expand(rhs)) {
    int64_t &slot = sum[monomial];
    if (llvm::AddOverflow(slot, coefficient, slot))
      return constant(INT64_MAX);
    if (slot == 0)
      sum.erase(monomial);
  }
  if (sum.size() > maxTerms) {
    Value opaque =
        b.createOrFold<arith::AddIOp>(b.getLoc(), value(lhs), value(rhs));
    return of(opaque);
  }
  return *emit(sum);
}

bool Sizes::multiply(const Polynomial &lhs, const Polynomial &rhs,
                     Polynomial &out) {
  if (lhs.size() * rhs.size() > maxTerms)
    return false;
  for (auto &[lm, lc] : lhs)
    for (auto &[rm, rc] : rhs) {
      Monomial monomial(lm);
      monomial.insert(monomial.end(), rm.begin(), rm.end());
      llvm::sort(monomial);
      int64_t coefficient;
      int64_t &slot = out[monomial];
      if (llvm::MulOverflow(lc, rc, coefficient) ||
          llvm::AddOverflow(slot, coefficient, slot))
        return false;
      if (slot == 0)
        out.erase(monomial);
    }
  return true;
}

Size Sizes::mul(Size lhs, Size rhs) {
  Polynomial out;
  if (multiply(expand(lhs), expand(rhs), out))
    return *emit(out);
  if (asConstant(lhs) && asConstant(rhs))
    return constant(INT64_MAX);
  return of(b.createOrFold<arith::MulIOp>(b.getLoc(), value(lhs), value(rhs)));
}

Size Sizes::sub(Size lhs, Size rhs) { return add(lhs, mul(rhs, constant(-1))); }

/// lhs / rhs where rhs is one term that divides each term of lhs.
std::optional<Sizes::Polynomial> Sizes::divide(const Polynomial &lhs,
                                               const Polynomial &rhs) {
  if (rhs.size() != 1)
    return std::nullopt;
  auto &[divisor, by] = *rhs.begin();
  Polynomial out;
  for (auto &[monomial, coefficient] : lhs) {
    if (coefficient % by != 0 ||
        !std::includes(monomial.begin(), monomial.end(), divisor.begin(),
                       divisor.end()))
      return std::nullopt;
    Monomial rest;
    std::set_difference(monomial.begin(), monomial.end(), divisor.begin(),
                        divisor.end(), std::back_inserter(rest));
    out[rest] = coefficient / by;
  }
  return out;
}

Size Sizes::atom(Kind kind, Size lhs, Size rhs) {
  auto key = std::make_tuple(kind, expand(lhs), expand(rhs));
  for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope)
    if (auto it = scope->quotients.find(key); it != scope->quotients.end())
      return atoms[it->second];
  Location loc = b.getLoc();
  Value l = value(lhs), r = value(rhs), result;
  switch (kind) {
  case Kind::FloorDiv:
    result = b.createOrFold<arith::FloorDivSIOp>(loc, l, r);
    break;
  case Kind::Remainder: {
    Value quotient = value(floorDiv(lhs, rhs));
    result = arith::SubIOp::create(b, loc, l,
                                   arith::MulIOp::create(b, loc, quotient, r));
    break;
  }
  case Kind::Min:
    result = b.createOrFold<arith::MinSIOp>(loc, l, r);
    break;
  case Kind::Max:
    result = b.createOrFold<arith::MaxSIOp>(loc, l, r);
    break;
  }
  auto [it, isNew] = atomOf.try_emplace(result, atoms.size());
  if (isNew)
    atoms.push_back(result);
  scopes.back().quotients[key] = it->second;
  origins.try_emplace(it->second, key);
  bool clamped = kind == Kind::Max && (asConstant(lhs).value_or(-1) >= 0 ||
                                       asConstant(rhs).value_or(-1) >= 0);
  if (!clamped && (isFromData(lhs) || isFromData(rhs)))
    dataValues.insert(result);
  return result;
}

Size Sizes::floorDiv(Size lhs, Size rhs) {
  auto l = asConstant(lhs), r = asConstant(rhs);
  if (r == 1)
    return lhs;
  if (r == 0)
    return constant(0); // callers check; a size never divides by zero
  if (r == -1)
    return sub(constant(0), lhs); // -2^63 / -1 would overflow
  if (l && r)
    return constant(llvm::divideFloorSigned(*l, *r));
  if (auto exact = divide(expand(lhs), expand(rhs)))
    return *emit(*exact);
  return atom(Kind::FloorDiv, lhs, rhs);
}

Size Sizes::ceilDiv(Size lhs, Size rhs) {
  return floorDiv(add(lhs, sub(rhs, constant(1))), rhs);
}

Size Sizes::remainder(Size lhs, Size rhs) {
  auto l = asConstant(lhs), r = asConstant(rhs);
  if (r == 1 || r == 0)
    return constant(0);
  if (l && r)
    return constant(*l - llvm::divideFloorSigned(*l, *r) * *r);
  if (divide(expand(lhs), expand(rhs)))
    return constant(0);
  return atom(Kind::Remainder, lhs, rhs);
}

Size Sizes::min(Size lhs, Size rhs) {
  if (equal(lhs, rhs))
    return lhs;
  if (auto d = asConstant(sub(lhs, rhs)))
    return *d < 0 ? lhs : rhs;
  return atom(Kind::Min, lhs, rhs);
}

Size Sizes::max(Size lhs, Size rhs) {
  if (equal(lhs, rhs))
    return lhs;
  if (auto d = asConstant(sub(lhs, rhs)))
    return *d > 0 ? lhs : rhs;
  return atom(Kind::Max, lhs, rhs);
}

Size Sizes::select(Value test, Size ifTrue, Size ifFalse) {
  if (equal(ifTrue, ifFalse))
    return ifTrue;
  return of(b.createOrFold<arith::SelectOp>(b.getLoc(), test, value(ifTrue),
                                            value(ifFalse)));
}

Size Sizes::product(ArrayRef<Size> sizes) {
  Size all = constant(1);
  for (Size size : sizes)
    all = mul(all, size);
  return all;
}

std::optional<int64_t> Sizes::known(Size size) {
  if (auto constant = asConstant(size))
    return constant;
  Polynomial polynomial = expand(size);
  for (const Scope &scope : scopes)
    if (auto found = scope.assumed.find(polynomial);
        found != scope.assumed.end())
      return found->second;
  return std::nullopt;
}

bool Sizes::neverNegative(Size size) {
  return llvm::all_of(expand(size), [&](auto &term) {
    return term.second > 0 && llvm::none_of(term.first, [&](unsigned atom) {
             return dataValues.contains(atoms[atom]);
           });
  });
}

bool Sizes::equal(Size lhs, Size rhs) {
  return lhs == rhs || expand(lhs) == expand(rhs);
}

/// Terms over atoms of the outside stay; quotients and the like of such terms
/// are computed again outside.
std::optional<Size> Sizes::hoist(const Polynomial &polynomial, Region &region) {
  Size sum = constant(0);
  for (auto &[monomial, coefficient] : polynomial) {
    Size term = constant(coefficient);
    for (unsigned id : monomial) {
      Size factor = atoms[id];
      if (region.isAncestor(atoms[id].getParentRegion())) {
        auto origin = origins.find(id);
        if (origin == origins.end())
          return std::nullopt;
        auto [kind, left, right] = origin->second;
        auto lhs = hoist(left, region), rhs = hoist(right, region);
        if (!lhs || !rhs)
          return std::nullopt;
        factor = kind == Kind::FloorDiv    ? floorDiv(*lhs, *rhs)
                 : kind == Kind::Remainder ? remainder(*lhs, *rhs)
                 : kind == Kind::Min       ? min(*lhs, *rhs)
                                           : max(*lhs, *rhs);
      }
      term = mul(term, factor);
    }
    sum = add(sum, term);
  }
  return sum;
}

std::optional<Size> Sizes::hoist(Size size, Region &region) {
  return hoist(expand(size), region);
}

Value Sizes::value(Size size) {
  if (auto v = dyn_cast_if_present<Value>(size))
    return v;
  return arith::ConstantIndexOp::create(b, b.getLoc(), *asConstant(size));
}

Value Sizes::compare(arith::CmpIPredicate predicate, Size lhs, Size rhs) {
  return b.createOrFold<arith::CmpIOp>(b.getLoc(), predicate, value(lhs),
                                       value(rhs));
}

} // namespace niello::onnx_frontend
