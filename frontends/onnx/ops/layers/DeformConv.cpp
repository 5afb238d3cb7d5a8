// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DeformConv: a convolution whose taps are moved by offsets from data.

#include "frontends/onnx/ops/Terms.h"
#include "frontends/onnx/ops/layers/Windows.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

/// The operands of the loops. Shapes: X [B, C, H, W], W [M, C / groups, h, w],
/// offsets [B, G * h * w * 2, ...] with y before x, mask [B, G * h * w, ...].
struct Deformed {
  Value input, weight, offset, bias, mask;
  Windows windows;
  int64_t groups = 1, offsetGroups = 1;
};

/// input[b, c] between its four neighbours of (y, x); 0 outside.
Term sample(Emit &e, Value input, Term b, Term c, Term y, Term x) {
  Term sum = y.like(0);
  Terms sizes{e.dim(input, 2), e.dim(input, 3)};
  Terms at{y, x};
  SmallVector<Terms, 2> places(2), weights(2);
  for (int axis : {0, 1}) {
    // Further out, and for a NaN, everything is 0; an index stays in range.
    Term isNear =
        (at[axis] > -1) & (at[axis] < e.cast(sizes[axis], y.getType()));
    Term near = select(isNear, at[axis], at[axis].like(-2));
    Term low = floor(near), part = near - low;
    places[axis] = {e.toIndex(low), e.toIndex(low) + 1};
    weights[axis] = {1 - part, part};
  }
  for (int i : {0, 1})
    for (int j : {0, 1}) {
      Term row = places[0][i], column = places[1][j];
      Term valid =
          (row >= 0) & (row < sizes[0]) & (column >= 0) & (column < sizes[1]);
      Term value = e.at(input, {b, c, select(valid, row, row.like(0)),
                                select(valid, column, column.like(0))});
      Term weighted =
          e.cast(value, y.getType()) * (weights[0][i] * weights[1][j]);
      sum = sum + select(valid, weighted, sum.like(0));
    }
  return sum;
}

/// result[b, m, i, j]
Term convolve(Emit &e, const Deformed &op, Type type, Terms at) {
  Type real = model::sumType(type);
  Term channels = e.dim(op.weight, 1), h = e.dim(op.weight, 2),
       w = e.dim(op.weight, 3);
  Term perGroup = e.dim(op.weight, 0) / op.groups;
  Term perOffset = e.dim(op.input, 1) / op.offsetGroups;
  Term first = (at[1] / perGroup) * channels;
  Term start =
      op.bias ? e.cast(e.at(op.bias, {at[1]}), real) : e.constant(real, 0);
  return e.nest({channels, h, w}, start, [&](Terms tap, Term sum) {
    Term channel = first + tap[0];
    Term place = ((channel / perOffset) * h + tap[1]) * w + tap[2];
    auto moved = [&](int axis) {
      Term base = at[2 + axis] * op.windows.strides[axis] +
                  tap[1 + axis] * op.windows.dilations[axis] -
                  op.windows.pads[axis];
      Term by = e.at(op.offset, {at[0], place * 2 + axis, at[2], at[3]});
      return e.cast(base, real) + e.cast(by, real);
    };
    Term value = sample(e, op.input, at[0], channel, moved(0), moved(1)) *
                 e.cast(e.at(op.weight, {at[1], tap[0], tap[1], tap[2]}), real);
    if (op.mask)
      value = value * e.cast(e.at(op.mask, {at[0], place, at[2], at[3]}), real);
    return sum + value;
  });
}

/// Requires that groups divide a size.
LogicalResult requireWhole(Node &node, Size size, int64_t groups,
                           StringRef what) {
  Size by = node.sizes.constant(groups);
  Size whole = node.sizes.mul(node.sizes.floorDiv(size, by), by);
  return requireEqual(node, size, whole, what);
}

LogicalResult importDeformConv(Node &node) {
  Tensor &input = node.tensor(0), &weight = node.tensor(1),
         &offset = node.tensor(2);
  if (input.rank() != 4 || offset.rank() != 4 ||
      (node.has(4) && node.tensor(4).rank() != 4))
    return node.refuse("only two spatial dimensions are supported");
  auto windows = readWindows(node, input.rank(), &weight);
  if (failed(windows))
    return failure();
  if (windows->rule != model::PadRule::Explicit)
    return node.bad("has no auto_pad");
  Deformed op;
  op.windows = *windows;
  op.groups = node.intAttr("group", 1);
  op.offsetGroups = node.intAttr("offset_group", 1);
  if (op.groups < 1 || op.offsetGroups < 1)
    return node.bad("needs groups of 1 or more");
  Sizes &sizes = node.sizes;
  SmallVector<Size> dims{input.dims[0], weight.dims[0]};
  if (failed(appendWindowCounts(node, *windows, input, dims)))
    return failure();
  Size taps = sizes.product(
      {sizes.constant(op.offsetGroups), weight.dims[2], weight.dims[3]});
  auto check = [&](Tensor &tensor, Size count, StringRef what) {
    SmallVector<Size> wanted{dims[0], count, dims[2], dims[3]};
    for (auto [size, other] : llvm::zip(tensor.dims, wanted))
      if (failed(requireEqual(node, size, other, what)))
        return failure();
    return success();
  };
  Size channels = sizes.mul(weight.dims[1], sizes.constant(op.groups));
  if (failed(check(offset, sizes.mul(taps, sizes.constant(2)),
                   "the sizes of the offsets and the result")) ||
      (node.has(4) && failed(check(node.tensor(4), taps,
                                   "the sizes of the mask and the result"))) ||
      failed(requireEqual(node, input.dims[1], channels,
                          "the channels of the input and the weight")) ||
      failed(requireWhole(node, input.dims[1], op.offsetGroups,
                          "the channels and a multiple of offset_group")) ||
      failed(requireWhole(node, weight.dims[0], op.groups,
                          "the outputs and a multiple of group")))
    return failure();
  if (node.has(3) &&
      (node.tensor(3).rank() != 1 ||
       failed(requireEqual(node, node.tensor(3).dims[0], weight.dims[0],
                           "the numbers of the bias and the outputs"))))
    return node.bad("needs a bias of rank 1, a number an output");
  op.input = node.value(0);
  op.weight = node.value(1);
  op.offset = node.value(2);
  if (node.has(3))
    op.bias = node.value(3);
  if (node.has(4))
    op.mask = node.value(4);
  Type type = node.elementType(0);
  return node.result(0,
                     generate(node, dims, input.dtype, [&](Emit &e, Terms at) {
                       return e.cast(convolve(e, op, type, at), type);
                     }));
}

const Registration table[] = {
    {"", "DeformConv", importDeformConv, floats},
};

} // namespace

ArrayRef<Registration> deformConvOps() { return table; }

} // namespace niello::onnx_frontend
