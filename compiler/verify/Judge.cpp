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
  double units = 0, unit = 0;
  for (const OnnxSurvey::Node *node : graph.between(cuts, value)) {
    units += budgetOf(node->op, termsOf(*node, graph, values));
    // The coarsest rounding on the way.
    unit = std::max(unit, innerUnit(node->op));
    for (const std::string &output : node->outputs)
      if (auto it = values.find(output); it != values.end())
        unit = std::max(unit, roundingUnit(it->second.dtype));
  }
  return units * unit;
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
  // Not the reference's own values, which may be somebody else's.
  auto still = run(*plain, reference.values);
  if (!still)
    return still.takeError();
  Sensitivities sensitivity;
  for (int direction = 0; direction < kDirections; ++direction) {
    std::mt19937_64 random(direction);
    Values moved = inputsOf(*plain, reference.values);
    for (auto &[name, array] : moved) {
      if (!array.isReal())
        continue;
      double step = std::max(amount, 2 * roundingUnit(array.dtype));
      for (uint64_t i = 0, count = array.count(); i < count; ++i)
        array.set(i, array.at(i) * (random() & 1 ? 1 + step : 1 - step));
    }
    auto result = run(*plain, moved);
    if (!result) { // a check that only just held
      consumeError(result.takeError());
      continue;
    }
    for (const auto &[name, array] : *result)
      if (auto it = still->find(name); it != still->end())
        learn(sensitivity[name], it->second, array);
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
