// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/verify/Judge.h"

#include "compiler/verify/Tolerance.h"

#include <random>

using namespace llvm;

namespace niello {
namespace {

// An element that can fall on two sides falls on the other one in half of the
// directions: all twelve miss it once in 4096 times.
constexpr int kDirections = 12;

// Numbers that an element of the node's result is a sum of, from the sizes of
// what it reads; too many rather than too few.
uint64_t termsOf(const OnnxSurvey::Node &node, const SourceGraph &graph,
                 const Values &values) {
  auto shapeOf = [&](const std::string &name) -> const std::vector<int64_t> * {
    if (auto it = values.find(name); it != values.end())
      return &it->second.shape;
    return graph.weightShape(name);
  };
  uint64_t terms = 1;
  for (const std::string &input : node.inputs) {
    const std::vector<int64_t> *shape = shapeOf(input);
    if (!shape || shape->empty())
      continue;
    // A filter: all but its own dimension. Everything else sums over one
    // dimension, or over several, which the result no longer has.
    uint64_t inner = 1;
    if (StringRef(node.op).contains("Conv") && shape->size() > 2)
      for (int64_t size : ArrayRef(*shape).drop_front())
        inner *= std::max<int64_t>(size, 1);
    else
      inner = *max_element(*shape);
    terms = std::max(terms, inner);
    const std::vector<int64_t> *result =
        node.outputs.empty() ? nullptr : shapeOf(node.outputs[0]);
    auto count = [](const std::vector<int64_t> &sizes) {
      uint64_t count = 1;
      for (int64_t size : sizes)
        count *= std::max<int64_t>(size, 1);
      return count;
    };
    if (result)
      terms = std::max(terms, count(*shape) / count(*result));
  }
  return terms;
}

} // namespace

double Judge::tolerance(const std::string &value, const Values &values) const {
  double units = 0, unit = 0, steps = 0;
  for (const OnnxSurvey::Node *node : graph.between(cuts, value)) {
    units += budgetOf(node->op, termsOf(*node, graph, values));
    steps += innerStep(node->op);
    // The coarsest rounding on the way.
    unit = std::max(unit, innerUnit(node->op));
    for (const std::string &output : node->outputs)
      if (auto it = values.find(output); it != values.end())
        unit = std::max(unit, roundingUnit(it->second.dtype));
  }
  return units * unit + steps;
}

// Real values on the way to `beyond` that fall to one side or another: read by
// a node that makes whole numbers, or steps, of them. What a program rounds
// before it moves no such value where the inputs themselves are whole numbers.
Names Judge::findSteps(const Reference &reference,
                       const std::map<std::string, Difference> &beyond) const {
  auto isReal = [&](const std::string &name) {
    auto it = reference.values.find(name);
    return it != reference.values.end() && it->second.isReal();
  };
  Names steps;
  for (const auto &[name, difference] : beyond)
    for (const OnnxSurvey::Node *node : graph.between(cuts, name)) {
      bool isStep =
          is_contained({"Round", "Floor", "Ceil", "Sign"}, node->op) ||
          any_of(node->outputs, [&](const std::string &output) {
            return reference.values.count(output) && !isReal(output);
          });
      for (const std::string &input : node->inputs)
        if (isStep && isReal(input) && graph.producer(input) &&
            !cuts.count(input))
          steps.insert(input);
    }
  return steps;
}

// Runs the plain path on values moved by `amount`, of themselves or of the
// greatest among them, in each direction.
Error Judge::move(const Variant &variant, const Reference &reference,
                  double amount, bool ofGreatest,
                  Sensitivities &sensitivity) const {
  // Not the reference's own values, which may be somebody else's.
  auto still = run(variant, reference.values);
  if (!still)
    return still.takeError();
  for (int direction = 0; direction < kDirections; ++direction) {
    std::mt19937_64 random(direction);
    Values moved = inputsOf(variant, reference.values);
    for (auto &[name, array] : moved) {
      if (!array.isReal())
        continue;
      double step = std::max(amount, 2 * roundingUnit(array.dtype));
      double greatest = ofGreatest ? greatestMagnitude(array) : 0;
      for (uint64_t i = 0, count = array.count(); i < count; ++i) {
        double value = array.at(i);
        bool isUp = random() & 1;
        // An exact 0 is mostly what was masked or padded.
        if (value == 0 || !std::isfinite(value))
          continue;
        double by = step * std::max(std::abs(value), greatest);
        array.set(i, isUp ? value + by : value - by);
      }
    }
    auto result = run(variant, moved);
    if (!result) { // a check that only just held
      consumeError(result.takeError());
      continue;
    }
    for (const auto &[name, array] : *result)
      if (auto it = still->find(name); it != still->end())
        learn(sensitivity[name], it->second, array);
  }
  return Error::success();
}

Expected<Judge::Sensitivities>
Judge::perturb(const Reference &reference, double amount,
               const std::map<std::string, Difference> &beyond) {
  auto &[enough, known] = learned[reference.name];
  if (amount <= enough && all_of(beyond, [&known = known](const auto &each) {
        return known.count(each.first);
      }))
    return known;
  bool isKnown =
      plain && all_of(beyond, [&](const auto &each) {
        return any_of(plain->outputs, [&](const TensorDescription &output) {
          return output.name == each.first;
        });
      });
  if (!isKnown) {
    VariantRequest request;
    request.isPlain = true;
    request.taps = cuts;
    request.taps.insert(watched.begin(), watched.end());
    for (const auto &[name, difference] : beyond)
      request.taps.insert(name);
    request.cuts = cuts;
    auto built = build(request);
    if (!built)
      return built.takeError();
    plain = std::make_unique<Variant>(std::move(*built));
  }
  Sensitivities sensitivity;
  if (Error error =
          move(*plain, reference, amount, /*ofGreatest=*/false, sensitivity))
    return std::move(error);
  if (Names steps = findSteps(reference, beyond); !steps.empty()) {
    VariantRequest request;
    request.isPlain = true;
    request.cuts = cuts;
    request.cuts.insert(steps.begin(), steps.end());
    for (const TensorDescription &output : plain->outputs)
      request.taps.insert(output.name);
    auto cut = build(request);
    if (!cut)
      return cut.takeError();
    // The error of a sum is relative to its terms, which no element shows.
    if (Error error =
            move(*cut, reference, amount, /*ofGreatest=*/true, sensitivity))
      return std::move(error);
  }
  for (auto &[name, each] : sensitivity)
    settle(each);
  enough = amount;
  known = sensitivity;
  return std::move(sensitivity);
}

Expected<std::map<std::string, Difference>>
Judge::judge(const Values &got, const Reference &reference) {
  std::map<std::string, Difference> beyond;
  double amount = 0;
  for (const auto &[name, array] : got) {
    auto wanted = reference.values.find(name);
    if (wanted == reference.values.end())
      continue;
    Allowance allowance;
    allowance.relative = tolerance(name, reference.values);
    Difference found = compare(array, wanted->second, allowance);
    if (!found.isBeyond())
      continue;
    amount = std::max(amount, allowance.relative);
    beyond[name] = found;
  }
  if (beyond.empty())
    return std::move(beyond);
  auto sensitivity = perturb(reference, amount, beyond);
  if (!sensitivity)
    return sensitivity.takeError();
  for (auto it = beyond.begin(); it != beyond.end();) {
    Allowance allowance;
    allowance.relative = tolerance(it->first, reference.values);
    allowance.sensitivity = &(*sensitivity)[it->first];
    it->second =
        compare(got.at(it->first), reference.values.at(it->first), allowance);
    it = it->second.isBeyond() ? std::next(it) : beyond.erase(it);
  }
  return std::move(beyond);
}

} // namespace niello
