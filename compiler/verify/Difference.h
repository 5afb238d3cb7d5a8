// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where and by how much two arrays differ.

#ifndef NIELLO_COMPILER_VERIFY_DIFFERENCE_H
#define NIELLO_COMPILER_VERIFY_DIFFERENCE_H

#include "compiler/verify/Array.h"

#include <array>
#include <optional>

namespace niello {

/// How far the reference itself moves when its inputs move by the tolerance:
/// one number an element, 0 for those that stay. Infinite where an element
/// becomes another number, or NaN.
struct Sensitivity {
  std::vector<double> moves;
  double median = 0;       ///< of those of `moves` that are not 0
  bool shapeMoves = false; ///< the result had another size
};

/// What a comparison allows.
struct Allowance {
  /// Relative to the greatest finite magnitude of what is wanted.
  double relative = 0;
  const Sensitivity *sensitivity = nullptr; ///< null: not known
};

struct Difference {
  std::string wantedType, gotType; ///< `float32[2,7]`; differ in size or dtype
  uint64_t elements = 0, beyond = 0; ///< of all; of those beyond the allowance
  double maxAbsolute = 0, maxRelative = 0;
  double allowed = 0; ///< of the worst element, absolute
  uint64_t worst = 0; ///< row-major position; the furthest beyond
  double got = 0, wanted = 0;
  /// Elements by distance in units in the last place: 0, 1, 2-3, 4-7, ...,
  /// 2^14 and more. Only of floats.
  std::array<uint64_t, 16> ulps = {};

  bool isBeyond() const { return beyond || wantedType != gotType; }
};

/// Of the finite elements; 0 where there is none.
double greatestMagnitude(const Array &array);

/// Compares element by element. NaN equals NaN; infinities equal themselves.
Difference compare(const Array &got, const Array &wanted,
                   const Allowance &allowance);

/// As many digits as tell float32's apart.
std::string numberText(double number);

/// Units in the last place between two numbers of a float dtype of 16 bits and
/// more; the greatest number if one is NaN.
uint64_t ulpsBetween(int32_t dtype, double a, double b);

/// Learns one perturbed result of the reference.
void learn(Sensitivity &sensitivity, const Array &wanted, const Array &moved);
/// After the last `learn`.
void settle(Sensitivity &sensitivity);

} // namespace niello

#endif // NIELLO_COMPILER_VERIFY_DIFFERENCE_H
