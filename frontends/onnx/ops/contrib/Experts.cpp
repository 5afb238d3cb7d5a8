// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft MoE and QMoE: each token goes through the k experts that its
// router scores highest. Shapes: T tokens, E experts, K chosen ones, H hidden
// width, I inner width, N outputs and C inputs of a layer.

#include "frontends/onnx/ops/contrib/Heads.h"
#include "frontends/onnx/ops/contrib/Packed.h"
#include "frontends/onnx/ops/ml/Scores.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>
#include <limits>

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

/// One layer of all experts: weights [E, N, C], or [E, N, C bits / 8] bytes
/// with scales [E, N] or [E, N, C / block].
struct Layer {
  Value weights, bias, scales, zeros; // all but the weights may be null
  int64_t outputs, inputs;
  int64_t bits = 0, block = 0; // 0 bits: floats; 0 block: a scale an output
};

/// Reads a layer from the node's inputs of these numbers.
FailureOr<Layer> readLayer(Node &node, unsigned weights, unsigned bias,
                           unsigned scales, unsigned zeros, int64_t bits) {
  if (!node.has(weights) || node.tensor(weights).rank() != 3)
    return node.bad("needs weights of [experts, outputs, inputs]");
  Tensor &w = node.tensor(weights);
  auto outputs = Sizes::asConstant(w.dims[1]);
  auto inputs = Sizes::asConstant(w.dims[2]);
  if (!outputs || !inputs)
    return node.refuse("needs weights of sizes known at compile time");
  Layer layer;
  layer.weights = node.value(w);
  layer.outputs = *outputs;
  layer.inputs = bits ? *inputs * 8 / bits : *inputs;
  layer.bits = bits;
  Sizes &sizes = node.sizes;
  Tensor &router = node.tensor(1);
  if (router.rank() != 2)
    return node.bad("needs router_probs of [tokens, experts]");
  SmallVector<Size> rows{router.dims[1], w.dims[1]};
  if (failed(requireEqual(node, w.dims[0], rows[0],
                          "the experts of the router and of the weights")))
    return failure();
  if (node.has(bias)) {
    if (failed(requireDims(node, node.tensor(bias), rows,
                           "the biases and the outputs")))
      return failure();
    layer.bias = node.value(bias);
  }
  if (!bits)
    return layer;
  if (!node.has(scales))
    return node.bad("needs scales beside its weights");
  layer.block =
      node.tensor(scales).rank() == 3 ? node.intAttr("block_size", 0) : 0;
  if (node.tensor(scales).rank() == 3 && layer.block < 1)
    return node.bad("needs a block_size with scales of rank 3");
  // A byte of zero points holds several: of blocks, or of outputs.
  SmallVector<Size> points(rows);
  if (layer.block) {
    rows.push_back(sizes.constant((layer.inputs - 1) / layer.block + 1));
    points = rows;
  }
  points.back() = sizes.ceilDiv(points.back(), sizes.constant(8 / bits));
  if (failed(requireDims(node, node.tensor(scales), rows,
                         "the scales and the weights")))
    return failure();
  layer.scales = node.value(scales);
  if (node.has(zeros)) {
    if (failed(requireDims(node, node.tensor(zeros), points,
                           "the zero points and the weights")))
      return failure();
    layer.zeros = node.value(zeros);
  }
  return layer;
}

/// One weight as float32.
Term weightAt(Emit &e, const Layer &layer, Term expert, Term row, Term column) {
  Type real = e.b.getF32Type();
  if (!layer.bits)
    return e.cast(e.at(layer.weights, {expert, row, column}), real);
  Term q = unpack(e, layer.weights, {expert, row}, column, layer.bits);
  Terms place{expert, row};
  if (layer.block)
    place.push_back(column / e.index(layer.block));
  Term zero = e.integer(e.b.getI32Type(), 1 << (layer.bits - 1));
  if (layer.zeros && layer.block)
    zero = unpack(e, layer.zeros, {expert, row}, place.back(), layer.bits);
  else if (layer.zeros)
    zero = unpack(e, layer.zeros, {expert}, row, layer.bits);
  return e.cast(q - zero, real) * e.cast(e.at(layer.scales, place), real);
}

/// bias[n] + sum over c: input(c) W[expert, n, c]
Term output(Emit &e, const Layer &layer, Term expert, Term row,
            llvm::function_ref<Term(Term)> input) {
  Type real = e.b.getF32Type();
  Term sum =
      e.loop(e.index(0), e.index(layer.inputs), e.constant(real, 0),
             [&](Term c, Term acc) {
               return acc + input(c) * weightAt(e, layer, expert, row, c);
             });
  if (layer.bias)
    sum = sum + e.cast(e.at(layer.bias, {expert, row}), real);
  return sum;
}

Term sigmoid(Term x) { return 1 / (exp(0 - x) + 1); }

/// The activation of one number.
FailureOr<Term> activate(Node &node, StringRef kind, Term x) {
  if (kind == "relu")
    return maximum(x, x.like(0));
  if (kind == "silu")
    return x * sigmoid(x);
  if (kind == "identity")
    return x;
  if (kind == "gelu") { // by tanh, with its 0.044715 and sqrt(2 / pi)
    Term inner = 0.7978845608028654 * (x + 0.044715 * x * x * x);
    return 0.5 * x * (1 + apply<math::TanhOp>(inner));
  }
  return failure();
}

// G sigmoid(alpha G) (L + beta) for G and L within the limit
Term swiglu(Node &node, Term g, Term l) {
  double limit =
      node.floatAttr("swiglu_limit", std::numeric_limits<float>::infinity());
  if (!std::isinf(limit)) {
    g = minimum(g, g.like(limit));
    l = minimum(maximum(l, l.like(-limit)), l.like(limit));
  }
  Term gate = g * sigmoid(node.floatAttr("activation_alpha", 1) * g);
  return gate * (l + node.floatAttr("activation_beta", 0));
}

/// The K experts of each token and what each counts, normal ones adding up to
/// 1: [T, K] both.
FailureOr<std::pair<Tensor, Tensor>> route(Node &node, Tensor router,
                                           bool isNormal) {
  int64_t k = node.intAttr("k", 1);
  if (k < 1)
    return node.bad("needs k of 1 or more");
  auto shares =
      postTransform(node, castTo(node, router, DType::Float), "SOFTMAX");
  if (failed(shares))
    return failure();
  Sizes &sizes = node.sizes;
  auto top = model::TopKOp::create(
      node.b, node.loc, model::Extreme::Max, node.value(*shares),
      sizes.value(sizes.constant(k)), 1, /*isSigned=*/true);
  SmallVector<Size> dims{router.dims[0], sizes.constant(k)};
  auto make = [&](Value value, DType dtype) {
    Tensor tensor;
    tensor.value = value;
    tensor.dtype = dtype;
    tensor.dims = dims;
    return tensor;
  };
  Tensor weights = make(top.getValues(), DType::Float);
  Tensor places = make(top.getPlaces(), DType::Int64);
  if (!isNormal)
    return std::pair(weights, places);
  Emit e(node.b, node.loc);
  Tensor sum =
      reduce(node, weights, {1}, /*keepDims=*/true,
             e.constant(e.b.getF32Type(), 0), [](auto &b, auto args) -> Value {
               return arith::AddFOp::create(b, args[0], args[1]);
             });
  SmallVector<Tensor> both{weights, sum};
  auto scaled =
      perElement(node, both, DType::Float, [](auto x) { return x[0] / x[1]; });
  if (failed(scaled))
    return failure();
  return std::pair(*scaled, places);
}

/// What is not there to compile, as a sentence.
LogicalResult checkExperts(Node &node, unsigned third, unsigned last) {
  std::string kind = node.stringAttr("activation_type", "relu");
  if (kind != "relu" && kind != "gelu" && kind != "silu" &&
      kind != "identity" && kind != "swiglu")
    return node.refuse("its activation_type " + kind);
  if (kind == "swiglu" && node.intAttr("swiglu_fusion", 0) == 0)
    return node.refuse("needs a swiglu_fusion of 1 or 2");
  if (node.has(third))
    return node.refuse("fc3_experts_weights");
  for (unsigned i = third + 1; i < node.numInputs(); ++i)
    if (i >= last && node.has(i))
      return node.refuse("router_weights and scales of other quantisations");
  if (node.intAttr("use_sparse_mixer", 0))
    return node.refuse("use_sparse_mixer");
  return success();
}

// sum over the chosen experts: weight (W2 activation(W1 x + b1) + b2)
LogicalResult runExperts(Node &node, const Layer &first, const Layer &second,
                         bool isNormal) {
  std::string kind = node.stringAttr("activation_type", "relu");
  bool isGated = kind == "swiglu";
  bool isInterleaved = node.intAttr("swiglu_fusion", 0) == 1;
  Tensor x = node.tensor(0);
  Sizes &sizes = node.sizes;
  if (x.rank() < 2 ||
      failed(requireEqual(node, x.dims.back(), sizes.constant(first.inputs),
                          "the width of the tokens and of the "
                          "first weights")))
    return node.bad("needs tokens of rank 2 or 3");
  int64_t inner = second.inputs;
  if (first.outputs != inner * (isGated ? 2 : 1))
    return node.bad("needs " + Twine(inner * (isGated ? 2 : 1)) +
                    " outputs of its first weights, but got " +
                    Twine(first.outputs));
  Size count = sizes.product(ArrayRef<Size>(x.dims).drop_back());
  auto tokens = reshape(node, x, {count, x.dims.back()});
  auto routes = route(node, node.tensor(1), isNormal);
  if (failed(tokens) || failed(routes) ||
      failed(requireEqual(node, routes->first.dims[0], count,
                          "the tokens and the rows of router_probs")))
    return failure();
  Value source = node.value(*tokens), places = routes->second.value;
  Value weights = routes->first.value;
  int64_t k = node.intAttr("k", 1);
  auto expertOf = [&](Emit &e, Term token, Term j) {
    return e.toIndex(e.at(places, {token, j}));
  };
  Tensor raised = generate(
      node, {count, sizes.constant(k), sizes.constant(first.outputs)},
      DType::Float, [&](Emit &e, Terms at) {
        return output(e, first, expertOf(e, at[0], at[1]), at[2], [&](Term c) {
          return e.cast(e.at(source, {at[0], c}), e.b.getF32Type());
        });
      });
  Value high = raised.value;
  Tensor active = generate(
      node, {count, sizes.constant(k), sizes.constant(inner)}, DType::Float,
      [&](Emit &e, Terms at) {
        auto read = [&](Term i) { return e.at(high, {at[0], at[1], i}); };
        if (!isGated)
          return *activate(node, kind, read(at[2]));
        Term g = isInterleaved ? at[2] * e.index(2) : at[2];
        Term l = g + e.index(isInterleaved ? 1 : inner);
        return swiglu(node, read(g), read(l));
      });
  Value low = active.value;
  Tensor out = generate(
      node, {count, sizes.constant(second.outputs)}, x.dtype,
      [&](Emit &e, Terms at) {
        Type real = e.b.getF32Type();
        Term sum = e.loop(
            e.index(0), e.index(k), e.constant(real, 0), [&](Term j, Term acc) {
              Term y = output(e, second, expertOf(e, at[0], j), at[1],
                              [&](Term c) { return e.at(low, {at[0], j, c}); });
              return acc + e.at(weights, {at[0], j}) * y;
            });
        return e.cast(sum, elementType(e.b.getContext(), x.dtype));
      });
  return give(node, 0, reshape(node, out, x.dims));
}

LogicalResult importMoE(Node &node) {
  if (failed(checkExperts(node, 6, 7)))
    return failure();
  constexpr unsigned none = ~0u;
  auto first = readLayer(node, 2, 3, none, none, 0);
  auto second = readLayer(node, 4, 5, none, none, 0);
  if (failed(first) || failed(second))
    return failure();
  return runExperts(node, *first, *second,
                    node.intAttr("normalize_routing_weights", 0));
}

// onnxruntime's CPU normalises whatever normalize_routing_weights says.
LogicalResult importQMoE(Node &node) {
  if (failed(checkExperts(node, 8, 14)))
    return failure();
  if (node.stringAttr("quant_type", "int") != "int" ||
      node.intAttr("weights_prepacked", -1) == 1)
    return node.refuse("needs integer weights that are not prepacked");
  int64_t bits = node.intAttr("expert_weight_bits", 4);
  int64_t firstBits = node.intAttr("fc1_expert_weight_bits", bits);
  int64_t secondBits = node.intAttr("fc2_expert_weight_bits", bits);
  for (int64_t width : {firstBits, secondBits})
    if (width != 2 && width != 4 && width != 8)
      return node.refuse("needs 2, 4 or 8 bits, but got " + Twine(width));
  auto first = readLayer(node, 2, 4, 3, 11, firstBits);
  auto second = readLayer(node, 5, 7, 6, 12, secondBits);
  if (failed(first) || failed(second))
    return failure();
  return runExperts(node, *first, *second, /*isNormal=*/true);
}

const Registration table[] = {
    {"com.microsoft", "MoE", importMoE, floats},
    {"com.microsoft", "QMoE", importQMoE, floats},
};

} // namespace

ArrayRef<Registration> expertOps() { return table; }

} // namespace niello::onnx_frontend
