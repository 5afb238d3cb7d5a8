// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft MatMulBnb4: products with weights of 4 bits that name an entry
// of a table, as bitsandbytes stores them.

#include "frontends/onnx/ops/math/Matmul.h"
#include "frontends/onnx/ops/ml/Scores.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

// A sign, then 0, 1/192 and six steps up to 1.
constexpr double fp4[] = {
    0, 1.0 / 192,  2.0 / 3,  1,  1.0 / 3,  1.0 / 2,  1.0 / 6,  1.0 / 4,
    0, -1.0 / 192, -2.0 / 3, -1, -1.0 / 3, -1.0 / 2, -1.0 / 6, -1.0 / 4};

// NormalFloat4: quantiles of a normal distribution scaled to [-1, 1], with an
// exact 0 (QLoRA, Dettmers et al. 2023, appendix E).
constexpr double nf4[] = {-1.0,
                          -0.6961928009986877,
                          -0.5250730514526367,
                          -0.39491748809814453,
                          -0.28444138169288635,
                          -0.18477343022823334,
                          -0.09105003625154495,
                          0.0,
                          0.07958029955625534,
                          0.16093020141124725,
                          0.24611230194568634,
                          0.33791524171829224,
                          0.44070982933044434,
                          0.5626170039176941,
                          0.7229568362236023,
                          1.0};

// A W', or A W: W[n, k] = table[q[n K + k]] absmax[(n K + k) / block], the
// first of two numbers in the high half of a byte
LogicalResult importMatMulBnb4(Node &node) {
  int64_t k = node.intAttr("K", 0), n = node.intAttr("N", 0);
  int64_t block = node.intAttr("block_size", 0);
  int64_t kind = node.intAttr("quant_type", 0);
  if (k < 1 || n < 1 || block < 1 || (kind != 0 && kind != 1))
    return node.bad("needs K, N and block_size of 1 or more and a quant_type "
                    "of 0 or 1");
  if (!node.has(1) || !node.has(2))
    return node.bad("needs packed weights and their scales");
  Sizes &sizes = node.sizes;
  Tensor a = node.tensor(0);
  auto count = llvm::checkedMul(n, k);
  if (!count)
    return node.bad("has more than 2^63 weights");
  auto packed =
      reshape(node, node.tensor(1), {sizes.constant(*count / 2 + *count % 2)});
  auto scales =
      reshape(node, node.tensor(2), {sizes.constant((*count - 1) / block + 1)});
  if (failed(packed) || failed(scales))
    return failure();
  Value bytes = node.value(*packed), factors = node.value(*scales);
  Value values =
      constantReals(node, kind ? ArrayRef(nf4) : ArrayRef(fp4), DType::Float)
          .value;
  Tensor weights = generate(
      node, {sizes.constant(n), sizes.constant(k)}, a.dtype,
      [&](Emit &e, Terms at) {
        Type word = e.b.getI32Type();
        Term place = at[0] * e.index(k) + at[1];
        Term byte = e.cast(e.at(bytes, {place / e.index(2)}), word, false);
        Term high = e.wrap(
            arith::ShRUIOp::create(e.b, e.loc, byte, e.integer(word, 4)));
        Term low = byte & e.integer(word, 15);
        Term q = select(place % e.index(2) == 0, high, low);
        Term scale =
            e.cast(e.at(factors, {place / e.index(block)}), e.b.getF32Type());
        return e.cast(e.at(values, {e.toIndex(q)}) * scale,
                      elementType(e.b.getContext(), a.dtype));
      });
  if (node.intAttr("transB", 1))
    weights = transpose(node, weights, {1, 0});
  return give(node, 0, matmul(node, a, weights));
}

const Registration table[] = {
    {"com.microsoft", "MatMulBnb4", importMatMulBnb4, floats},
};

} // namespace

ArrayRef<Registration> bnb4Ops() { return table; }

} // namespace niello::onnx_frontend
