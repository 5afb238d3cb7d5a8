// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MaxRoiPool: the greatest element in each cell of a region of interest.

#include "frontends/onnx/ops/Terms.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

/// floor(x + 1/2), halves away from 0 as the operator's origin has them.
Term roundHalfAway(Term x) {
  return select(x < 0, ceil(x - 0.5), floor(x + 0.5));
}

// Shapes: X [B, C, H, W], rois [R, 5] of batch, x1, y1, x2, y2; the result is
// [R, C, h, w]. A cell spans floor(i s / h) .. ceil((i + 1) s / h) of a region
// of s = max(1, end - start + 1) rows from `start`; an empty cell is 0.
LogicalResult importMaxRoiPool(Node &node) {
  Tensor &input = node.tensor(0), &rois = node.tensor(1);
  auto pooled = node.intsAttr("pooled_shape");
  if (!pooled || pooled->size() != 2 || (*pooled)[0] < 1 || (*pooled)[1] < 1)
    return node.bad("needs a pooled_shape of two positive sizes");
  if (input.rank() != 4 || rois.rank() != 2)
    return node.bad("needs an input of rank 4 and rois of rank 2, but got " +
                    Twine(input.rank()) + " and " + Twine(rois.rank()));
  if (failed(requireEqual(node, rois.dims[1], node.sizes.constant(5),
                          "the numbers of a region and 5")))
    return failure();
  float scale = node.floatAttr("spatial_scale", 1);
  Value x = node.value(0), regions = node.value(1);
  Type type = node.elementType(0), real = model::sumType(type);
  SmallVector<Size> dims{rois.dims[0], input.dims[1],
                         node.sizes.constant((*pooled)[0]),
                         node.sizes.constant((*pooled)[1])};
  Tensor out = generate(node, dims, input.dtype, [&](Emit &e, Terms at) {
    auto number = [&](int64_t i) {
      return e.cast(e.at(regions, {at[0], e.index(i)}), real);
    };
    Term batch = e.toIndex(number(0));
    e.require((batch >= 0) & (batch < e.dim(x, 0)),
              "MaxRoiPool needs a batch below {1}, but got {0}",
              {batch, e.dim(x, 0)});
    Terms from, to;
    for (int axis : {0, 1}) {
      Term size = e.dim(x, 2 + axis);
      // Further out the cells are empty; the bound keeps the index in range.
      double most = 1 << 30;
      auto edge = [&](int64_t i) {
        Term place = roundHalfAway(number(i) * scale);
        Term isNear = (place > -most) & (place < most);
        return select(isNear, place, place.like(-most));
      };
      Term start = edge(2 - axis), end = edge(4 - axis);
      Term length = maximum(end - start + 1, start.like(1));
      Term bin = length / double((*pooled)[axis]);
      Term i = e.cast(at[2 + axis], real);
      auto inside = [&](Term place) {
        Term limit = e.cast(size, real);
        return e.toIndex(minimum(maximum(place + start, place.like(0)), limit));
      };
      from.push_back(inside(floor(i * bin)));
      to.push_back(inside(ceil((i + 1) * bin)));
    }
    Term lowest = e.lowest(type);
    Terms sizes;
    for (int axis : {0, 1})
      sizes.push_back(maximum(to[axis] - from[axis], e.index(0)));
    Term most = e.nest(sizes, lowest, [&](Terms tap, Term acc) {
      return maximum(
          acc, e.at(x, {batch, at[1], from[0] + tap[0], from[1] + tap[1]}));
    });
    Term isEmpty = (sizes[0] == 0) | (sizes[1] == 0);
    return select(isEmpty, most.like(0), most);
  });
  return node.result(0, out);
}

const Registration table[] = {
    {"", "MaxRoiPool", importMaxRoiPool, floats},
};

} // namespace

ArrayRef<Registration> roiPoolOps() { return table; }

} // namespace niello::onnx_frontend
