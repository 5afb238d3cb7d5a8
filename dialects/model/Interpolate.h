// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What resize and grid_sample share: weights by distance, and reals to places.

#ifndef NIELLO_DIALECTS_MODEL_INTERPOLATE_H
#define NIELLO_DIALECTS_MODEL_INTERPOLATE_H

#include "dialects/model/Model.h"
#include "dialects/model/Terms.h"

namespace niello::model {

/// How far a kernel reaches to either side: 1 for linear, 2 for cubic.
inline int64_t radiusOf(Interpolation mode) {
  return mode == Interpolation::Cubic ? 2 : 1;
}

/// The weight of a neighbour at a distance: 1 - |d| for linear, Keys' kernel
/// with parameter `a` for cubic; 0 beyond the radius.
Term weightAt(Interpolation mode, Term distance, double a);

/// A whole real as an index, kept within +-2^40 so that nothing overflows.
Term wholeToIndex(Term real);

/// 0 <= i <= last.
Term clampIndex(Term i, Term last);

/// Stops the run unless a grid_sample's sizes fit: one batch size, and
/// elements to sample.
void checkSizes(Emit &e, GridSampleOp op);

/// The same for a roi_align: regions of four numbers, each with a batch entry
/// that is there, and elements to sample.
void checkSizes(Emit &e, RoiAlignOp op);

} // namespace niello::model

#endif // NIELLO_DIALECTS_MODEL_INTERPOLATE_H
