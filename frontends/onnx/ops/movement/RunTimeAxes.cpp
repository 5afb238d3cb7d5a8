// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/ops/movement/RunTimeAxes.h"

using namespace mlir;

namespace niello::onnx_frontend {
using model::Emit;
using model::Term;
using model::Terms;

/// Whether the axis is dimension i, counted from either end.
static Term names(Term axis, int64_t i, int64_t rank) {
  return (axis == double(i)) | (axis == double(i - rank));
}

static void requireInside(Node &node, Emit &e, Size axis, int64_t rank) {
  Term number = e.size(axis);
  require(node, (number >= double(-rank)) & (number < double(rank)),
          "needs an axis of its {1} dimensions, but got {0}", axis,
          node.sizes.constant(rank));
}

Terms axisFlags(Node &node, Emit &e, ArrayRef<Size> axes, int64_t rank) {
  Terms flags(rank, e.boolean(false));
  for (Size axis : axes) {
    requireInside(node, e, axis, rank);
    for (int64_t i = 0; i < rank; ++i)
      flags[i] = flags[i] | names(e.size(axis), i, rank);
  }
  return flags;
}

Terms spreadOverAxes(Node &node, Emit &e, ArrayRef<Size> axes,
                     ArrayRef<Size> numbers, ArrayRef<Size> otherwise) {
  int64_t rank = otherwise.size();
  Terms spread = e.sizes(otherwise);
  for (auto [axis, number] : llvm::zip(axes, numbers)) {
    requireInside(node, e, axis, rank);
    for (int64_t i = 0; i < rank; ++i)
      spread[i] =
          select(names(e.size(axis), i, rank), e.size(number), spread[i]);
  }
  return spread;
}

// The j-th size that stays is the one with j others before it.
SmallVector<Size> dropFlagged(Node &node, Emit &e, ArrayRef<Size> dims,
                              ArrayRef<Term> flags, int64_t count) {
  Term zero = e.index(0), one = e.index(1), before = zero;
  Terms sums(std::max<int64_t>(int64_t(dims.size()) - count, 0), zero);
  for (auto [size, flag] : llvm::zip(dims, flags)) {
    Term stays = !flag;
    for (auto [j, sum] : llvm::enumerate(sums))
      sum = select(stays & (before == double(j)), e.size(size), sum);
    before = before + select(stays, one, zero);
  }
  SmallVector<Size> out;
  for (Term sum : sums)
    out.push_back(node.sizes.of(sum));
  return out;
}

SmallVector<Size> insertOnes(Node &node, Emit &e, ArrayRef<Size> dims,
                             ArrayRef<Term> flags) {
  Term one = e.index(1), before = e.index(0);
  SmallVector<Size> out;
  for (Term flag : flags) {
    Term size = one;
    for (auto [j, dim] : llvm::enumerate(dims))
      size = select(before == double(j), e.size(dim), size);
    out.push_back(node.sizes.of(select(flag, one, size)));
    before = select(flag, before, before + one);
  }
  return out;
}

Tensor sliceAtRunTime(Node &node, Tensor tensor, ArrayRef<Size> starts,
                      ArrayRef<Size> ends, ArrayRef<Size> axes,
                      ArrayRef<Size> steps) {
  Emit e(node.b, node.loc);
  int64_t rank = tensor.rank();
  SmallVector<Size> zeros(rank, node.sizes.constant(0)),
      ones(rank, node.sizes.constant(1));
  Terms from = spreadOverAxes(node, e, axes, starts, zeros);
  Terms to = spreadOverAxes(node, e, axes, ends, tensor.dims);
  Terms by = spreadOverAxes(node, e, axes, steps, ones);
  Term zero = e.index(0);
  SmallVector<Size> offsets, lengths, strides;
  for (auto [dim, start, end, step] : llvm::zip(tensor.dims, from, to, by)) {
    Term size = e.size(dim);
    require(node, step != 0, "has a step of 0", dim, dim);
    Term forward = step > 0;
    // Backwards an end may be at -1, before all elements; a start may not. In
    // this order an empty dimension stays empty.
    Term low = select(forward, zero, zero - 1);
    Term high = select(forward, size, size - 1);
    auto inside = [&](Term at, Term low) {
      at = select(at < 0, at + size, at);
      return minimum(maximum(at, low), high);
    };
    Term first = inside(start, zero), last = inside(end, low);
    Term span = select(forward, last - first, first - last);
    Term width = select(forward, step, zero - step);
    Term count = maximum(ceilDiv(span, maximum(width, e.index(1))), zero);
    offsets.push_back(node.sizes.fromData(first));
    lengths.push_back(node.sizes.of(count));
    strides.push_back(node.sizes.fromData(step));
  }
  return stridedRead(node, tensor, offsets, lengths, strides);
}

} // namespace niello::onnx_frontend
