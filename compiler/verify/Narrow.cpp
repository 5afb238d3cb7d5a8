// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/verify/Narrow.h"

#include "compiler/verify/Tolerance.h"

using namespace llvm;

namespace niello {
namespace {

using Node = OnnxSurvey::Node;

// A kernel of more nodes is split at this many places, evenly: each costs a
// compile.
constexpr size_t kMostSplits = 16;

// What the program that is cut at these values makes of `watched`.
Expected<Values> runCut(const BuildVariant &build, const Names &cuts,
                        const Names &watched, const Reference &reference) {
  VariantRequest request;
  request.cuts = request.taps = cuts;
  request.taps.insert(watched.begin(), watched.end());
  auto got = buildAndRun(build, request, reference.values);
  if (!got)
    return got.takeError();
  Values few;
  for (auto &[name, array] : *got)
    if (watched.count(name))
      few[name] = std::move(array);
  return std::move(few);
}

} // namespace

Finding describe(const Node &node, const std::string &value,
                 const Difference &difference, const Reference &reference) {
  Finding finding;
  finding.node = node.name;
  finding.op = node.op;
  finding.value = value;
  finding.caseName = reference.name;
  finding.difference = difference;
  finding.tolerance = budgetReason(node.op).str();
  auto wanted = reference.values.find(value);
  if (wanted == reference.values.end())
    return finding;
  finding.sentence = positionText(wanted->second, difference.worst);
  for (const std::string &input : node.inputs) {
    auto it = reference.values.find(input);
    if (it == reference.values.end()) {
      if (!input.empty())
        finding.inputs.push_back(input + " (of the file)");
      continue;
    }
    std::string text = input + " " + typeText(it->second);
    if (it->second.shape == wanted->second.shape &&
        difference.worst < it->second.count())
      text += ", " + numberText(it->second.at(difference.worst)) + " there";
    finding.inputs.push_back(text);
  }
  return finding;
}

Expected<Finding> narrow(const SourceGraph &graph, const BuildVariant &build,
                         const Survivors &survivors, const std::string &value,
                         const Difference &difference, Judge &judge,
                         const Reference &reference) {
  Names known = survivors.fed; // to be right
  known.insert(survivors.watched.begin(), survivors.watched.end());
  known.erase(value);
  std::vector<const Node *> nodes = graph.between(known, value);
  Names inside, watched{value};
  std::vector<std::string> order; // of `inside`
  for (const Node *node : nodes)
    for (const std::string &output : node->outputs)
      if (reference.values.count(output) && output != value) {
        if (inside.insert(output).second)
          order.push_back(output);
        watched.insert(output);
      }
  const Node *last = graph.producer(value);
  Finding whole = describe(*last, value, difference, reference);
  if (inside.empty())
    return std::move(whole);

  Names cuts = known;
  cuts.insert(inside.begin(), inside.end());
  auto apart = runCut(build, cuts, watched, reference);
  if (!apart)
    return apart.takeError();
  auto alone = Judge(graph, build, cuts).judge(*apart, reference);
  if (!alone)
    return alone.takeError();
  for (const Node *node : nodes)
    for (const std::string &output : node->outputs)
      if (auto it = alone->find(output); it != alone->end())
        return describe(*node, output, it->second, reference);

  // What only counts sizes is no place to split at.
  if (any_of(order, [&](const std::string &name) {
        return reference.values.at(name).isReal();
      }))
    erase_if(order, [&](const std::string &name) {
      return !reference.values.at(name).isReal();
    });
  // Right alone. Which cut makes it right? By the measure of the kernel, which
  // is at least that of its parts. Behind the cut it is right in any case.
  judge.watch(order);
  Names mending;
  size_t step = (order.size() + kMostSplits - 1) / kMostSplits;
  for (size_t i = 0; i < order.size(); i += step) {
    Names split = survivors.fed;
    split.insert(order[i]);
    auto got = runCut(build, split, {value, order[i]}, reference);
    if (!got)
      return got.takeError();
    auto found = judge.judge(*got, reference);
    if (!found)
      return found.takeError();
    if (found->empty())
      mending.insert(order[i]);
  }
  // The operator for which it matters on both sides whether it is fused; else
  // the one behind the last cut that mends.
  const Node *named = nullptr, *behind = nullptr;
  for (const Node *node : nodes) {
    bool reads = any_of(node->inputs, [&](const std::string &input) {
      return mending.count(input);
    });
    bool writes = any_of(node->outputs, [&](const std::string &output) {
      return output == value || mending.count(output);
    });
    if (reads && writes && !named)
      named = node;
    if (reads)
      behind = node;
  }
  if (!named)
    named = behind ? behind : last;
  Finding finding = describe(*named, value, difference, reference);
  finding.kind = Finding::Kind::Fusion;
  for (const Node *node : nodes)
    if (node != named)
      finding.fusedWith.push_back(node->name);
  return std::move(finding);
}

Expected<Finding> narrowMemory(const SourceGraph &graph,
                               const BuildVariant &build,
                               const Names &survivors, const Values &wanted,
                               const Reference &reference) {
  // In the graph's order: the more are kept, the fewer share memory.
  std::vector<std::string> order;
  for (const Node &node : graph.nodes())
    for (const std::string &output : node.outputs)
      if (survivors.count(output))
        order.push_back(output);
  auto isRight = [&](size_t kept) -> Expected<bool> {
    VariantRequest request;
    request.taps.insert(order.begin(), order.begin() + kept);
    auto got = buildAndRun(build, request, reference.values);
    if (!got)
      return got.takeError();
    return all_of(wanted, [&](const auto &each) {
      auto it = got->find(each.first);
      return !graph.isOutput(each.first) ||
             (it != got->end() && it->second == each.second);
    });
  };
  size_t wrong = 0, right = order.size();
  while (right - wrong > 1) {
    size_t middle = (wrong + right) / 2;
    Expected<bool> answer = isRight(middle);
    if (!answer)
      return answer.takeError();
    (*answer ? right : wrong) = middle;
  }
  const std::string &value = order.at(right - 1);
  Finding finding =
      describe(*graph.producer(value), value, Difference(), reference);
  finding.kind = Finding::Kind::Memory;
  return std::move(finding);
}

} // namespace niello
