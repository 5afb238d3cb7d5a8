// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text of a stage as the model to compile: read and checked, with the flags
// that it was made with and the model file that its weights lie in.

#include "compiler/driver/Compile.h"

#include "dialects/model/Hash.h"
#include "dialects/model/Model.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/AsmParser/AsmParserState.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

namespace niello {
namespace {

constexpr llvm::StringLiteral kFlags = "model.flags";

/// The first error of the context while it lives: "x.mlir:3:5: ...", with its
/// notes on lines of their own.
class FirstError {
public:
  explicit FirstError(MLIRContext &context)
      : handler(&context, [this](Diagnostic &diagnostic) {
          if (text.empty() &&
              diagnostic.getSeverity() == DiagnosticSeverity::Error) {
            add(diagnostic);
            for (Diagnostic &note : diagnostic.getNotes())
              add(note);
          }
          return success();
        }) {}

  std::string text;

private:
  void add(Diagnostic &diagnostic) {
    text += text.empty() ? "" : "\n  note: ";
    if (auto place = diagnostic.getLocation()->findInstanceOf<FileLineColLoc>())
      text += llvm::formatv("{0}:{1}:{2}: ", place.getFilename().getValue(),
                            place.getLine(), place.getColumn());
    text += diagnostic.str();
  }

  ScopedDiagnosticHandler handler;
};

/// Ops carry the names of source nodes; what is wrong with a text is wanted by
/// line and column, so for the verifier each op lies where the text has it.
LogicalResult verifyText(Block &block, const llvm::SourceMgr &source,
                         const AsmParserState &state, StringRef path) {
  MLIRContext *context = block.front().getContext();
  llvm::DenseMap<Operation *, Location> names;
  for (const AsmParserState::OperationDefinition &def : state.getOpDefs()) {
    auto [line, column] = source.getLineAndColumn(def.loc.Start);
    names.try_emplace(def.op, def.op->getLoc());
    def.op->setLoc(FileLineColLoc::get(context, path, line, column));
  }
  LogicalResult done = success();
  for (Operation &op : block)
    if (failed(verify(&op)))
      done = failure();
  for (auto [op, name] : names)
    op->setLoc(name);
  return done;
}

} // namespace

int Compilation::loadIr() {
  auto buffer = llvm::MemoryBuffer::getFile(options.model);
  if (!buffer)
    return report(exitUser, "'" + options.model + "' cannot be read: " +
                                buffer.getError().message());
  if (!options.import.dims.empty())
    return report(exitUser,
                  "--dim goes with a model file; the dimensions of '" +
                      options.model + "' are set in its text");
  if (!options.import.taps.empty())
    return report(exitUser, "--tap chooses values while a model file is read; "
                            "in '" +
                                options.model +
                                "', return them from its entry instead");
  if (!options.import.edits.empty())
    return report(exitUser, "--edit changes values while a model file is read; "
                            "in '" +
                                options.model + "', edit the text instead");
  if (!options.import.measures.empty())
    return report(exitUser, "--stats reads values while a model file is read; "
                            "in '" +
                                options.model +
                                "', return what you need from its entry");
  context.loadAllAvailableDialects();
  llvm::SourceMgr source;
  source.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  FirstError error(context);
  Block block;
  AsmParserState state;
  ParserConfig config(&context, /*verifyAfterParse=*/false);
  if (succeeded(parseAsmSourceFile(source, &block, config, &state)) &&
      (block.empty() ||
       succeeded(verifyText(block, source, state, options.model))))
    module = detail::constructContainerOpForParserIfNecessary<ModuleOp>(
        &block, &context, FileLineColLoc::get(&context, options.model, 1, 1));
  if (!module)
    return report(exitUser, error.text.empty()
                                ? "'" + options.model + "' is not IR"
                                : error.text);
  return takeFlags();
}

/// What the text was made with holds from here on; a flag that says otherwise
/// is refused.
int Compilation::takeFlags() {
  auto stage = (*module)->getAttrOfType<StringAttr>("model.stage");
  if (stage && !findStage(stage.getValue()))
    return report(exitUser, "'" + options.model +
                                "' says that it is at stage '" +
                                stage.getValue() +
                                "', which is none of source, blocks, packed, "
                                "plan, loops and llvm");
  auto flags = (*module)->getAttrOfType<DictionaryAttr>(kFlags);
  if (!flags)
    return exitDone;
  auto differs = [&](StringRef flag, StringRef made, StringRef given) {
    return report(exitUser,
                  "'" + options.model + "' was made with " + flag + made +
                      ", which later stages hold to, but got " + flag + given);
  };
  if (auto target = flags.getAs<StringAttr>("target")) {
    auto machine = cpu::findMachine(target.getValue());
    if (!machine)
      return report(exitUser, "'" + options.model +
                                  "': " + llvm::toString(machine.takeError()));
    if (options.given.count("--target") &&
        machine->name != pipeline.machine.name)
      return differs("--target=", machine->name, pipeline.machine.name);
    if (auto tune = flags.getAs<StringAttr>("tune"))
      machine->tune = tune.str();
    pipeline.machine = *machine;
  }
  if (auto text = flags.getAs<StringAttr>("numerics")) {
    auto numerics = findNumerics(text.getValue());
    if (!numerics)
      return report(exitUser, "'" + options.model + "' has unknown numerics '" +
                                  text.getValue() + "'");
    if (options.given.count("--numerics") && *numerics != options.numerics)
      return differs("--numerics=", text.getValue(),
                     numericsName(options.numerics));
    pipeline.numerics = *numerics;
  }
  if (flags.contains("plain"))
    pipeline.optimise = false;
  else if (!options.optimise && stage &&
           *findStage(stage.getValue()) >= Stage::Packed)
    return report(exitUser, "'" + options.model +
                                "' was made without -O0 and is at stage " +
                                stage.getValue() +
                                "; the plain path branches off before");
  return exitDone;
}

/// Writes into the module what a compile that goes on from its text needs.
void Compilation::recordFlags(Stage at) {
  Builder b(&context);
  SmallVector<NamedAttribute> flags;
  auto add = [&](StringRef name, Attribute value) {
    flags.push_back(b.getNamedAttr(name, value));
  };
  // Tiles, vectors and stencils are a machine's; before, there is none.
  if (at >= Stage::Plan) {
    add("target", b.getStringAttr(pipeline.machine.name));
    add("tune", b.getStringAttr(pipeline.machine.tune));
  }
  if (pipeline.numerics != Numerics::Default)
    add("numerics", b.getStringAttr(numericsName(pipeline.numerics)));
  if (!pipeline.optimise)
    add("plain", b.getUnitAttr());
  if (flags.empty())
    (*module)->removeAttr(kFlags);
  else
    (*module)->setAttr(kFlags, b.getDictionaryAttr(flags));
}

/// Weights are offsets into the model file, so it has to be the same file.
int Compilation::checkModelFile() {
  auto name = (*module)->getAttrOfType<StringAttr>("model.source");
  auto hash = (*module)->getAttrOfType<StringAttr>("model.hash");
  bool isRead = false;
  module->walk([&](model::WeightOp weight) {
    isRead |= name && weight.getFile() == name.getValue();
  });
  if (!options.isText() || !isRead || !hash)
    return exitDone;
  llvm::SmallString<256> path(modelFolder());
  llvm::sys::path::append(path, name.getValue());
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/false);
  if (!file)
    return report(exitUser,
                  "the weights of '" + options.model + "' lie in '" + path +
                      "', which cannot be read: " + file.getError().message() +
                      "; --model-folder=DIR says where the model is");
  std::string found = model::hashOf((*file)->getBuffer());
  if (found != hash.getValue())
    return report(exitUser,
                  "'" + path + "' is not the model that '" + options.model +
                      "' was made from: needs the hash " + hash.getValue() +
                      ", but found " + found +
                      "; make the text again, or give --model-folder=DIR");
  return exitDone;
}

} // namespace niello
