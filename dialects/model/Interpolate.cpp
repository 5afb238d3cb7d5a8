// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Interpolate.h"

using namespace niello;
using namespace niello::model;

Term model::weightAt(Interpolation mode, Term distance, double a) {
  Term d = abs(distance), zero = d.like(0);
  if (mode != Interpolation::Cubic)
    return maximum(1 - d, zero);
  Term near = (d * (a + 2) - (a + 3)) * d * d + 1;
  Term far = ((d - 5) * d + 8) * d * a - 4 * a;
  return select(d <= 1, near, select(d < 2, far, zero));
}

Term model::wholeToIndex(Term real) {
  double bound = double(int64_t(1) << 40);
  Term low = select(real > -bound, real, real.like(-bound));
  return real.emit->toIndex(select(low < bound, low, low.like(bound)));
}

Term model::clampIndex(Term i, Term last) {
  return maximum(minimum(i, last), i.like(0));
}
