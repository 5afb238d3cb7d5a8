// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that ask for, compute with or change shapes and move whole slices.

#include "frontends/onnx/ops/movement/RunTimeAxes.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

/// Axes from attribute `name` or, since some opset, from input `i`; sorted,
/// non-negative, unique. nullopt in `axes` where the node gives none.
LogicalResult readAxes(Node &node, unsigned i, int64_t rank,
                       std::optional<SmallVector<int64_t>> &axes) {
  axes = node.intsAttr("axes");
  if (!axes && node.has(i)) {
    axes = node.constants(i);
    if (!axes)
      return node.refuse("needs axes known at compile time");
  }
  if (!axes)
    return success();
  for (int64_t &axis : *axes) {
    auto fixed = node.axis(axis, rank);
    if (failed(fixed))
      return failure();
    axis = *fixed;
  }
  llvm::sort(*axes);
  if (std::adjacent_find(axes->begin(), axes->end()) != axes->end())
    return node.bad("names an axis twice");
  return success();
}

/// Reshaping keeps known elements: rank 0 and 1 hold the same numbers.
LogicalResult reshaped(Node &node, ArrayRef<Size> dims) {
  Tensor &input = node.tensor(0);
  if (input.elements && dims.size() <= 1 &&
      (dims.empty() ||
       Sizes::asConstant(dims[0]) == int64_t(input.elements->size())))
    return node.resultElements(0, input.dtype, dims, *input.elements);
  auto out = reshape(node, input, dims);
  return failed(out) ? failure() : node.result(0, *out);
}

LogicalResult importShape(Node &node) {
  Tensor &input = node.tensor(0);
  int64_t rank = input.rank();
  auto clamp = [&](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  int64_t start = clamp(node.intAttr("start", 0));
  int64_t end = clamp(node.intAttr("end", rank));
  ArrayRef<Size> dims(input.dims);
  dims = dims.slice(start, std::max<int64_t>(end - start, 0));
  return node.resultElements(0, DType::Int64,
                             {node.sizes.constant(dims.size())}, dims);
}

LogicalResult importSize(Node &node) {
  return node.resultElements(0, DType::Int64, {},
                             {node.sizes.product(node.tensor(0).dims)});
}

/// What is left for one dimension when the others are taken; never divides by
/// a product that is zero at run time.
Size inferSize(Node &node, Size all, Size others) {
  Sizes &sizes = node.sizes;
  if (Sizes::asConstant(others) == 0)
    return sizes.constant(0);
  if (sizes.divides(all, others))
    return sizes.floorDiv(all, others);
  return sizes.floorDiv(all, sizes.max(others, sizes.constant(1)));
}

/// The target shape of Reshape: from attribute `shape` in opset 1, else input.
FailureOr<SmallVector<Size>> targetShape(Node &node) {
  SmallVector<Size> shape;
  if (auto attr = node.intsAttr("shape")) {
    for (int64_t size : *attr)
      shape.push_back(node.sizes.constant(size));
    return shape;
  }
  if (auto known = node.elements(1))
    return *known;
  return node.refuse("needs a shape with a number of dimensions known at "
                     "compile time");
}

LogicalResult importReshape(Node &node) {
  Tensor &input = node.tensor(0);
  Sizes &sizes = node.sizes;
  auto shape = targetShape(node);
  if (failed(shape))
    return failure();
  bool copiesZero = !node.intAttr("allowzero", 0);
  std::optional<size_t> infer;
  SmallVector<Size> dims(*shape);
  SmallVector<size_t> fromData;
  for (auto [i, size] : llvm::enumerate(*shape)) {
    auto c = Sizes::asConstant(size);
    if (!c && sizes.isFromData(size)) {
      fromData.push_back(i);
    } else if (c == 0 && copiesZero) {
      if (int64_t(i) >= input.rank())
        return node.bad("copies dimension " + Twine(i) +
                        " of an input of rank " + Twine(input.rank()));
      dims[i] = input.dims[i];
    } else if (c && *c < -1) {
      return node.bad("needs sizes of -1 or more, but got " + Twine(*c));
    } else if (c == -1) {
      if (infer)
        return node.bad("leaves two dimensions to be inferred");
      infer = i;
    }
  }
  Size all = sizes.product(input.dims);
  // Zeros first, so that what is inferred sees the sizes they stand for.
  for (size_t i : fromData)
    if (copiesZero && int64_t(i) < input.rank())
      dims[i] = sizes.select(
          sizes.compare(arith::CmpIPredicate::eq, dims[i], sizes.constant(0)),
          input.dims[i], dims[i]);
  SmallVector<Size> resolved(dims);
  auto othersOf = [&](size_t at) {
    SmallVector<Size> others;
    for (auto [j, other] : llvm::enumerate(dims))
      if (j != at)
        others.push_back(other);
    return sizes.product(others);
  };
  if (infer)
    resolved[*infer] = inferSize(node, all, othersOf(*infer));
  else
    for (size_t i : fromData)
      resolved[i] = sizes.select(
          sizes.compare(arith::CmpIPredicate::slt, dims[i], sizes.constant(0)),
          inferSize(node, all, othersOf(i)), dims[i]);
  return reshaped(node, resolved);
}

LogicalResult unsqueezeAtRunTime(Node &node) {
  Tensor &input = node.tensor(0);
  auto axes = node.elements(1);
  if (!axes)
    return node.refuse("needs the number of axes at compile time");
  model::Emit e(node.b, node.loc);
  model::Terms flags =
      axisFlags(node, e, *axes, input.rank() + int64_t(axes->size()));
  return give(node, 0,
              reshape(node, input, insertOnes(node, e, input.dims, flags)));
}

LogicalResult importUnsqueeze(Node &node) {
  Tensor &input = node.tensor(0);
  auto count = node.intsAttr("axes");
  if (!count && node.has(1))
    count = node.constants(1);
  if (!count)
    return unsqueezeAtRunTime(node);
  std::optional<SmallVector<int64_t>> axes;
  int64_t rank = input.rank() + count->size();
  if (failed(readAxes(node, 1, rank, axes)))
    return failure();
  SmallVector<Size> dims(input.dims);
  for (int64_t axis : *axes)
    dims.insert(dims.begin() + axis, node.sizes.constant(1));
  return reshaped(node, dims);
}

LogicalResult squeezeAtRunTime(Node &node, ArrayRef<Size> axes) {
  Tensor &input = node.tensor(0);
  model::Emit e(node.b, node.loc);
  model::Terms flags = axisFlags(node, e, axes, input.rank());
  return give(node, 0,
              reshape(node, input,
                      dropFlagged(node, e, input.dims, flags, axes.size())));
}

LogicalResult importSqueeze(Node &node) {
  Tensor &input = node.tensor(0);
  std::optional<SmallVector<int64_t>> axes;
  if (!node.attribute("axes") && node.has(1) && !node.constants(1))
    if (auto given = node.elements(1))
      return squeezeAtRunTime(node, *given);
  if (failed(readAxes(node, 1, input.rank(), axes)))
    return failure();
  SmallVector<Size> dims;
  for (auto [i, size] : llvm::enumerate(input.dims)) {
    bool squeezed = axes ? llvm::is_contained(*axes, int64_t(i))
                         : node.sizes.known(size) == 1;
    // The rank is fixed here: a free size that turns out to be 1 would have
    // to go, too, unless the model's own outputs say that it stays.
    if (!axes && !node.sizes.known(size))
      if (auto check = require(
              node,
              node.sizes.compare(arith::CmpIPredicate::ne, size,
                                 node.sizes.constant(1)),
              "needs axes to drop a free dimension of size {0}", size, size))
        node.importer.unitChecks.push_back(check);
    if (!squeezed)
      dims.push_back(size);
    else if (failed(requireEqual(node, size, node.sizes.constant(1),
                                 "a squeezed dimension and 1")))
      return failure();
  }
  return reshaped(node, dims);
}

LogicalResult importFlatten(Node &node) {
  Tensor &input = node.tensor(0);
  int64_t axis = node.intAttr("axis", 1);
  if (axis < -input.rank() || axis > input.rank())
    return node.bad("needs an axis in [-" + Twine(input.rank()) + ", " +
                    Twine(input.rank()) + "], but got " + Twine(axis));
  if (axis < 0)
    axis += input.rank();
  ArrayRef<Size> dims(input.dims);
  return reshaped(node, {node.sizes.product(dims.take_front(axis)),
                         node.sizes.product(dims.drop_front(axis))});
}

LogicalResult importTranspose(Node &node) {
  Tensor &input = node.tensor(0);
  auto permutation = node.intsAttr("perm");
  if (!permutation) {
    permutation.emplace();
    for (int64_t i = input.rank(); i-- > 0;)
      permutation->push_back(i);
  }
  SmallVector<int64_t> sorted(*permutation);
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, input.rank())))
    return node.bad("perm is not a permutation of its dimensions");
  return node.result(0, transpose(node, input, *permutation));
}

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

LogicalResult importExpand(Node &node) {
  Tensor &input = node.tensor(0);
  auto shape = node.elements(1);
  if (!shape)
    return node.refuse("needs a shape with a number of dimensions known at "
                       "compile time");
  auto dims = broadcastDims(node, {input.dims, *shape});
  if (failed(dims))
    return failure();
  if (input.elements && dims->size() <= 1)
    if (auto n = dims->empty() ? 1 : Sizes::asConstant((*dims)[0]);
        n && *n <= 64 && input.elements->size() == 1)
      return node.resultElements(
          0, input.dtype, *dims,
          SmallVector<Size>(*n, input.elements->front()));
  return node.result(0, broadcastTo(node, input, *dims));
}

const Registration table[] = {
    {"", "Shape", importShape, everything},
    {"", "Size", importSize, everything},
    {"", "Reshape", importReshape, everything},
    {"", "Unsqueeze", importUnsqueeze, everything},
    {"", "Squeeze", importSqueeze, everything},
    {"", "Flatten", importFlatten, everything},
    {"", "Transpose", importTranspose, everything},
    {"", "Concat", importConcat, everything},
    {"", "Slice", importSlice, everything},
    {"", "Split", importSplit, everything},
    {"", "Expand", importExpand, everything},
};

} // namespace

ArrayRef<Registration> shapeOps() { return table; }

} // namespace niello::onnx_frontend
