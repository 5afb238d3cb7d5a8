// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A kernel's result is most likely what the last of its nodes makes. Whether it
// is shows when that value is taken out: every kernel of the plan stays the
// same.

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

// The kernels that one plan has and the other has not.
std::vector<const PlannedKernel *> changedKernels(const Variant &plan,
                                                  const Variant &tapped) {
  Counts before = countKernels(plan), after = countKernels(tapped);
  std::vector<const PlannedKernel *> changed;
  auto add = [&](const Variant &variant, const Counts &other,
                 const Counts &own) {
    for (const PlannedKernel &kernel : variant.kernels) {
      auto it = other.find(kernel.code);
      if (it == other.end() || it->second < own.at(kernel.code))
        changed.push_back(&kernel);
    }
  };
  add(tapped, before, after);
  add(plan, after, before);
  return changed;
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

// Takes out what a kernel both makes and reads; whether there was any.
bool dropInside(Names &values, ArrayRef<const PlannedKernel *> kernels,
                const SourceGraph &graph) {
  size_t before = values.size();
  for (const PlannedKernel *kernel : kernels) {
    Names made, read;
    for (const std::string &name : kernel->nodes)
      if (const OnnxSurvey::Node *node = graph.find(name)) {
        read.insert(node->inputs.begin(), node->inputs.end());
        made.insert(node->outputs.begin(), node->outputs.end());
      }
    for (const std::string &value : made)
      if (read.count(value))
        values.erase(value);
  }
  return values.size() != before;
}

// Takes out what the kernels make or read; whether there was any.
bool dropTouching(Names &values, ArrayRef<const PlannedKernel *> kernels,
                  const SourceGraph &graph) {
  size_t before = values.size();
  for (const PlannedKernel *kernel : kernels)
    for (const std::string &name : kernel->nodes)
      if (const OnnxSurvey::Node *node = graph.find(name)) {
        for (const std::string &input : node->inputs)
          values.erase(input);
        for (const std::string &output : node->outputs)
          values.erase(output);
      }
  return values.size() != before;
}

using MakeRequest = function_ref<VariantRequest(const Names &)>;

// Most of `values` with which the program's kernels are those of the plan.
Expected<Names> withoutChange(const SourceGraph &graph, const Variant &plan,
                              Names values, const BuildVariant &build,
                              MakeRequest requestFor) {
  while (!values.empty()) {
    VariantRequest request = requestFor(values);
    request.isPlanOnly = true;
    auto changed = build(request);
    if (!changed)
      return changed.takeError();
    auto kernels = changedKernels(plan, *changed);
    if (kernels.empty())
      return values;
    // Most likely what a kernel hands on inside; else something that it makes
    // or reads. Else it is further off; half of them are right more often than
    // none.
    if (dropInside(values, kernels, graph) ||
        dropTouching(values, kernels, graph))
      continue;
    auto middle = std::next(values.begin(), (values.size() + 1) / 2);
    values.erase(values.begin(), middle);
  }
  return values;
}

} // namespace

Expected<Survivors> findSurvivors(const SourceGraph &graph, const Variant &plan,
                                  const Names &tappable,
                                  const BuildVariant &build) {
  Survivors survivors;
  auto find = [&](const Names &among, Names &found, MakeRequest requestFor) {
    auto values = withoutChange(graph, plan, among, build, requestFor);
    if (values)
      found = std::move(*values);
    return values.takeError();
  };
  if (Error error = find(candidates(graph, plan, tappable), survivors.kept,
                         [](const Names &values) {
                           VariantRequest request;
                           request.taps = values;
                           return request;
                         }))
    return std::move(error);
  auto feeding = [](const Names &values) {
    VariantRequest request;
    request.taps = request.cuts = values;
    return request;
  };
  if (Error error = find(survivors.kept, survivors.fed, feeding))
    return std::move(error);
  if (Error error =
          find(survivors.kept, survivors.watched, [&](const Names &values) {
            VariantRequest request = feeding(survivors.fed);
            request.taps.insert(values.begin(), values.end());
            return request;
          }))
    return std::move(error);
  return survivors;
}

} // namespace niello
