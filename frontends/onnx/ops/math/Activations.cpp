// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activation functions.

#include "frontends/onnx/ops/Terms.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Approximation;
using model::Term;

using Function = llvm::function_ref<Term(Term)>;

// f(x), for 16 bits in f32 and rounded once: in steps of f16 nothing is left of
// the 1 + erf(x) of a GELU below -3.
Term roundedOnce(Term x, Function f) {
  auto narrow = dyn_cast<FloatType>(x.getType());
  if (!narrow || narrow.getWidth() >= 32)
    return f(x);
  return x.emit->cast(f(x.emit->cast(x, x.emit->b.getF32Type())), narrow);
}

LogicalResult map(Node &node, Function f) {
  return node.result(0, mapElements(node, node.tensor(0), node.dtype(0),
                                    [&](Term x) { return roundedOnce(x, f); }));
}

Term log1p(Term x) { return apply<math::Log1pOp>(x); }
Term expm1(Term x) { return apply<math::ExpM1Op>(x); }
Term tanh(Term x) { return apply<math::TanhOp>(x); }

// log(1 + e^x), with the exponent never positive
Term softplus(Term x) { return maximum(x, x.like(0)) + log1p(exp(0 - abs(x))); }

// 1 / (1 + e^-x)
Term sigmoid(Term x) { return 1 / (exp(0 - x) + 1); }

LogicalResult importSigmoid(Node &node) { return map(node, sigmoid); }

// NaN stays NaN.
LogicalResult importRelu(Node &node) {
  return node.result(0,
                     mapElements(node, node.tensor(0), node.dtype(0),
                                 [](Term x) { return maximum(x, x.like(0)); }));
}

// x < 0 ? alpha (e^x - 1) : x
LogicalResult importElu(Node &node) {
  float alpha = node.floatAttr("alpha", 1);
  return map(node, [&](Term x) { return select(x < 0, alpha * expm1(x), x); });
}

// gamma (x <= 0 ? alpha (e^x - 1) : x)
LogicalResult importSelu(Node &node) {
  bool isOld = node.opset < 6; // rounder constants
  float alpha = node.floatAttr("alpha", isOld ? 1.6732f : 1.67326319f);
  float gamma = node.floatAttr("gamma", isOld ? 1.0507f : 1.05070102f);
  return map(
      node, [&](Term x) { return gamma * select(x > 0, x, alpha * expm1(x)); });
}

// max(0, x) + min(0, alpha (e^(x / alpha) - 1))
LogicalResult importCelu(Node &node) {
  float alpha = node.floatAttr("alpha", 1);
  return map(node, [&](Term x) {
    return maximum(x, x.like(0)) + minimum(alpha * expm1(x / alpha), x.like(0));
  });
}

LogicalResult importLeakyRelu(Node &node) {
  float alpha = node.floatAttr("alpha", 0.01f);
  return map(node, [&](Term x) { return select(x < 0, alpha * x, x); });
}

LogicalResult importThresholdedRelu(Node &node) {
  float alpha = node.floatAttr("alpha", 1);
  return map(node, [&](Term x) { return select(x > alpha, x, x.like(0)); });
}

// max(0, min(1, alpha x + beta))
LogicalResult importHardSigmoid(Node &node) {
  float alpha = node.floatAttr("alpha", 0.2f);
  float beta = node.floatAttr("beta", 0.5f);
  return map(node, [&](Term x) {
    return maximum(minimum(alpha * x + beta, x.like(1)), x.like(0));
  });
}

// x max(0, min(1, x / 6 + 1 / 2))
LogicalResult importHardSwish(Node &node) {
  return map(node, [](Term x) {
    Term gate = x * (1.0 / 6) + 0.5;
    return x * maximum(minimum(gate, x.like(1)), x.like(0));
  });
}

LogicalResult importSoftplus(Node &node) { return map(node, softplus); }

// x / (1 + |x|)
LogicalResult importSoftsign(Node &node) {
  return map(node, [](Term x) { return x / (abs(x) + 1); });
}

// x tanh(softplus(x))
LogicalResult importMish(Node &node) {
  return map(node, [](Term x) { return x * tanh(softplus(x)); });
}

// x sigmoid(alpha x)
LogicalResult importSwish(Node &node) {
  float alpha = node.floatAttr("alpha", 1);
  return map(node, [&](Term x) { return x * sigmoid(alpha * x); });
}

LogicalResult giveGelu(Node &node, Tensor x, Approximation approximate) {
  auto gelu =
      model::GeluOp::create(node.b, node.loc, node.value(x), approximate);
  return node.result(0, gelu.getResult(), x.dtype, x.dims);
}

LogicalResult importGelu(Node &node) {
  std::string kind = node.stringAttr("approximate", "none");
  if (kind != "none" && kind != "tanh")
    return node.bad("needs approximate none or tanh, but got " + kind);
  return giveGelu(node, node.tensor(0),
                  kind == "tanh" ? Approximation::Tanh : Approximation::None);
}

/// x plus the optional input 1.
FailureOr<Tensor> biased(Node &node) {
  if (!node.has(1))
    return node.tensor(0);
  SmallVector<Tensor> both{node.tensor(0), node.tensor(1)};
  return perElement(node, both, node.dtype(0),
                    [](auto x) { return x[0] + x[1]; });
}

template <Approximation approximate> LogicalResult importBiased(Node &node) {
  auto x = biased(node);
  if (failed(x))
    return failure();
  return giveGelu(node, *x, approximate);
}

// x sigmoid(1.702 x), with another factor as an attribute
LogicalResult importQuickGelu(Node &node) {
  float alpha = node.floatAttr("alpha", 1.702f);
  return map(node, [&](Term x) { return x * sigmoid(alpha * x); });
}

// x < -lambd ? x + bias : x > lambd ? x - bias : 0
LogicalResult importShrink(Node &node) {
  float lambd = node.floatAttr("lambd", 0.5f), bias = node.floatAttr("bias", 0);
  bool isUnsigned = isUnsignedInteger(node.dtype(0));
  return map(node, [&](Term x) {
    Term high = x.like(lambd), zero = x.like(0);
    Term above = x > high;
    if (isUnsigned) // nothing lies below
      return select(maximum(x, high, false) != high, x - bias, zero);
    return select(x < 0 - high, x + bias, select(above, x - bias, zero));
  });
}

// x < 0 ? slope x : x
LogicalResult importPRelu(Node &node) {
  Tensor x = node.tensor(0), slope = node.tensor(1);
  if (node.opset < 7 && slope.rank() == 1 && x.rank() > 2) {
    SmallVector<Size> channel(x.rank() - 1, node.sizes.constant(1));
    channel[0] = slope.dims[0];
    auto shaped = reshape(node, slope, channel);
    if (failed(shaped))
      return failure();
    slope = *shaped;
  }
  SmallVector<Tensor> both{x, slope};
  if (isUnsignedInteger(x.dtype))
    return node.result(0, x);
  return give(node, 0, perElement(node, both, x.dtype, [](auto args) {
                return select(args[0] < 0, args[0] * args[1], args[0]);
              }));
}

// 1 at the first greatest element along an axis, 0 elsewhere
LogicalResult importHardmax(Node &node) {
  Tensor x = node.tensor(0);
  SmallVector<Size> original(x.dims);
  auto axis =
      node.axis(node.intAttr("axis", node.opset < 13 ? 1 : -1), x.rank());
  if (failed(axis))
    return failure();
  int64_t at = *axis;
  if (node.opset < 13) { // the axis starts a flattened tail
    ArrayRef<Size> dims(original);
    auto flat = reshape(node, x,
                        {node.sizes.product(dims.take_front(at)),
                         node.sizes.product(dims.drop_front(at))});
    if (failed(flat))
      return failure();
    x = *flat;
    at = 1;
  }
  Value source = node.value(x);
  SmallVector<Size> rows(x.dims);
  rows.erase(rows.begin() + at);
  Tensor first =
      generate(node, rows, DType::Int64, [&](model::Emit &e, model::Terms row) {
        auto read = [&](Term i) {
          model::Terms place(row);
          place.insert(place.begin() + at, i);
          return e.at(source, place);
        };
        Term best = e.loop(e.index(0), e.size(x.dims[at]), e.index(0),
                           [&](Term i, Term found) {
                             return select(read(i) > read(found), i, found);
                           });
        return e.cast(best, e.b.getI64Type());
      });
  Tensor out =
      generate(node, x.dims, x.dtype, [&](model::Emit &e, model::Terms place) {
        Term i = e.cast(place[at], e.b.getI64Type());
        place.erase(place.begin() + at);
        Type type = elementType(e.b.getContext(), x.dtype);
        return select(e.at(first.value, place) == i, e.constant(type, 1),
                      e.constant(type, 0));
      });
  return give(node, 0, reshape(node, out, original));
}

const Registration table[] = {
    {"", "Relu", importRelu, floats | signedInts},
    {"", "Sigmoid", importSigmoid, floats},
    {"", "Elu", importElu, floats},
    {"", "Selu", importSelu, floats},
    {"", "Celu", importCelu, floats},
    {"", "LeakyRelu", importLeakyRelu, floats},
    {"", "PRelu", importPRelu, numbers},
    {"", "ThresholdedRelu", importThresholdedRelu, floats},
    {"", "HardSigmoid", importHardSigmoid, floats},
    {"", "HardSwish", importHardSwish, floats},
    {"", "Softplus", importSoftplus, floats},
    {"", "Softsign", importSoftsign, floats},
    {"", "Mish", importMish, floats},
    {"", "Swish", importSwish, floats},
    {"", "Gelu", importGelu, floats},
    {"", "Shrink", importShrink, numbers},
    {"", "Hardmax", importHardmax, floats},
    {"com.microsoft", "Gelu", importBiased<Approximation::None>, floats},
    {"com.microsoft", "BiasGelu", importBiased<Approximation::None>, floats},
    {"com.microsoft", "FastGelu", importBiased<Approximation::Tanh>, floats},
    {"com.microsoft", "QuickGelu", importQuickGelu, floats},
};

} // namespace

ArrayRef<Registration> activationOps() { return table; }

} // namespace niello::onnx_frontend
