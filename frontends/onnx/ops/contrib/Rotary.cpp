// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft RotaryEmbedding.

#include "frontends/onnx/ops/contrib/Heads.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

// input [B, T, H D] or [B, H, T, D], position_ids [1] or [B, T], cos, sin
LogicalResult importRotary(Node &node) {
  if (node.intAttr("is_packed_batching", 0))
    return node.refuse("is_packed_batching");
  if (node.floatAttr("scale", 1) != 1)
    return node.refuse("needs a scale of 1");
  for (unsigned i : {1, 2, 3})
    if (!node.has(i))
      return node.bad("needs position_ids, cos_cache and sin_cache");
  Tensor x = node.tensor(0), positions = node.tensor(1), cos = node.tensor(2);
  bool isFlat = x.rank() == 3;
  if (isFlat) {
    auto half = cos.rank() == 2 ? Sizes::asConstant(cos.dims[1]) : std::nullopt;
    auto width = Sizes::asConstant(x.dims[2]);
    int64_t heads = node.intAttr("num_heads", 0);
    // The caches are as wide as a head unless a part of it is rotated.
    if (node.intAttr("rotary_embedding_dim", 0) == 0 && half && width &&
        *half > 0)
      heads = *width / 2 / *half;
    auto apart = splitHeads(node, x, heads);
    if (failed(apart))
      return failure();
    x = *apart;
  }
  if (x.rank() != 4)
    return node.bad("needs rank 3 or 4, but got " + Twine(x.rank()));
  if (positions.rank() == 1) { // the place of the first; the others follow
    Emit e(node.b, node.loc);
    Term first = e.wrap(extractScalar(node, positions));
    positions = generate(node, {x.dims[0], x.dims[2]}, DType::Int64,
                         [&](Emit &e, Terms at) {
                           return first + e.cast(at[1], e.b.getI64Type());
                         });
  }
  auto turned = rotate(node, x, cos, node.tensor(3), positions,
                       node.intAttr("interleaved", 0));
  if (failed(turned))
    return failure();
  return isFlat ? give(node, 0, mergeHeads(node, *turned))
                : node.result(0, *turned);
}

const Registration table[] = {
    {"com.microsoft", "RotaryEmbedding", importRotary, floats},
};

} // namespace

ArrayRef<Registration> rotaryOps() { return table; }

} // namespace niello::onnx_frontend
