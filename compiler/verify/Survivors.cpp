// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A kernel's result is most likely what the last of its nodes makes. Whether it
// is shows when that value is taken out and fed back: every kernel of the plan
// stays the same.

#include "compiler/verify/Survivors.h"

#include "llvm/ADT/StringMap.h"

using namespace llvm;

namespace niello {
namespace {

using Counts = std::map<std::string, int>;

Counts countKernels(const Variant &plan) {
  Counts counts;
  for (const PlannedKernel &kernel : plan.kernels)
    ++counts[kernel.code];
  return counts;
}

// The nodes of the kernels that one plan has and the other has not.
Names changedNodes(const Variant &plan, const Variant &tapped) {
  Counts before = countKernels(plan), after = countKernels(tapped);
  Names nodes;
  auto add = [&](const Variant &variant, const Counts &other,
                 const Counts &own) {
    for (const PlannedKernel &kernel : variant.kernels) {
      auto it = other.find(kernel.code);
      if (it == other.end() || it->second < own.at(kernel.code))
        nodes.insert(kernel.nodes.begin(), kernel.nodes.end());
    }
  };
  add(tapped, before, after);
  add(plan, after, before);
  return nodes;
}

Names candidates(const SourceGraph &graph, const Variant &plan,
                 const Names &tappable) {
  Names values;
  for (const PlannedKernel &kernel : plan.kernels) {
    const OnnxSurvey::Node *last = nullptr;
    for (const std::string &name : kernel.nodes)
      if (const OnnxSurvey::Node *node = graph.find(name))
        if (!last || graph.indexOf(last) < graph.indexOf(node))
          last = node;
    if (last)
      for (const std::string &output : last->outputs)
        if (tappable.count(output) && !graph.isOutput(output))
          values.insert(output);
  }
  return values;
}

// Takes out what touches the nodes; whether there was any.
bool dropTouching(Names &values, const Names &nodes, const SourceGraph &graph) {
  Names touched;
  for (const std::string &name : nodes)
    if (const OnnxSurvey::Node *node = graph.find(name)) {
      touched.insert(node->inputs.begin(), node->inputs.end());
      touched.insert(node->outputs.begin(), node->outputs.end());
    }
  size_t before = values.size();
  for (const std::string &value : touched)
    values.erase(value);
  return values.size() != before;
}

} // namespace

Expected<Names> findSurvivors(const SourceGraph &graph, const Variant &plan,
                              const Names &tappable,
                              const BuildVariant &build) {
  Names values = candidates(graph, plan, tappable);
  VariantRequest request;
  request.isPlanOnly = true;
  while (!values.empty()) {
    // Fed from outside, a value has lost what is known of its sizes; a kernel
    // that was made for that knowledge must still be the same one.
    request.taps = request.cuts = values;
    auto tapped = build(request);
    if (!tapped)
      return tapped.takeError();
    Names nodes = changedNodes(plan, *tapped);
    if (nodes.empty())
      return values;
    // What changed the kernels is read or made by one of their nodes. Else it
    // is further off; half of them are right more often than none.
    if (dropTouching(values, nodes, graph))
      continue;
    auto middle = std::next(values.begin(), (values.size() + 1) / 2);
    values.erase(values.begin(), middle);
  }
  return values;
}

} // namespace niello
