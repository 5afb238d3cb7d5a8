// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/verify/planted/Trial.h"

#include "compiler/driver/Driver.h"
#include "compiler/driver/Variants.h"
#include "compiler/verify/Verify.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

namespace niello::planted {
namespace {

using llvm::StringRef;

/// Builds each plain variant once, for no mistake is in it.
class Cache {
public:
  explicit Cache(Variants &variants) : variants(variants) {}

  llvm::Expected<Variant> build(const VariantRequest &request) {
    bool isArtefact = !request.isPlain && !request.isPlanOnly &&
                      request.taps.empty() && request.cuts.empty();
    if (!request.isPlain && !isArtefact)
      return variants.build(request);
    std::string key = request.isPlain ? "plain" : "artefact";
    for (const Names *names : {&request.taps, &request.cuts})
      key += "\n" + llvm::join(*names, "\n") + "\n";
    if (auto it = built.find(key); it != built.end())
      return it->second;
    auto variant = variants.build(request);
    if (variant)
      built[key] = *variant;
    return variant;
  }
  void forgetArtefact() { built.erase("artefact\n\n\n\n"); }

private:
  Variants &variants;
  std::map<std::string, Variant> built;
};

/// The greatest difference of any output, relative to the right output's
/// greatest magnitude; 1 where sizes, integers or NaN differ.
double changeOf(const Values &right, const Values &wrong) {
  double change = 0;
  for (const auto &[name, array] : right) {
    auto it = wrong.find(name);
    if (it == wrong.end())
      return 1;
    Difference found = compare(it->second, array, {});
    if (found.gotType != found.wantedType)
      return 1;
    if (!found.beyond)
      continue;
    double greatest = greatestMagnitude(array);
    bool isFinite = array.isReal() && std::isfinite(found.maxAbsolute);
    change = std::max(
        change, isFinite && greatest > 0 ? found.maxAbsolute / greatest : 1.0);
  }
  return change;
}

} // namespace

bool parsePlant(StringRef text, Plant &plant) {
  auto [kind, place] = text.split('@');
  auto [node, number] = place.rsplit('#');
  plant.kind = kind.str();
  plant.node = node.str();
  return !number.getAsInteger(10, plant.number);
}

int runTrial(const std::string &file, Plant &plant, const Options &options,
             StringRef program) {
  auto text = llvm::MemoryBuffer::getFile(file);
  if (!text)
    return report(exitUser, "'" + file + "' cannot be read");
  auto variants = Variants::create(options, program);
  if (!variants)
    return report(exitUser, llvm::toString(variants.takeError()));
  ModelDescription description;
  std::string sentence;
  if (int code = (*variants)->describe(description, sentence))
    return report(static_cast<ExitCode>(code), sentence);
  auto survey = surveyOnnx(options.model);
  SourceGraph graph(*survey);
  Cache cache(**variants);
  BuildVariant build = [&](const VariantRequest &request) {
    return cache.build(request);
  };
  VerifyOptions how;
  how.inputs = options.programArguments;
  how.rounds = 1;

  // The outputs without a mistake, on the first inputs that it takes.
  Values inputs, right;
  auto given = readInputs(how.inputs, description);
  auto clean = build({});
  if (!given || !clean)
    return report(exitUser, "the model does not compile");
  std::map<std::string, int64_t> sizes;
  for (unsigned round = 0; round < 5 && right.empty(); ++round) {
    auto made = makeCase(description, graph, *given, sizes, round);
    if (!made)
      return report(exitUser, llvm::toString(made.takeError()));
    auto got = run(*clean, made->inputs);
    if (!got) {
      round -= learnSize(llvm::toString(got.takeError()), *made, sizes);
      continue;
    }
    inputs = made->inputs;
    right = std::move(*got);
  }
  llvm::SmallVector<StringRef> lines;
  (*text)->getBuffer().split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines) {
    if (!parsePlant(line, plant))
      return report(exitUser, "needs KIND@NODE#K, but got '" + line + "'");
    auto start = std::chrono::steady_clock::now();
    cache.forgetArtefact();
    auto result = verifyModel(graph, build, description, how);
    llvm::json::Object told{{"plant", line}};
    if (auto artefact = build({})) {
      auto wrong = run(*artefact, inputs);
      told["change"] =
          wrong ? llvm::formatv("{0:E3}", changeOf(right, *wrong)).str()
                : "fails";
      if (!wrong)
        told["why"] = llvm::toString(wrong.takeError());
    } else {
      told["change"] = "does not compile";
      told["why"] = llvm::toString(artefact.takeError());
    }
    double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count();
    told["seconds"] = llvm::formatv("{0:F1}", seconds).str();
    if (result)
      told["report"] = toJson(*result);
    else
      told["error"] = llvm::toString(result.takeError());
    llvm::outs() << llvm::json::Value(std::move(told)) << "\n";
    llvm::outs().flush();
  }
  return exitDone;
}

} // namespace niello::planted
