// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tables of one resized axis: all that coordinates, modes and edges decide.

#ifndef NIELLO_DIALECTS_MODEL_RESIZEAXIS_H
#define NIELLO_DIALECTS_MODEL_RESIZEAXIS_H

#include "dialects/model/Model.h"
#include "dialects/model/Terms.h"

namespace niello::model {

/// For each place of the result, along one axis of the input of size `length`:
/// the real coordinate [count], f32; the first neighbour [count], i64, which
/// may lie outside; and the weights of `taps` neighbours from there, f32,
/// [taps, count]. `nearest` has one neighbour, no taps and no weights.
struct ResizeAxis {
  int64_t axis;
  Term length, taps;
  Value coordinates, first, weights;
};

/// The sizes of the op's result, and the checks of those off its axes.
Terms resizeSizes(Emit &e, ResizeOp op);

/// The tables of the op's axis number `i`, for `count` places, and the checks
/// that they need. Coordinates are ONNX's (Resize-19), as the op defines them.
ResizeAxis resizeAxis(Emit &e, ResizeOp op, size_t i, Term count);

} // namespace niello::model

#endif // NIELLO_DIALECTS_MODEL_RESIZEAXIS_H
