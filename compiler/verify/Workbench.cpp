// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/verify/Workbench.h"

#include "compiler/verify/Apart.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;

namespace niello {

// Long enough for the plain path of a large model; code that waits for itself
// has to be ended some time.
static constexpr unsigned kSeconds = 600;

static constexpr StringLiteral kCutSuffix = ".set";

SourceGraph::SourceGraph(const OnnxSurvey &survey)
    : all(survey.nodes), weights(survey.weightShapes) {
  for (auto [i, node] : enumerate(all)) {
    byName.try_emplace(node.name, i);
    for (const std::string &output : node.outputs)
      if (!output.empty())
        producers.try_emplace(output, i);
  }
  for (const OnnxSurvey::Tensor &output : survey.outputs)
    outputs.insert(output.name);
}

const OnnxSurvey::Node *SourceGraph::producer(const std::string &value) const {
  auto it = producers.find(value);
  return it == producers.end() ? nullptr : &all[it->second];
}

const OnnxSurvey::Node *SourceGraph::find(const std::string &name) const {
  auto it = byName.find(name);
  return it == byName.end() ? nullptr : &all[it->second];
}

const std::vector<int64_t> *
SourceGraph::weightShape(const std::string &value) const {
  auto it = weights.find(value);
  return it == weights.end() ? nullptr : &it->second;
}

std::vector<const OnnxSurvey::Node *>
SourceGraph::between(const Names &known, const std::string &value) const {
  std::set<size_t> found;
  std::vector<const OnnxSurvey::Node *> open{producer(value)};
  while (!open.empty()) {
    const OnnxSurvey::Node *node = open.back();
    open.pop_back();
    if (!node || !found.insert(indexOf(node)).second)
      continue;
    for (const std::string &input : node->inputs)
      if (!known.count(input))
        open.push_back(producer(input));
  }
  std::vector<const OnnxSurvey::Node *> nodes;
  for (size_t i : found)
    nodes.push_back(&all[i]);
  return nodes;
}

// By its own name, or that of the value that it cuts.
static Values::const_iterator findInput(const TensorDescription &input,
                                        const Values &given) {
  auto it = given.find(input.name);
  if (it == given.end() && StringRef(input.name).ends_with(kCutSuffix))
    it = given.find(StringRef(input.name).drop_back(kCutSuffix.size()).str());
  return it;
}

Values inputsOf(const Variant &variant, const Values &given) {
  Values inputs;
  for (const TensorDescription &input : variant.inputs)
    if (auto it = findInput(input, given); it != given.end())
      inputs.insert(*it);
  return inputs;
}

Expected<Values> run(const Variant &variant, const Values &given) {
  std::vector<Array> inputs;
  for (const TensorDescription &input : variant.inputs) {
    auto it = findInput(input, given);
    if (it == given.end())
      return createStringError("there is no value for the input '" +
                               input.name + "'");
    inputs.push_back(it->second);
  }
  auto outputs = runLibrary(variant.library, inputs, kSeconds);
  if (!outputs)
    return outputs.takeError();
  Values values;
  for (auto [description, array] : zip(variant.outputs, *outputs))
    values[description.name] = std::move(array);
  return std::move(values);
}

Expected<Values> buildAndRun(const BuildVariant &build,
                             const VariantRequest &request,
                             const Values &given) {
  auto variant = build(request);
  if (!variant)
    return variant.takeError();
  auto values = run(*variant, given);
  // As large as the model's weights; a trace goes through dozens.
  sys::fs::remove(variant->library);
  return values;
}

} // namespace niello
