// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ai.onnx.preview.training: one step of an optimiser. Inputs are the learning
// rate R, the number of steps T, then all X, all their gradients G, and all of
// each further state; outputs are the new X and states in the same order.

#include "frontends/onnx/ops/Terms.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Term;
using model::Terms;

/// rate, steps, x, gradient (regularised: norm_coefficient x + g), states.
struct Step {
  Term rate, steps, x, gradient;
  Terms states;
};

/// The new x, then the new states.
using Rule = llvm::function_ref<Terms(const Step &)>;

LogicalResult importOptimizer(Node &node, unsigned numStates, Rule rule) {
  unsigned each = 2 + numStates;
  if (node.numInputs() < 2 + each || (node.numInputs() - 2) % each != 0)
    return node.bad("needs R, T and " + Twine(each) +
                    " inputs for each tensor, but got " +
                    Twine(node.numInputs()) + " inputs");
  unsigned count = (node.numInputs() - 2) / each;
  if (node.numOutputs() != count * (1 + numStates))
    return node.bad("needs " + Twine(count * (1 + numStates)) +
                    " outputs, but got " + Twine(node.numOutputs()));
  for (unsigned i : {0, 1})
    if (node.tensor(i).rank() != 0)
      return node.bad("needs scalars as R and T");
  float norm = node.floatAttr("norm_coefficient", 0);
  for (unsigned i = 0; i < count; ++i) {
    DType dtype = node.dtype(2 + i);
    SmallVector<Tensor> inputs{castTo(node, node.tensor(0), dtype),
                               castTo(node, node.tensor(1), dtype)};
    for (unsigned part = 0; part < each; ++part) {
      inputs.push_back(node.tensor(2 + part * count + i));
      for (auto [a, b] : llvm::zip(inputs.back().dims, inputs[2].dims))
        if (inputs.back().rank() != inputs[2].rank() ||
            failed(requireEqual(node, a, b, "a tensor and its states")))
          return node.bad("needs states of the shape of their tensor");
    }
    for (unsigned out = 0; out <= numStates; ++out) {
      auto value = perElement(node, inputs, dtype, [&](ArrayRef<Term> v) {
        Step step{v[0], v[1], v[2], norm * v[2] + v[3], Terms(v.drop_front(4))};
        return rule(step)[out];
      });
      if (failed(value))
        return failure();
      if (node.wantsOutput(out * count + i))
        (void)node.result(out * count + i, *value);
    }
  }
  return success();
}

// h' = h + g^2, x' = x - R / (1 + T decay) g / (sqrt(h') + epsilon)
LogicalResult importAdagrad(Node &node) {
  float decay = node.floatAttr("decay_factor", 0),
        epsilon = node.floatAttr("epsilon", 1e-6f);
  return importOptimizer(node, 1, [&](const Step &s) -> Terms {
    Term rate = s.rate / (1 + s.steps * decay);
    Term h = s.states[0] + s.gradient * s.gradient;
    return {s.x - rate * s.gradient / (sqrt(h) + epsilon), h};
  });
}

// v' = alpha v + (1 - alpha) g, h' = beta h + (1 - beta) g^2,
// x' = (1 - post) (x - r v' / (sqrt(h') + epsilon)), where r = R for T = 0,
// else R sqrt(1 - beta^T) / (1 - alpha^T)
LogicalResult importAdam(Node &node) {
  float alpha = node.floatAttr("alpha", 0.9f),
        beta = node.floatAttr("beta", 0.999f),
        epsilon = node.floatAttr("epsilon", 1e-6f),
        post = node.floatAttr("norm_coefficient_post", 0);
  return importOptimizer(node, 2, [&](const Step &s) -> Terms {
    Term v = alpha * s.states[0] + (1 - double(alpha)) * s.gradient;
    Term h =
        beta * s.states[1] + (1 - double(beta)) * (s.gradient * s.gradient);
    Term corrected = s.rate * sqrt(1 - pow(s.rate.like(beta), s.steps)) /
                     (1 - pow(s.rate.like(alpha), s.steps));
    Term rate = select(s.steps > 0, corrected, s.rate);
    Term x = s.x - rate * (v / (sqrt(h) + epsilon));
    return {(1 - double(post)) * x, v, h};
  });
}

// v' = alpha v + b g, b = 1 for T = 0, else beta; x' = x - R v', or with
// Nesterov's x' = x - R (g + alpha v')
LogicalResult importMomentum(Node &node) {
  float alpha = node.floatAttr("alpha", 0), beta = node.floatAttr("beta", 0);
  std::string mode = node.stringAttr("mode", "");
  if (mode != "standard" && mode != "nesterov")
    return node.bad("needs a mode of standard or nesterov, but got " + mode);
  return importOptimizer(node, 1, [&](const Step &s) -> Terms {
    Term by = select(s.steps > 0, s.steps.like(beta), s.steps.like(1));
    Term v = alpha * s.states[0] + by * s.gradient;
    Term move = mode == "standard" ? v : s.gradient + alpha * v;
    return {s.x - s.rate * move, v};
  });
}

constexpr const char *training = "ai.onnx.preview.training";
constexpr DTypes rates = bit(DType::Float) | bit(DType::Double);

const Registration table[] = {
    {training, "Adagrad", importAdagrad, rates},
    {training, "Adam", importAdam, rates},
    {training, "Momentum", importMomentum, rates},
};

} // namespace

ArrayRef<Registration> optimizerOps() { return table; }

} // namespace niello::onnx_frontend
