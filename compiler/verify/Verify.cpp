// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/verify/Verify.h"

#include "compiler/verify/CheckReference.h"
#include "compiler/verify/Judge.h"
#include "compiler/verify/Narrow.h"
#include "compiler/verify/Survivors.h"

using namespace llvm;

namespace niello {
namespace {

class Verifier {
public:
  Verifier(const SourceGraph &graph, const BuildVariant &build,
           const VerifyOptions &options)
      : graph(graph), build(build), options(options) {}

  Error makeReference(const ModelDescription &model);
  Error checkAgainst();
  Error runArtefact();
  Error checkKernels();
  Error checkMemory();
  /// What made the artefact fail may have been found on the way.
  VerifyReport takeReport() {
    if (failure)
      report.findings.push_back(*failure);
    return std::move(report);
  }
  bool isDone() const { return failure || !report.isRight(); }

private:
  void say(StringRef step) {
    if (options.onStep)
      options.onStep(step);
  }
  void compareOutputs(const Values &got, const Reference &reference);
  std::vector<std::string>
  firstWrong(const std::map<std::string, Difference> &beyond);

  const SourceGraph &graph;
  const BuildVariant &build;
  const VerifyOptions &options;
  VerifyReport report;
  Variant artefact;
  Names tappable;
  Survivors survivors;
  std::vector<Reference> references;
  std::vector<Values> results; ///< of the artefact, one a reference
  std::optional<Finding> failure;
};

// The outputs of the artefact as a whole: a figure to look at, not a verdict.
// Errors of single kernels add up, and a model may make much of little.
void Verifier::compareOutputs(const Values &got, const Reference &reference) {
  for (const auto &[name, array] : got) {
    auto it = reference.values.find(name);
    if (it == reference.values.end() || !array.isReal())
      continue;
    Difference found = compare(array, it->second, {});
    double greatest = greatestMagnitude(it->second);
    if (greatest > 0 && std::isfinite(found.maxAbsolute))
      report.outputError =
          std::max(report.outputError, found.maxAbsolute / greatest);
  }
}

Error Verifier::makeReference(const ModelDescription &model) {
  say("reference");
  VariantRequest request;
  request.isPlain = true;
  request.taps = {"*"};
  auto plain = build(request);
  if (!plain)
    return plain.takeError();
  report.ofValues = plain->outputs.size();
  for (const TensorDescription &output : plain->outputs)
    tappable.insert(output.name);
  Expected<Values> given = readInputs(options.inputs, model);
  if (!given)
    return given.takeError();
  // Where everything is given, another round would be the same.
  bool isWhole = given->size() == model.entries.front().inputs.size();
  unsigned rounds = isWhole ? 1 : options.rounds, most = isWhole ? 1 : 5;
  std::map<std::string, int64_t> sizes;
  for (unsigned round = 0; round < most && references.size() < rounds;
       ++round) {
    auto made = makeCase(model, graph, *given, sizes, round);
    if (!made)
      return made.takeError();
    if (isWhole)
      made->name = "the given inputs";
    auto values = run(*plain, made->inputs);
    if (!values) {
      std::string sentence = toString(values.takeError());
      if (!isWhole && learnSize(sentence, *made, sizes)) {
        --round; // as often as there are dimensions
        continue;
      }
      report.skipped.push_back(made->name + ": " + sentence);
      continue;
    }
    for (auto &[name, array] : made->inputs)
      values->try_emplace(name, std::move(array));
    references.push_back({made->name, std::move(*values)});
    report.cases.push_back(made->name);
  }
  if (references.empty())
    return createStringError(
        "the reference refuses every input that was made up; the last: " +
        report.skipped.back() +
        "; give some with --input NAME=FILE.npy, or "
        "sizes with --dim NAME=N");
  return Error::success();
}

// The inputs of a reference are those of its values that no node makes.
Error Verifier::checkAgainst() {
  if (!options.givenBy)
    return Error::success();
  say("against");
  report.against = options.against;
  for (const Reference &reference : references) {
    Values inputs;
    for (const auto &[name, array] : reference.values)
      if (!graph.producer(name))
        inputs[name] = array;
    auto given = options.givenBy(inputs, reference.values);
    if (!given)
      return given.takeError();
    auto finding =
        checkReference(graph, build, reference, *given, report.againstValues);
    if (!finding)
      return finding.takeError();
    if (*finding) {
      report.findings.push_back(std::move(**finding));
      return Error::success();
    }
  }
  return Error::success();
}

Error Verifier::runArtefact() {
  say("artefact");
  auto built = build({});
  if (!built)
    return built.takeError();
  artefact = std::move(*built);
  for (const Reference &reference : references) {
    auto got = run(artefact, reference.values);
    if (!got) {
      Finding finding;
      finding.kind = Finding::Kind::Failure;
      finding.caseName = reference.name;
      finding.sentence = toString(got.takeError());
      failure = finding;
      return Error::success();
    }
    compareOutputs(*got, reference);
    results.push_back(std::move(*got));
  }
  return Error::success();
}

// The values that no other wrong one is on the way to, in the graph's order:
// what they are made of is right, so that each is wrong by itself.
std::vector<std::string>
Verifier::firstWrong(const std::map<std::string, Difference> &beyond) {
  constexpr size_t kMostFindings = 3;
  std::vector<std::string> first;
  for (const OnnxSurvey::Node &node : graph.nodes())
    for (const std::string &output : node.outputs) {
      if (!beyond.count(output) || first.size() == kMostFindings)
        continue;
      bool isRoot = all_of(graph.between(survivors.fed, output),
                           [&](const OnnxSurvey::Node *before) {
                             return before == &node ||
                                    none_of(before->outputs,
                                            [&](const std::string &each) {
                                              return beyond.count(each);
                                            });
                           });
      if (isRoot)
        first.push_back(output);
    }
  return first;
}

Error Verifier::checkKernels() {
  say("kernels");
  auto found = findSurvivors(graph, artefact, tappable, build);
  if (!found)
    return found.takeError();
  survivors = std::move(*found);
  VariantRequest request;
  request.taps = survivors.watched;
  request.taps.insert(survivors.fed.begin(), survivors.fed.end());
  request.cuts = survivors.fed;
  auto cut = build(request);
  if (!cut)
    return cut.takeError();
  report.values = cut->outputs.size();
  Judge judge(graph, build, survivors.fed);
  for (const Reference &reference : references) {
    auto got = run(*cut, reference.values);
    if (!got) {
      Finding finding;
      finding.kind = Finding::Kind::Failure;
      finding.caseName = reference.name;
      finding.sentence = toString(got.takeError());
      if (!failure)
        failure = finding;
      return Error::success();
    }
    auto beyond = judge.judge(*got, reference);
    if (!beyond)
      return beyond.takeError();
    if (beyond->empty())
      continue;
    say("narrow");
    for (const std::string &value : firstWrong(*beyond)) {
      auto finding = narrow(graph, build, survivors, value, beyond->at(value),
                            judge, reference);
      if (!finding)
        return finding.takeError();
      report.findings.push_back(std::move(*finding));
    }
    return Error::success();
  }
  return Error::success();
}

Error Verifier::checkMemory() {
  if (survivors.kept.empty())
    return Error::success();
  say("memory");
  VariantRequest request;
  request.taps = survivors.kept;
  auto kept = build(request);
  if (!kept)
    return kept.takeError();
  for (auto [reference, result] : zip(references, results)) {
    auto got = run(*kept, reference.values);
    if (!got)
      return got.takeError();
    bool isSame = all_of(result, [&](const auto &each) {
      auto it = got->find(each.first);
      return it != got->end() && it->second == each.second;
    });
    if (isSame)
      continue;
    say("narrow");
    auto finding = narrowMemory(graph, build, survivors.kept, *got, reference);
    if (!finding)
      return finding.takeError();
    for (const auto &[name, array] : result)
      if (!(got->at(name) == array)) {
        finding->difference = compare(array, got->at(name), {});
        finding->sentence = "of the output " + name + " at " +
                            positionText(array, finding->difference.worst);
        break;
      }
    report.findings.push_back(std::move(*finding));
    return Error::success();
  }
  return Error::success();
}

} // namespace

Expected<VerifyReport> verifyModel(const SourceGraph &graph,
                                   const BuildVariant &build,
                                   const ModelDescription &model,
                                   const VerifyOptions &options) {
  Verifier verifier(graph, build, options);
  if (Error error = verifier.makeReference(model))
    return std::move(error);
  if (Error error = verifier.checkAgainst())
    return std::move(error);
  if (verifier.isDone())
    return verifier.takeReport();
  if (Error error = verifier.runArtefact())
    return std::move(error);
  if (Error error = verifier.checkKernels())
    return std::move(error);
  if (!verifier.isDone())
    if (Error error = verifier.checkMemory())
      return std::move(error);
  return verifier.takeReport();
}

} // namespace niello
