// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that take tensors apart and put them together along an axis.

#include "frontends/onnx/ops/movement/RunTimeAxes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

LogicalResult importConcat(Node &node) {
  SmallVector<Tensor> parts;
  for (unsigned i = 0; i < node.numInputs(); ++i)
    parts.push_back(node.tensor(i));
  int64_t rank = parts[0].rank();
  auto axis = node.axis(node.intAttr("axis", 1), rank);
  if (failed(axis))
    return failure();
  if (llvm::all_of(parts, [](Tensor &t) { return t.elements.has_value(); })) {
    SmallVector<Size> all;
    for (Tensor &part : parts)
      all.append(*part.elements);
    return node.resultElements(0, parts[0].dtype,
                               {node.sizes.constant(all.size())}, all);
  }
  auto joined = checkedConcat(node, parts, *axis);
  return failed(joined) ? failure() : node.result(0, *joined);
}

/// ONNX slicing of one axis: clamped bounds, then the count of steps.
struct Range1D {
  Size offset, length, step;
};

Range1D clampRange(Sizes &sizes, Size dim, Size start, Size end, int64_t step) {
  step = std::max(step, -INT64_MAX); // -2^63 has no magnitude, and skips as far
  auto wrap = [&](Size at) {
    auto c = Sizes::asConstant(at);
    if (c && *c >= 0)
      return at;
    if (c)
      return sizes.add(at, dim);
    if (!sizes.isFromData(at)) // a size: never negative
      return at;
    return sizes.select(
        sizes.compare(arith::CmpIPredicate::slt, at, sizes.constant(0)),
        sizes.add(at, dim), at);
  };
  Size zero = sizes.constant(0), one = sizes.constant(1);
  auto clamp = [&](Size at, Size low, Size high) {
    return sizes.max(low, sizes.min(at, high));
  };
  auto isHuge = [](Size at) {
    auto c = Sizes::asConstant(at);
    return c && (*c >= INT32_MAX || *c <= INT32_MIN);
  };
  Range1D range;
  if (step > 0) {
    Size from =
        clamp(isHuge(start) ? (*Sizes::asConstant(start) > 0 ? dim : zero)
                            : wrap(start),
              zero, dim);
    Size to = isHuge(end) ? (*Sizes::asConstant(end) > 0 ? dim : zero)
                          : clamp(wrap(end), zero, dim);
    range.offset = from;
    range.length = sizes.max(
        sizes.ceilDiv(sizes.sub(to, from), sizes.constant(step)), zero);
  } else {
    Size last = sizes.sub(dim, one);
    // Before the first element is the first (NumPy: nothing). In this order an
    // empty dimension stays empty.
    Size from =
        isHuge(start) && *Sizes::asConstant(start) > 0
            ? last
            : sizes.min(isHuge(start) ? zero : sizes.max(wrap(start), zero),
                        last);
    Size to = isHuge(end)
                  ? (*Sizes::asConstant(end) > 0 ? last : sizes.constant(-1))
                  : clamp(wrap(end), sizes.constant(-1), last);
    range.offset = from;
    range.length = sizes.max(
        sizes.ceilDiv(sizes.sub(from, to), sizes.constant(-step)), zero);
  }
  range.step = sizes.constant(step);
  return range;
}

LogicalResult importSlice(Node &node) {
  Tensor &input = node.tensor(0);
  int64_t rank = input.rank();
  auto read = [&](const char *name, unsigned i) {
    std::optional<SmallVector<Size>> out;
    if (node.opset < 10) {
      if (auto ints = node.intsAttr(name)) {
        out.emplace();
        for (int64_t n : *ints)
          out->push_back(node.sizes.constant(n));
      }
    } else if (node.has(i)) {
      out = node.elements(i);
    }
    return out;
  };
  auto starts = read("starts", 1), ends = read("ends", 2);
  auto axes = read("axes", 3), steps = read("steps", 4);
  if (!starts || !ends || starts->size() != ends->size())
    return node.refuse("needs starts and ends whose number is known at "
                       "compile time");
  auto areKnown = [](ArrayRef<Size> sizes) {
    return llvm::all_of(sizes, [](Size s) { return Sizes::asConstant(s); });
  };
  if ((axes && !areKnown(*axes)) || (steps && !areKnown(*steps))) {
    SmallVector<Size> all, ones(starts->size(), node.sizes.constant(1));
    for (size_t i = 0; i < starts->size(); ++i)
      all.push_back(node.sizes.constant(i));
    if ((axes && axes->size() != starts->size()) ||
        (steps && steps->size() != starts->size()))
      return node.bad("needs as many axes and steps as starts");
    return node.result(0, sliceAtRunTime(node, input, *starts, *ends,
                                         axes ? *axes : all,
                                         steps ? *steps : ones));
  }
  SmallVector<Size> offsets(rank, node.sizes.constant(0)), lengths(input.dims),
      strides(rank, node.sizes.constant(1));
  SmallVector<int64_t> reversed;
  for (auto [i, start, end] : llvm::enumerate(*starts, *ends)) {
    std::optional<int64_t> axis = i, step = 1;
    if (axes)
      axis = i < axes->size() ? Sizes::asConstant((*axes)[i]) : std::nullopt;
    if (steps)
      step = i < steps->size() ? Sizes::asConstant((*steps)[i]) : std::nullopt;
    if (!axis || !step)
      return node.refuse("needs axes and steps known at compile time");
    if (*step == 0)
      return node.bad("has a step of 0");
    auto at = node.axis(*axis, rank);
    if (failed(at))
      return failure();
    Range1D range = clampRange(node.sizes, input.dims[*at], start, end, *step);
    if (*step < 0)
      reversed.push_back(*at);
    offsets[*at] = range.offset;
    lengths[*at] = range.length;
    strides[*at] = range.step;
  }
  if (input.elements && rank == 1)
    if (auto o = Sizes::asConstant(offsets[0]),
        n = Sizes::asConstant(lengths[0]), s = Sizes::asConstant(strides[0]);
        o && n && s) {
      SmallVector<Size> out;
      for (int64_t i = 0; i < *n; ++i)
        out.push_back((*input.elements)[*o + i * *s]);
      return node.resultElements(0, input.dtype, lengths, out);
    }
  if (!reversed.empty())
    return node.result(0, stridedRead(node, input, offsets, lengths, strides));
  return node.result(0, slice(node, input, offsets, lengths, strides));
}

LogicalResult importSplit(Node &node) {
  Tensor &input = node.tensor(0);
  auto axis = node.axis(node.intAttr("axis", 0), input.rank());
  if (failed(axis))
    return failure();
  Size dim = input.dims[*axis];
  SmallVector<Size> parts;
  if (auto ints = node.intsAttr("split")) {
    for (int64_t n : *ints)
      parts.push_back(node.sizes.constant(n));
  } else if (node.has(1)) {
    auto known = node.elements(1);
    if (!known)
      return node.refuse("needs the number of parts at compile time");
    parts = *known;
  } else {
    Size each = node.sizes.ceilDiv(dim, node.sizes.constant(node.numOutputs()));
    Size left = dim;
    for (unsigned i = 0; i + 1 < node.numOutputs(); ++i) {
      Size part = node.sizes.min(each, left);
      parts.push_back(part);
      left = node.sizes.sub(left, part);
    }
    parts.push_back(left);
  }
  if (parts.size() != node.numOutputs())
    return node.bad("needs " + Twine(node.numOutputs()) + " parts, but got " +
                    Twine(parts.size()));
  Size sum = node.sizes.constant(0);
  for (Size part : parts)
    sum = node.sizes.add(sum, part);
  if (failed(requireEqual(node, sum, dim, "the parts and the dimension")))
    return failure();
  Size offset = node.sizes.constant(0);
  for (auto [i, part] : llvm::enumerate(parts)) {
    if (input.elements && Sizes::asConstant(offset) &&
        Sizes::asConstant(part)) {
      ArrayRef<Size> all(*input.elements);
      (void)node.resultElements(
          i, input.dtype, {part},
          all.slice(*Sizes::asConstant(offset), *Sizes::asConstant(part)));
    } else {
      SmallVector<Size> offsets(input.rank(), node.sizes.constant(0)),
          lengths(input.dims), strides(input.rank(), node.sizes.constant(1));
      offsets[*axis] = offset;
      lengths[*axis] = part;
      if (node.wantsOutput(i))
        (void)node.result(i, slice(node, input, offsets, lengths, strides));
    }
    offset = node.sizes.add(offset, part);
  }
  return success();
}

const Registration table[] = {
    {"", "Concat", importConcat, everything},
    {"", "Slice", importSlice, everything},
    {"", "Split", importSplit, everything},
};

} // namespace

ArrayRef<Registration> sliceOps() { return table; }

} // namespace niello::onnx_frontend
