// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/verify/CheckReference.h"

#include "compiler/verify/Narrow.h"

using namespace llvm;

namespace niello {

Expected<std::optional<Finding>> checkReference(const SourceGraph &graph,
                                                const BuildVariant &build,
                                                const Reference &reference,
                                                const Values &given,
                                                uint64_t &compared) {
  Names cuts;
  Reference wanted = reference;
  compared = 0;
  for (const auto &[name, array] : given) {
    if (!graph.producer(name) || !reference.values.count(name))
      continue;
    ++compared;
    wanted.values[name] = array;
    if (!graph.isOutput(name))
      cuts.insert(name);
  }
  VariantRequest request;
  request.isPlain = true;
  request.taps = request.cuts = cuts;
  auto got = buildAndRun(build, request, wanted.values);
  if (!got)
    return got.takeError();
  for (auto it = got->begin(); it != got->end();)
    it = given.count(it->first) ? std::next(it) : got->erase(it);
  auto beyond = Judge(graph, build, cuts).judge(*got, wanted);
  if (!beyond)
    return beyond.takeError();
  for (const OnnxSurvey::Node &node : graph.nodes())
    for (const std::string &output : node.outputs)
      if (auto it = beyond->find(output); it != beyond->end()) {
        Finding finding = describe(node, output, it->second, wanted);
        finding.kind = Finding::Kind::Reference;
        for (const OnnxSurvey::Node *other : graph.between(cuts, output))
          if (other != &node)
            finding.fusedWith.push_back(other->name);
        return std::optional(std::move(finding));
      }
  return std::nullopt;
}

} // namespace niello
