// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random tensors. Numbers follow from a seed, so that a compiled model gives
// the same ones wherever it runs; without a seed the node's result names one.

#include "frontends/onnx/ops/math/Random.h"
#include "frontends/onnx/ops/Terms.h"

#include "dialects/model/Model.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::RandomKind;
using model::Term;
using model::Terms;

int64_t seedOf(Node &node) {
  if (const onnx::AttributeProto *seed = node.attribute("seed")) {
    if (seed->type() == onnx::AttributeProto::INT) // Dropout's
      return seed->i();
    return llvm::bit_cast<uint32_t>(node.floatAttr("seed", 0));
  }
  std::string name = node.proto.output_size() ? node.proto.output(0) : "";
  return llvm::xxh3_64bits(name) >> 1;
}

/// The type of attribute `dtype`, which must be one of `allowed`.
FailureOr<DType> typeAttr(Node &node, DType otherwise, DTypes allowed) {
  auto dtype = static_cast<DType>(
      node.intAttr("dtype", static_cast<int64_t>(otherwise)));
  auto number = static_cast<unsigned>(dtype);
  if (number >= 32 || !(allowed & bit(dtype)))
    return node.refuse("gives no " + dtypeName(dtype));
  return dtype;
}

Tensor draw(Node &node, RandomKind kind, ArrayRef<Size> dims, DType dtype,
            double first, double second) {
  Tensor out;
  out.dtype = dtype;
  out.dims.assign(dims.begin(), dims.end());
  out.value = model::RandomOp::create(node.b, node.loc, kind, seedOf(node),
                                      first, second, llvm::to_vector(dims),
                                      elementType(node.b.getContext(), dtype));
  return out;
}

/// Of the shape of an input, or of attribute `shape`.
template <RandomKind kind, bool isLike> LogicalResult importRandom(Node &node) {
  SmallVector<Size> dims;
  DType otherwise = DType::Float;
  if (isLike) {
    dims = node.tensor(0).dims;
    if (floats & bit(node.dtype(0)))
      otherwise = node.dtype(0);
  } else {
    auto shape = node.intsAttr("shape");
    if (!shape)
      return node.bad("lacks a shape");
    for (int64_t size : *shape) {
      if (size < 0)
        return node.bad("needs sizes of 0 or more, but got " + Twine(size));
      dims.push_back(node.sizes.constant(size));
    }
  }
  auto dtype = typeAttr(node, otherwise, floats);
  if (failed(dtype))
    return failure();
  bool isNormal = kind == RandomKind::Normal;
  double first = node.floatAttr(isNormal ? "mean" : "low", 0);
  double second = node.floatAttr(isNormal ? "scale" : "high", 1);
  return node.result(0, draw(node, kind, dims, *dtype, first, second));
}

LogicalResult importBernoulli(Node &node) {
  Tensor p = node.tensor(0);
  auto dtype = typeAttr(node, p.dtype, numbers | bools);
  if (failed(dtype))
    return failure();
  return node.result(0, drawBernoulli(node, p, *dtype));
}

// The first class whose running sum of e^(x - max) exceeds u times their sum.
LogicalResult importMultinomial(Node &node) {
  Tensor x = castTo(node, node.tensor(0), DType::Float);
  auto dtype =
      typeAttr(node, DType::Int32, bit(DType::Int32) | bit(DType::Int64));
  int64_t samples = node.intAttr("sample_size", 1);
  if (failed(dtype))
    return failure();
  if (x.rank() != 2 || samples < 0)
    return node.bad("needs [batch, classes] and a sample_size of 0 or more");
  SmallVector<Size> dims{x.dims[0], node.sizes.constant(samples)};
  Tensor uniform = draw(node, RandomKind::Uniform, dims, DType::Float, 0, 1);
  Value logits = node.value(x), numbers = uniform.value;
  Type real = node.b.getF32Type();
  Size classes = x.dims[1];
  Tensor out = generate(node, dims, DType::Int64, [&](Emit &e, Terms at) {
    Term zero = e.index(0), end = e.size(classes);
    Term high = e.loop(zero, end, e.lowest(real), [&](Term c, Term most) {
      return maximum(most, e.at(logits, {at[0], c}));
    });
    auto weight = [&](Term c) { return exp(e.at(logits, {at[0], c}) - high); };
    Term none = e.constant(real, 0);
    Term sum = e.loop(zero, end, none,
                      [&](Term c, Term total) { return total + weight(c); });
    Term goal = e.at(numbers, at) * sum;
    Terms found =
        e.loop(zero, end, {none, zero}, [&](Term c, Terms state) -> Terms {
          Term total = state[0] + weight(c);
          return {total, select(total <= goal, c + 1, state[1])};
        });
    return e.cast(minimum(found[1], end - 1), e.b.getI64Type());
  });
  return node.result(0, castTo(node, out, *dtype));
}

const Registration table[] = {
    {"", "RandomNormal", importRandom<RandomKind::Normal, false>, 0},
    {"", "RandomNormalLike", importRandom<RandomKind::Normal, true>,
     everything},
    {"", "RandomUniform", importRandom<RandomKind::Uniform, false>, 0},
    {"", "RandomUniformLike", importRandom<RandomKind::Uniform, true>,
     everything},
    {"", "Bernoulli", importBernoulli, floats},
    {"", "Multinomial", importMultinomial, floats},
};

} // namespace

Tensor drawBernoulli(Node &node, Tensor probability, DType dtype) {
  Tensor out;
  out.dtype = dtype;
  out.dims = probability.dims;
  out.value = model::RandomOp::create(node.b, node.loc, seedOf(node),
                                      node.value(probability), out.dims,
                                      elementType(node.b.getContext(), dtype));
  return out;
}

ArrayRef<Registration> randomOps() { return table; }

} // namespace niello::onnx_frontend
