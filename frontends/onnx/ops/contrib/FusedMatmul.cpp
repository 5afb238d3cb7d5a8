// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft matrix products.

#include "frontends/onnx/ops/contrib/Heads.h"
#include "frontends/onnx/ops/contrib/Packed.h"
#include "frontends/onnx/ops/math/Matmul.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

FailureOr<Tensor> swapLast(Node &node, Tensor x) {
  if (x.rank() < 2)
    return x;
  auto order = llvm::to_vector(llvm::seq<int64_t>(0, x.rank()));
  std::swap(order[x.rank() - 1], order[x.rank() - 2]);
  return transpose(node, x, order);
}

/// [M, batch.., K] as [batch.., M, K]
Tensor batchFirst(Node &node, Tensor x) {
  if (x.rank() < 3)
    return x;
  auto order = llvm::to_vector(llvm::seq<int64_t>(1, x.rank() - 1));
  order.push_back(0);
  order.push_back(x.rank() - 1);
  return transpose(node, x, order);
}

// alpha A' B'
LogicalResult importFusedMatMul(Node &node) {
  if (!node.has(1))
    return node.bad("needs a second matrix");
  FailureOr<Tensor> a = node.tensor(0), b = node.tensor(1);
  if (node.intAttr("transBatchA", 0))
    a = batchFirst(node, *a);
  if (node.intAttr("transBatchB", 0))
    b = batchFirst(node, *b);
  if (node.intAttr("transA", 0))
    a = swapLast(node, *a);
  if (node.intAttr("transB", 0))
    b = swapLast(node, *b);
  auto product = matmul(node, *a, *b);
  float alpha = node.floatAttr("alpha", 1);
  if (failed(product) || alpha == 1)
    return give(node, 0, product);
  return node.result(0, mapElements(node, *product, product->dtype,
                                    [&](Term x) { return x * alpha; }));
}

// A W' (+ bias), W[n, k] = (q[n, k] - zero[n, k / block]) scale[n, k / block];
// inputs: A, B, scales, zero_points?, g_idx?, bias?
LogicalResult importMatMulNBits(Node &node) {
  int64_t k = node.intAttr("K", 0), n = node.intAttr("N", 0);
  int64_t bits = node.intAttr("bits", 4), block = node.intAttr("block_size", 0);
  // Products of two and a few bits stay below 2^63.
  if (llvm::any_of(ArrayRef{k, n, block},
                   [](int64_t x) { return x < 1 || x > INT32_MAX; }))
    return node.bad("needs K, N and block_size from 1 to 2^31 - 1");
  if (bits != 2 && bits != 4 && bits != 8)
    return node.refuse("needs 2, 4 or 8 bits, but got " + Twine(bits));
  for (unsigned i : {1, 2})
    if (!node.has(i))
      return node.bad("needs packed weights and their scales");
  Tensor a = node.tensor(0);
  Sizes &sizes = node.sizes;
  int64_t blocks = (k + block - 1) / block;
  int64_t rowBytes = blocks * ((block * bits + 7) / 8);
  auto packed = reshape(node, node.tensor(1),
                        {sizes.constant(n), sizes.constant(rowBytes)});
  auto scales = reshape(node, node.tensor(2),
                        {sizes.constant(n), sizes.constant(blocks)});
  if (failed(packed) || failed(scales))
    return failure();
  FailureOr<Tensor> zeros = failure();
  bool arePacked = node.has(3) && node.dtype(3) == DType::UInt8;
  if (node.has(3)) {
    int64_t columns = arePacked ? (blocks * bits + 7) / 8 : blocks;
    zeros = reshape(node, node.tensor(3),
                    {sizes.constant(n), sizes.constant(columns)});
    if (failed(zeros))
      return failure();
  }
  Value bytes = node.value(*packed), factors = node.value(*scales);
  Value offsets = node.has(3) ? node.value(*zeros) : Value();
  Value groups; // which scale a row of the weights has
  if (node.has(4)) {
    Tensor order = node.tensor(4);
    if (failed(requireDims(node, order, {sizes.constant(k)},
                           "g_idx and the K rows of weights")))
      return failure();
    groups = node.value(order);
    Emit e(node.b, node.loc);
    e.forEach({e.index(k)}, [&](Terms at) {
      Term group = e.toIndex(e.at(groups, at));
      e.require((group >= 0) & (group < blocks),
                "node '" + node.proto.name() +
                    "' (MatMulNBits): g_idx {0} is outside of {1} blocks",
                {group, e.index(blocks)});
    });
  }
  Type real = node.b.getF32Type();
  Tensor weights =
      generate(node, {sizes.constant(n), sizes.constant(k)}, a.dtype,
               [&](Emit &e, Terms at) {
                 Term stored = at[1] / e.index(block), group = stored;
                 if (groups)
                   group = e.toIndex(e.at(groups, {at[1]}));
                 // A block starts at a byte of its own.
                 int64_t slots = (block * bits + 7) / 8 * (8 / bits);
                 Term place = stored * e.index(slots) + at[1] % e.index(block);
                 Term q = e.cast(unpack(e, bytes, {at[0]}, place, bits), real);
                 Term zero = e.constant(real, 1 << (bits - 1));
                 if (arePacked)
                   zero =
                       e.cast(unpack(e, offsets, {at[0]}, group, bits), real);
                 else if (offsets)
                   zero = e.cast(e.at(offsets, {at[0], group}), real);
                 Term scale = e.cast(e.at(factors, {at[0], group}), real);
                 return e.cast((q - zero) * scale,
                               elementType(e.b.getContext(), a.dtype));
               });
  auto product = matmul(node, a, transpose(node, weights, {1, 0}));
  if (failed(product) || !node.has(5))
    return give(node, 0, product);
  SmallVector<Tensor> both{*product, node.tensor(5)};
  return give(node, 0, perElement(node, both, a.dtype, [](auto x) {
                return x[0] + x[1];
              }));
}

constexpr const char *ms = "com.microsoft";

const Registration table[] = {
    {ms, "FusedMatMul", importFusedMatMul, floats},
    {ms, "TransposeMatMul", importFusedMatMul, floats},
    {ms, "MatMulNBits", importMatMulNBits, floats},
};

} // namespace

ArrayRef<Registration> fusedMatmulOps() { return table; }

} // namespace niello::onnx_frontend
