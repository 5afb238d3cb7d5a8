// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that ask for, compute with or change shapes.

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

LogicalResult importExpand(Node &node) {
  Tensor &input = node.tensor(0);
  auto shape = node.elements(1);
  if (!shape)
    return node.refuse("needs a shape with a number of dimensions known at "
                       "compile time");
  if (failed(requireCounts(node, *shape, "sizes")))
    return failure();
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
    {"", "Expand", importExpand, everything},
};

} // namespace

ArrayRef<Registration> shapeOps() { return table; }

} // namespace niello::onnx_frontend
