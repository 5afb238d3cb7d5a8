// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/verify/Difference.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/bit.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace llvm;

namespace niello {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// How much of the reference's own movement is allowed. It was moved by the
// tolerance in a few random directions, each of which shows a part of what the
// worst direction would.
constexpr double kOfMovement = 4;

double distance(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b)))
    return 0;
  double apart = std::abs(a - b);
  return std::isnan(apart) ? kInfinity : apart;
}

// Floats in their order as integers: neighbours are one apart.
int64_t ordered(int32_t dtype, double value) {
  APFloat number(value);
  bool inexact;
  number.convert(dtype == NIELLO_FLOAT32    ? APFloat::IEEEsingle()
                 : dtype == NIELLO_FLOAT16  ? APFloat::IEEEhalf()
                 : dtype == NIELLO_BFLOAT16 ? APFloat::BFloat()
                                            : APFloat::IEEEdouble(),
                 APFloat::rmNearestTiesToEven, &inexact);
  APInt bits = number.bitcastToAPInt();
  int64_t magnitude =
      (bits & APInt::getSignedMaxValue(bits.getBitWidth())).getZExtValue();
  return bits.isNegative() ? -magnitude : magnitude;
}

} // namespace

double greatestMagnitude(const Array &array) {
  double greatest = 0;
  for (uint64_t i = 0, count = array.count(); i < count; ++i)
    if (double value = std::abs(array.at(i)); std::isfinite(value))
      greatest = std::max(greatest, value);
  return greatest;
}

std::string numberText(double number) {
  char text[32];
  snprintf(text, sizeof(text), "%.9g", number);
  return text;
}

uint64_t ulpsBetween(int32_t dtype, double a, double b) {
  if (distance(a, b) == 0)
    return 0;
  if (std::isnan(a) || std::isnan(b))
    return std::numeric_limits<uint64_t>::max();
  int64_t x = ordered(dtype, a), y = ordered(dtype, b);
  return x < y ? uint64_t(y) - uint64_t(x) : uint64_t(x) - uint64_t(y);
}

Difference compare(const Array &got, const Array &wanted,
                   const Allowance &allowance) {
  Difference found;
  found.gotType = typeText(got);
  found.wantedType = typeText(wanted);
  if (found.gotType != found.wantedType) {
    if (allowance.sensitivity && allowance.sensitivity->shapeMoves)
      found.gotType = found.wantedType;
    return found;
  }
  found.elements = wanted.count();
  double relative =
      wanted.isReal() ? allowance.relative * greatestMagnitude(wanted) : 0;
  double worst = -1;
  for (uint64_t i = 0; i < found.elements; ++i) {
    double g = got.at(i), w = wanted.at(i), apart = distance(g, w);
    if (wanted.isReal())
      ++found.ulps[std::min<unsigned>(
          64 - countl_zero(ulpsBetween(wanted.dtype, g, w)), 15)];
    if (apart == 0)
      continue;
    double allowed = relative;
    if (const Sensitivity *s = allowance.sensitivity) {
      // An element that did not move beside others that did was lucky. What
      // has no rounding error moves as a whole or not at all.
      double moved = s->moves.empty() ? 0 : s->moves[i];
      if (wanted.isReal())
        moved = std::max(moved, s->median);
      else if (moved)
        moved = kInfinity;
      allowed += kOfMovement * moved;
    }
    found.maxAbsolute = std::max(found.maxAbsolute, apart);
    if (w != 0)
      found.maxRelative = std::max(found.maxRelative, apart / std::abs(w));
    found.beyond += !(apart <= allowed);
    double excess = allowed == kInfinity ? 0 : apart - allowed;
    if (excess > worst) {
      worst = excess;
      found.worst = i;
      found.got = g;
      found.wanted = w;
      found.allowed = allowed;
    }
  }
  return found;
}

void learn(Sensitivity &sensitivity, const Array &wanted, const Array &moved) {
  if (wanted.shape != moved.shape) {
    sensitivity.shapeMoves = true;
    return;
  }
  sensitivity.moves.resize(wanted.count());
  for (uint64_t i = 0; i < sensitivity.moves.size(); ++i)
    sensitivity.moves[i] =
        std::max(sensitivity.moves[i], distance(wanted.at(i), moved.at(i)));
}

void settle(Sensitivity &sensitivity) {
  std::vector<double> some;
  for (double move : sensitivity.moves)
    if (move != 0 && move != kInfinity)
      some.push_back(move);
  // Where less than half of the elements move, the others stay for a reason.
  if (some.size() * 2 < sensitivity.moves.size() || some.empty())
    return;
  auto middle = some.begin() + some.size() / 2;
  std::nth_element(some.begin(), middle, some.end());
  sensitivity.median = *middle;
}

} // namespace niello
