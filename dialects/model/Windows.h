// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The arithmetic of sliding windows, one spatial dimension at a time. Sizes are
// Wide for types and Term for IR: the same formula serves both.

#ifndef NIELLO_DIALECTS_MODEL_WINDOWS_H
#define NIELLO_DIALECTS_MODEL_WINDOWS_H

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

namespace niello::model {

/// The attributes of one spatial dimension.
struct Window {
  int64_t stride = 1, dilation = 1, begin = 0, end = 0;
  PadRule rule = PadRule::Explicit;
  bool ceil = false;
};

inline int64_t orElse(ArrayRef<int64_t> values, int64_t i, int64_t missing) {
  return i < int64_t(values.size()) ? values[i] : missing;
}

/// The window of spatial dimension `i` of `spatial`, from an op or its adaptor.
template <typename OpOrAdaptor>
Window windowOf(OpOrAdaptor op, int64_t i, int64_t spatial) {
  return {orElse(op.getStrides(), i, 1), orElse(op.getDilations(), i, 1),
          orElse(op.getPads(), i, 0), orElse(op.getPads(), spatial + i, 0),
          op.getPad()};
}

inline Wide maximum(Wide a, Wide b) { return std::max(a, b); }
inline Wide select(bool condition, Wide then, Wide otherwise) {
  return condition ? then : otherwise;
}

/// How far the taps of a kernel of `kernel` reach.
template <typename N> N reachOf(N kernel, const Window &window) {
  return (kernel - 1) * window.dilation + 1;
}

/// How many windows fit.
template <typename N> N windowCount(N size, N kernel, const Window &window) {
  int64_t stride = window.stride;
  if (window.rule != PadRule::Explicit)
    return (size + (stride - 1)) / stride;
  // One window at 0, and one more for each stride that is left.
  N room = size + window.begin + window.end - reachOf(kernel, window);
  N floored = maximum((room + stride) / stride, room - room);
  if (!window.ceil)
    return floored;
  N count = maximum((room + stride + (stride - 1)) / stride, room - room);
  // The last window must start inside the input or its begin pad.
  return select((count - 1) * stride >= size + window.begin, count - 1, count);
}

/// The pads before and after.
template <typename N>
std::pair<N, N> padsOf(N size, N kernel, const Window &window) {
  N zero = size - size;
  if (window.rule == PadRule::Explicit)
    return {zero + window.begin, zero + window.end};
  N count = windowCount(size, kernel, window);
  N total = maximum(
      (count - 1) * window.stride + reachOf(kernel, window) - size, zero);
  N less = total / 2;
  if (window.rule == PadRule::SameUpper)
    return {less, total - less};
  return {total - less, less};
}

/// The begin pad of spatial dimension `i`, whose result has `size` elements:
/// as given, or its share of what output_shape leaves over.
Term beginPad(Emit &e, ConvTransposeOp op, int64_t i, Term size);

/// A run-time check that a bias, where there is one, has a number an output.
void requireBiasFits(Emit &e, Value bias, Term outputs);

/// Why the attributes do not fit `spatial` dimensions, as a diagnostic; the
/// same rule of every windowed op.
LogicalResult verifyWindows(Operation *op, int64_t spatial,
                            ArrayRef<int64_t> strides,
                            ArrayRef<int64_t> dilations,
                            ArrayRef<int64_t> pads);

} // namespace niello::model

#endif // NIELLO_DIALECTS_MODEL_WINDOWS_H
