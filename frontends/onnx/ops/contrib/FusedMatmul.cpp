// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft matrix products.

#include "frontends/onnx/ops/Terms.h"
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

// alpha A' B'
LogicalResult importFusedMatMul(Node &node) {
  if (node.intAttr("transBatchA", 0) || node.intAttr("transBatchB", 0))
    return node.refuse("transBatchA and transBatchB");
  FailureOr<Tensor> a = node.tensor(0), b = node.tensor(1);
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

/// The i-th number of `bits` bits of a row of bytes, the first ones lowest.
Term unpack(Emit &e, Value bytes, Term row, Term i, int64_t bits) {
  Type word = e.b.getI32Type();
  Term perByte = e.index(8 / bits);
  Term byte = e.cast(e.at(bytes, {row, i / perByte}), word, false);
  Term shift = e.cast((i % perByte) * e.index(bits), word);
  Term shifted = e.wrap(arith::ShRUIOp::create(e.b, e.loc, byte, shift));
  return shifted & e.integer(word, (1 << bits) - 1);
}

// A W' (+ bias), W[n, k] = (q[n, k] - zero[n, k / block]) scale[n, k / block];
// inputs: A, B, scales, zero_points?, g_idx?, bias?
LogicalResult importMatMulNBits(Node &node) {
  int64_t k = node.intAttr("K", 0), n = node.intAttr("N", 0);
  int64_t bits = node.intAttr("bits", 4), block = node.intAttr("block_size", 0);
  if (k < 1 || n < 1 || block < 1)
    return node.bad("needs K, N and block_size of 1 or more");
  if (bits != 2 && bits != 4 && bits != 8)
    return node.refuse("needs 2, 4 or 8 bits, but got " + Twine(bits));
  if (node.has(4))
    return node.refuse("g_idx");
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
  Type real = node.b.getF32Type();
  Tensor weights =
      generate(node, {sizes.constant(n), sizes.constant(k)}, a.dtype,
               [&](Emit &e, Terms at) {
                 Term group = at[1] / e.index(block);
                 // A block starts at a byte of its own.
                 int64_t slots = (block * bits + 7) / 8 * (8 / bits);
                 Term place = group * e.index(slots) + at[1] % e.index(block);
                 Term q = e.cast(unpack(e, bytes, at[0], place, bits), real);
                 Term zero = e.constant(real, 1 << (bits - 1));
                 if (arePacked)
                   zero = e.cast(unpack(e, offsets, at[0], group, bits), real);
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
