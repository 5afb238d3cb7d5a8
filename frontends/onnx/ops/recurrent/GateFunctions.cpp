// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/ops/recurrent/GateFunctions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

using Builder = ImplicitLocOpBuilder;

Value constant(Builder &b, Value like, double value) {
  return arith::ConstantOp::create(b, b.getFloatAttr(like.getType(), value));
}

Value ifPositive(Builder &b, Value x, Value then, Value otherwise) {
  Value test =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OGE, x, constant(b, x, 0));
  return arith::SelectOp::create(b, test, then, otherwise);
}

Value affine(Builder &b, Value x, double alpha, double beta) {
  Value scaled = arith::MulFOp::create(b, x, constant(b, x, alpha));
  return arith::AddFOp::create(b, scaled, constant(b, x, beta));
}

// 1 / (1 + exp(-x))
Value sigmoid(Builder &b, Value x, double, double) {
  Value one = constant(b, x, 1);
  Value exp = math::ExpOp::create(b, arith::NegFOp::create(b, x));
  return arith::DivFOp::create(b, one, arith::AddFOp::create(b, one, exp));
}

Value tanh(Builder &b, Value x, double, double) {
  return math::TanhOp::create(b, x);
}

Value relu(Builder &b, Value x, double, double) {
  return arith::MaximumFOp::create(b, x, constant(b, x, 0));
}

Value leakyRelu(Builder &b, Value x, double alpha, double) {
  return ifPositive(b, x, x,
                    arith::MulFOp::create(b, x, constant(b, x, alpha)));
}

// x > alpha ? x : 0
Value thresholdedRelu(Builder &b, Value x, double alpha, double) {
  Value test = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x,
                                     constant(b, x, alpha));
  return arith::SelectOp::create(b, test, x, constant(b, x, 0));
}

// alpha * tanh(beta * x)
Value scaledTanh(Builder &b, Value x, double alpha, double beta) {
  Value inner = arith::MulFOp::create(b, x, constant(b, x, beta));
  return arith::MulFOp::create(b, math::TanhOp::create(b, inner),
                               constant(b, x, alpha));
}

// min(max(alpha * x + beta, 0), 1)
Value hardSigmoid(Builder &b, Value x, double alpha, double beta) {
  Value low = arith::MaximumFOp::create(b, affine(b, x, alpha, beta),
                                        constant(b, x, 0));
  return arith::MinimumFOp::create(b, low, constant(b, x, 1));
}

// x >= 0 ? x : alpha * (exp(x) - 1)
Value elu(Builder &b, Value x, double alpha, double) {
  Value below = arith::MulFOp::create(b, math::ExpM1Op::create(b, x),
                                      constant(b, x, alpha));
  return ifPositive(b, x, x, below);
}

// x / (1 + |x|)
Value softsign(Builder &b, Value x, double, double) {
  Value size =
      arith::AddFOp::create(b, math::AbsFOp::create(b, x), constant(b, x, 1));
  return arith::DivFOp::create(b, x, size);
}

// log(1 + exp(x)), as max(x, 0) + log1p(exp(-|x|)) so that nothing overflows
Value softplus(Builder &b, Value x, double, double) {
  Value decay = math::ExpOp::create(
      b, arith::NegFOp::create(b, math::AbsFOp::create(b, x)));
  return arith::AddFOp::create(b, relu(b, x, 0, 0),
                               math::Log1pOp::create(b, decay));
}

struct Entry {
  StringRef name;
  Activation::Function function;
  bool hasAlpha, hasBeta;
  double alpha, beta; // what the standard gives where the node does not
};

const Entry entries[] = {
    {"sigmoid", sigmoid, false, false, 0, 0},
    {"tanh", tanh, false, false, 0, 0},
    {"relu", relu, false, false, 0, 0},
    {"affine", affine, true, true, 1, 0},
    {"leakyrelu", leakyRelu, true, false, 0.01, 0},
    {"thresholdedrelu", thresholdedRelu, true, false, 1, 0},
    {"scaledtanh", scaledTanh, true, true, 1, 1},
    {"hardsigmoid", hardSigmoid, true, true, 0.2, 0.5},
    {"elu", elu, true, false, 1, 0},
    {"softsign", softsign, false, false, 0, 0},
    {"softplus", softplus, false, false, 0, 0},
};

} // namespace

FailureOr<SmallVector<Activation>>
readActivations(Node &node, ArrayRef<StringRef> defaults, int64_t directions) {
  SmallVector<std::string> names;
  if (auto *attr = node.attribute("activations"))
    names.assign(attr->strings().begin(), attr->strings().end());
  else
    for (int64_t i = 0; i < directions; ++i)
      for (StringRef name : defaults)
        names.push_back(name.str());
  if (names.size() != defaults.size() * directions)
    return node.bad("needs " + Twine(defaults.size() * directions) +
                    " activations, but got " + Twine(names.size()));
  auto alphas = node.floatsAttr("activation_alpha");
  auto betas = node.floatsAttr("activation_beta");
  size_t nextAlpha = 0, nextBeta = 0;
  SmallVector<Activation> activations;
  for (const std::string &name : names) {
    auto *entry = llvm::find_if(entries, [&](const Entry &entry) {
      return entry.name == StringRef(name).lower();
    });
    if (entry == std::end(entries))
      return node.bad("needs an activation of the standard, but got " + name);
    Activation activation{entry->function, entry->alpha, entry->beta};
    // The lists have a number for each activation that takes one.
    if (entry->hasAlpha && alphas && nextAlpha < alphas->size())
      activation.alpha = (*alphas)[nextAlpha++];
    if (entry->hasBeta && betas && nextBeta < betas->size())
      activation.beta = (*betas)[nextBeta++];
    activations.push_back(activation);
  }
  return activations;
}

} // namespace niello::onnx_frontend
