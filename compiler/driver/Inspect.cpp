// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `niello inspect`: goes down the stages of a model and asks at each what there
// is to know, or reads an artefact.

#include "compiler/driver/Compile.h"
#include "compiler/driver/Why.h"

#include "compiler/inspect/Inspect.h"
#include "compiler/inspect/Names.h"
#include "frontends/onnx/Values.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace niello {
namespace {

/// Takes the module to a stage. False where it stopped, or began, behind it:
/// then there is nothing to ask.
bool reach(Compilation &compilation, Stage stage, int &code) {
  if (code || (code = compilation.advance(stage)))
    return false;
  auto at = compilation.getModule()->getAttrOfType<StringAttr>("model.stage");
  return at && at.getValue() == stageName(stage);
}

int gather(Compilation &compilation, const Options &options,
           ModelFacts &facts) {
  if (!options.isText())
    facts.source = surveyOnnx(options.model);
  if (int code = compilation.prepare())
    return code;
  if (int code = compilation.load())
    return code;
  facts.target = compilation.flags().machine.name;
  auto description = describe(compilation.getModule());
  if (!description)
    return compilation.report(
        exitUser,
        "'" + options.model + "': " + llvm::toString(description.takeError()));
  facts.description = std::move(*description);
  std::vector<SourceNode> nodes;
  if (!options.isText())
    nodes = compilation.sourceNodes();
  std::optional<ArenaFacts> arena;
  compilation.watch([&](PassManager &passes) {
    passes.addInstrumentation(watchArena(arena));
  });
  int code = exitDone;
  if (reach(compilation, Stage::Blocks, code)) {
    facts.blocks = countBlocks(compilation.getModule());
    facts.states = listStates(compilation.getModule());
  }
  // The plain path has no kernels.
  if (reach(compilation, Stage::Plan, code) && compilation.flags().optimise) {
    facts.plan = listKernels(compilation.getModule());
    if (!options.isText())
      facts.nodes = placeNodes(nodes, compilation.getModule());
  }
  if (reach(compilation, Stage::Loops, code))
    facts.weights = groupWeights(compilation.getModule());
  if (!code)
    facts.arena = std::move(arena);
  compilation.endStage();
  return code;
}

/// What can be named inside a model: a line a value.
int listTaps(Options options, llvm::StringRef program) {
  if (options.isText() || isBinary(options.model))
    return report(exitUser, "--taps lists the values of a model file, and '" +
                                options.model + "' is none");
  options.import.taps = {"*"};
  Compilation compilation(options, program);
  if (int code = compilation.prepare())
    return code;
  if (int code = compilation.load())
    return report(static_cast<ExitCode>(code), compilation.sentence());
  auto description = describe(compilation.getModule());
  if (!description)
    return report(exitUser, llvm::toString(description.takeError()));
  llvm::StringMap<std::string> types;
  for (const TensorDescription &output : description->entries[0].outputs)
    types[output.name] = typeName(output);
  for (const OnnxValueName &value : nameOnnxValues(options.model)) {
    auto type = types.find(value.name);
    if (type == types.end())
      continue;
    llvm::outs() << value.name << " " << type->second << "  " << value.op;
    if (!value.node.empty())
      llvm::outs() << " '" << value.node << "'";
    if (!value.block.empty())
      llvm::outs() << "  " << value.block;
    llvm::outs() << "\n";
  }
  llvm::outs().flush();
  return exitDone;
}

template <typename Facts> void print(const Facts &facts, bool asJson) {
  if (asJson)
    llvm::outs() << llvm::formatv("{0:2}", llvm::json::Value(toJson(facts)))
                 << "\n";
  else
    printText(facts, llvm::outs());
  // A sentence that follows comes below it.
  llvm::outs().flush();
}

} // namespace

int inspectFile(const Options &options, llvm::StringRef program) {
  if (options.listTaps)
    return listTaps(options, program);
  if (isBinary(options.model)) {
    if (!options.why.empty())
      return report(exitUser, "--why asks a model, but '" + options.model +
                                  "' is compiled");
    auto facts = readArtefact(options.model);
    if (!facts)
      return report(exitUser, llvm::toString(facts.takeError()));
    print(*facts, options.json);
    return exitDone;
  }
  ModelFacts facts;
  facts.file = options.model;
  Compilation compilation(options, program);
  facts.exitCode = gather(compilation, options, facts);
  facts.sentence = compilation.sentence();
  if (!options.why.empty() && !facts.exitCode)
    return printWhy(options, facts, compilation.givenReasons());
  if (!facts.exitCode || facts.source || facts.description || options.json)
    print(facts, options.json);
  if (!facts.exitCode)
    return exitDone;
  return report(static_cast<ExitCode>(facts.exitCode), facts.sentence);
}

} // namespace niello
