// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that put the elements of a tensor in other places.

#include "frontends/onnx/ops/Terms.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

// [d0, d1] -> [1, d0, 1, d1] -> [r0, d0, r1, d1] -> [r0 d0, r1 d1]
LogicalResult importTile(Node &node) {
  Tensor x = node.tensor(0);
  Sizes &sizes = node.sizes;
  SmallVector<Size> repeats(x.rank(), sizes.constant(1));
  if (node.opset < 6) { // one axis: inputs `tiles` and `axis`
    auto tiles = node.elements(1);
    auto axis = node.constants(2);
    if (!tiles || !axis || tiles->size() != 1 || axis->size() != 1)
      return node.refuse("needs an axis known at compile time");
    auto at = node.axis((*axis)[0], x.rank());
    if (failed(at))
      return failure();
    repeats[*at] = (*tiles)[0];
  } else {
    auto given = node.elements(1);
    if (!given || int64_t(given->size()) != x.rank())
      return node.bad("needs as many repeats as dimensions");
    repeats = *given;
  }
  if (failed(requireCounts(node, repeats, "repeats")))
    return failure();
  SmallVector<Size> apart, wide, out;
  for (auto [dim, repeat] : llvm::zip(x.dims, repeats)) {
    if (Sizes::asConstant(repeat) != 1) {
      apart.push_back(sizes.constant(1));
      wide.push_back(repeat);
    }
    apart.push_back(dim);
    wide.push_back(dim);
    out.push_back(sizes.mul(dim, repeat));
  }
  auto split = reshape(node, x, apart);
  if (failed(split))
    return failure();
  Tensor repeated = broadcastTo(node, *split, wide);
  return give(node, 0, reshape(node, repeated, out));
}

/// reshape, transpose, reshape
FailureOr<Tensor> rearrange(Node &node, Tensor x, ArrayRef<Size> apart,
                            ArrayRef<int64_t> permutation,
                            ArrayRef<Size> dims) {
  auto split = reshape(node, x, apart);
  if (failed(split))
    return failure();
  Tensor moved = transpose(node, *split, permutation);
  return reshape(node, moved, dims);
}

FailureOr<Size> blockSize(Node &node) {
  int64_t block = node.intAttr("blocksize", 0);
  if (block < 1)
    return node.bad("needs a blocksize of 1 or more, but got " + Twine(block));
  if (node.tensor(0).rank() != 4)
    return node.bad("needs [N, C, H, W], but got rank " +
                    Twine(node.tensor(0).rank()));
  return node.sizes.constant(block);
}

// DCR: [N, b, b, C', H, W] -> [N, C', H, b, W, b];
// CRD: [N, C', b, b, H, W] -> the same
LogicalResult importDepthToSpace(Node &node) {
  auto block = blockSize(node);
  if (failed(block))
    return failure();
  Tensor x = node.tensor(0);
  Sizes &sizes = node.sizes;
  Size b = *block, n = x.dims[0], h = x.dims[2], w = x.dims[3];
  Size c = sizes.floorDiv(x.dims[1], sizes.mul(b, b));
  SmallVector<Size> dims{n, c, sizes.mul(h, b), sizes.mul(w, b)};
  std::string mode = node.stringAttr("mode", "DCR");
  if (mode != "DCR" && mode != "CRD")
    return node.bad("needs mode DCR or CRD, but got " + mode);
  if (mode == "CRD")
    return give(
        node, 0,
        rearrange(node, x, {n, c, b, b, h, w}, {0, 1, 4, 2, 5, 3}, dims));
  return give(node, 0,
              rearrange(node, x, {n, b, b, c, h, w}, {0, 3, 4, 1, 5, 2}, dims));
}

// [N, C, H', b, W', b] -> DCR: [N, b, b, C, H', W'], CRD: [N, C, b, b, H', W']
LogicalResult importSpaceToDepth(Node &node) {
  auto block = blockSize(node);
  if (failed(block))
    return failure();
  Tensor x = node.tensor(0);
  Sizes &sizes = node.sizes;
  Size b = *block, n = x.dims[0], c = x.dims[1];
  Size h = sizes.floorDiv(x.dims[2], b), w = sizes.floorDiv(x.dims[3], b);
  SmallVector<Size> dims{n, sizes.mul(c, sizes.mul(b, b)), h, w};
  std::string mode = node.stringAttr("mode", "DCR");
  if (mode != "DCR" && mode != "CRD")
    return node.bad("needs mode DCR or CRD, but got " + mode);
  SmallVector<int64_t> order{0, 3, 5, 1, 2, 4};
  if (mode == "CRD")
    order = {0, 1, 3, 5, 2, 4};
  return give(node, 0, rearrange(node, x, {n, c, h, b, w, b}, order, dims));
}

// y[t] = t < length ? x[length - 1 - t] : x[t], a length a batch entry
LogicalResult importReverseSequence(Node &node) {
  Tensor x = node.tensor(0), lengths = node.tensor(1);
  int64_t batch = node.intAttr("batch_axis", 1);
  int64_t time = node.intAttr("time_axis", 0);
  if (x.rank() < 2 || batch < 0 || batch > 1 || time != 1 - batch)
    return node.bad("needs rank 2 or more and the axes 0 and 1");
  if (lengths.rank() != 1 ||
      failed(requireEqual(node, lengths.dims[0], x.dims[batch],
                          "the lengths and the batch")))
    return failure();
  Value source = node.value(x), counts = node.value(lengths);
  return node.result(0, generate(node, x.dims, x.dtype, [&](Emit &e, Terms at) {
                       Term length = e.toIndex(e.at(counts, {at[batch]}));
                       length = minimum(length, e.size(x.dims[time]));
                       Term t = at[time];
                       at[time] = select(t < length, length - 1 - t, t);
                       return e.at(source, at);
                     }));
}

// upper: keeps column - row >= k; lower: column - row <= k
LogicalResult importTrilu(Node &node) {
  Tensor x = node.tensor(0);
  int64_t rank = x.rank();
  if (rank < 2)
    return node.bad("needs rank 2 or more, but got " + Twine(rank));
  bool upper = node.intAttr("upper", 1);
  Emit emit(node.b, node.loc);
  Term k = emit.index(0);
  if (node.has(1))
    k = emit.toIndex(emit.wrap(extractScalar(node, node.tensor(1))));
  Value source = node.value(x);
  return node.result(0, generate(node, x.dims, x.dtype, [&](Emit &e, Terms at) {
                       Term value = e.at(source, at);
                       Term last = at[rank - 2] + k;
                       Term kept =
                           upper ? at[rank - 1] >= last : at[rank - 1] <= last;
                       return select(kept, value, value.like(0));
                     }));
}

const Registration table[] = {
    {"", "Tile", importTile, everything},
    {"", "DepthToSpace", importDepthToSpace, everything},
    {"", "SpaceToDepth", importSpaceToDepth, everything},
    {"", "ReverseSequence", importReverseSequence, everything},
    {"", "Trilu", importTrilu, everything},
};

} // namespace

ArrayRef<Registration> arrangeOps() { return table; }

} // namespace niello::onnx_frontend
