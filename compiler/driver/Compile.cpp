// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/Compile.h"

#include "compiler/artefact/Artefact.h"
#include "compiler/artefact/TemporaryFile.h"
#include "compiler/driver/Cache.h"
#include "compiler/reproducer/Progress.h"
#include "compiler/support/Registry.h"
#include "compiler/target/cpu/Object.h"
#include "compiler/weights/ProgramModule.h"
#include "compiler/weights/WeightTable.h"
#include "dialects/model/Model.h"
#include "mlir/IR/AsmState.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

using namespace mlir;

namespace niello {
namespace path = llvm::sys::path;

Compilation::Compilation(const Options &options, llvm::StringRef program)
    : options(options), program(program), registry([] {
        DialectRegistry all;
        registerDialects(all);
        registerAllDialects(all);
        registerAllExtensions(all);
        cpu::registerTranslations(all);
        return all;
      }()),
      context(registry, MLIRContext::Threading::DISABLED),
      showsProgress(options.verbose ||
                    llvm::sys::Process::StandardErrIsDisplayed()) {}

void Compilation::beginStage(llvm::StringRef name) {
  endStage();
  stage = name.str();
  Progress::beginStep(name);
  stageStart = std::chrono::steady_clock::now();
}

void Compilation::endStage() {
  using namespace std::chrono;
  if (stage.empty())
    return;
  double s = duration<double>(steady_clock::now() - stageStart).count();
  // Below a quarter of a second nobody waits; say it only when asked.
  if (options.verbose || (showsProgress && s > 0.25))
    llvm::errs() << llvm::formatv("  {0,-8} {1:F2} s\n", stage, s);
  stage.clear();
}

int Compilation::report(ExitCode code, const llvm::Twine &text) {
  reported = text.str();
  Progress::set(Progress::position().reason, reported);
  bool isTold = options.command == "inspect" || options.command == "verify";
  return isTold ? code : niello::report(code, reported);
}

void Compilation::watch(std::function<void(PassManager &)> prepare) {
  pipeline.prepare = [before = pipeline.prepare, prepare](PassManager &passes) {
    if (before)
      before(passes);
    prepare(passes);
  };
}

int Compilation::load() {
  beginStage("read");
  if (int code = options.isText() ? loadIr() : loadModel())
    return code;
  if (Progress::stops())
    recordFlags(Stage::Plan); // on another machine, too, it is the same compile
  Progress::keep(*module);
  return exitDone;
}

int Compilation::loadModel() {
  ImportReport imported;
  module = importOnnx(context, options.model, options.import, imported);
  if (module) {
    for (auto &[name, why] : imported.folded)
      folded.push_back({std::move(name), std::move(why)});
    return exitDone;
  }
  if (imported.status == ImportReport::Status::BadModel)
    return report(exitUser, imported.text);
  return report(exitNotSupported,
                "'" + options.model +
                    "' uses what niello does not compile yet:\n" +
                    imported.text + "'niello ops' lists what it does");
}

std::vector<SourceNode> Compilation::sourceNodes() {
  std::vector<SourceNode> all = nodesOf(*module);
  llvm::StringSet<> known;
  for (const SourceNode &node : all)
    known.insert(node.name);
  for (const SourceNode &node : folded)
    if (known.insert(node.name).second)
      all.push_back(node);
  return all;
}

int Compilation::prepare() {
  auto machine = cpu::findMachine(options.target);
  if (!machine)
    return report(exitUser, llvm::toString(machine.takeError()));
  pipeline.optimise = options.optimise;
  pipeline.numerics = options.numerics;
  pipeline.machine = *machine;
  pipeline.verifyEach = options.verifyEach;
  pipeline.onStage = [this](Stage next) { beginStage(stageName(next)); };
  watch(Progress::watch);
  if (options.watch)
    watch([this](PassManager &passes) { options.watch(passes, pipeline); });
  if (!options.explain.empty() || !options.why.empty())
    collectReasons(context, options.explain, reasons);
  if (options.dumpFolder.empty())
    return exitDone;
  auto made = Trail::create(options.dumpFolder, path::filename(options.model));
  if (!made)
    return report(exitUser, llvm::toString(made.takeError()));
  trail = std::move(*made);
  watch([this](PassManager &passes) { trail->watch(passes, stage); });
  return exitDone;
}

int Compilation::advance(Stage last) {
  LogicalResult done = success();
  // The trail says where the plan has the model's nodes.
  if (trail && pipeline.optimise && last >= Stage::Plan && !options.isText() &&
      !trail->isPlaced()) {
    trail->begin(sourceNodes());
    done = runTo(Stage::Plan, *module, pipeline);
    if (succeeded(done))
      trail->place(*module);
  }
  if (succeeded(done) && succeeded(runTo(last, *module, pipeline))) {
    Progress::keep(*module);
    return exitDone;
  }
  // A person may have edited it into what no pass of ours would leave.
  if (options.isText() && !isReproducer(options.model))
    return report(exitUser, "cannot take the text '" + options.model +
                                "' to stage " + stageName(last) +
                                "; if it is as niello printed it, this is a "
                                "bug of niello's, please report it");
  return report(exitBug, "could not take '" + options.model + "' to stage " +
                             stageName(last) +
                             "; this is a bug of niello's, please report it");
}

std::string Compilation::modelFolder() const {
  if (!options.modelFolder.empty())
    return options.modelFolder;
  llvm::StringRef folder = path::parent_path(options.model);
  return folder.empty() ? "." : folder.str();
}

/// The trail of a compile that failed leads to where it failed.
int Compilation::finishTrail(int code) {
  if (!trail)
    return code;
  llvm::Error error = trail->finish();
  if (!error)
    return code;
  int why = report(exitUser, llvm::toString(std::move(error)));
  return code ? code : why;
}

/// Writes text to -o, or to the screen without it.
int Compilation::writeText(
    llvm::function_ref<void(llvm::raw_ostream &)> print) {
  endStage();
  if (options.output.empty() || options.output == "-") {
    print(llvm::outs());
    return exitDone;
  }
  if (llvm::Error e = writeWhole(options.output, print))
    return report(exitUser, llvm::toString(std::move(e)));
  return exitDone;
}

int Compilation::printStage() {
  Stage wanted = *findStage(options.emit);
  auto at = (*module)->getAttrOfType<StringAttr>("model.stage");
  if (at && *findStage(at.getValue()) > wanted)
    return report(exitUser, "'" + options.model + "' is at stage " +
                                at.getValue() +
                                ", past --emit=" + options.emit);
  if (int code = advance(wanted))
    return code;
  recordFlags(wanted);
  return writeText([&](llvm::raw_ostream &os) {
    module->print(os, OpPrintingFlags().enableDebugInfo());
    os << "\n";
  });
}

int Compilation::writeBinary() {
  if (int code = checkModelFile())
    return code;
  if (int code = advance(Stage::Plan))
    return code;
  auto description = describe(*module);
  if (!description)
    return report(exitUser, "'" + options.model + "': " +
                                llvm::toString(description.takeError()));
  description->levels = {{pipeline.machine.name, pipeline.machine.features}};
  if (int code = advance(Stage::Llvm))
    return code;
  auto weights = WeightTable::build(*module, modelFolder());
  if (!weights)
    return report(exitUser, llvm::toString(weights.takeError()));
  description->weightsSize = weights->totalBytes();
  description->verification = options.verification;
  if (int code = compilePrograms(*weights))
    return code;

  beginStage("code");
  llvm::LLVMContext llvmContext;
  auto effort = pipeline.optimise ? cpu::Effort::Full : cpu::Effort::Plain;
  // A text is for a person: one, and not the same sections again and again.
  const bool isText = options.emit == "asm";
  std::vector<cpu::Bytes> kernels;
  auto code = cpu::translate(*module, llvmContext, pipeline.machine, effort,
                             options.debugInfo, isText ? nullptr : &kernels);
  if (!code)
    return report(exitBug, "could not translate '" + options.model +
                               "' to LLVM IR; please report it");
  if (llvm::Error e = emitDescriptor(*description, *code))
    return report(exitBug, llvm::toString(std::move(e)));
  auto object = isText ? cpu::emitAssembly(*code, pipeline.machine, effort)
                       : cpu::emitObject(*code, pipeline.machine, effort);
  if (!object)
    return report(exitBug, llvm::toString(object.takeError()));
  if (isText)
    return writeText([&](llvm::raw_ostream &os) {
      os << llvm::StringRef(object->data(), object->size());
    });
  cpu::ObjectCache cache;
  if (options.cache)
    cache = kernelCache(program);
  auto objects = cpu::compileKernels(kernels, pipeline.machine, effort,
                                     options.cache ? &cache : nullptr);
  if (!objects)
    return report(exitBug, llvm::toString(objects.takeError()));
  objects->insert(objects->begin(), std::move(*object));
  return link(*description, *weights, *objects);
}

/// Makes `programs` of the part of the module that the compiler runs.
int Compilation::compilePrograms(const WeightTable &weights) {
  bool any = llvm::any_of(weights.weights(), [](const Weight &weight) {
    return weight.encoding == WeightEncoding::Program;
  });
  OwningOpRef<ModuleOp> part = takeWeightPrograms(*module);
  if (!any || options.emit == "asm")
    return exitDone;
  if (!part)
    return report(exitUser, "'" + options.model +
                                "' has weights that programs compute, but no "
                                "module @weight_programs");
  beginStage("programs");
  auto runtime = findRuntimeFolder(program);
  if (!runtime)
    return report(exitBug, llvm::toString(runtime.takeError()));
  auto compiled = WeightPrograms::compile(*module, *part, modelFolder(),
                                          *runtime, outputPath(options));
  if (!compiled)
    return report(exitUser, llvm::toString(compiled.takeError()));
  programs = std::move(*compiled);
  return exitDone;
}

/// Runs the program of a weight; says how far the compile is where that takes
/// long.
llvm::Error Compilation::computeWeight(const Weight &weight,
                                       WeightTable::Sink sink) {
  using namespace std::chrono;
  auto start = steady_clock::now();
  llvm::Error error = programs->compute(weight, sink);
  double s = duration<double>(steady_clock::now() - start).count();
  if (showsProgress && s > 0.25)
    llvm::errs() << llvm::formatv("           {0:F2} s for '{1}'\n", s,
                                  weight.node);
  return error;
}

int Compilation::link(const ModelDescription &description,
                      const WeightTable &weights,
                      llvm::ArrayRef<cpu::Bytes> objects) {
  beginStage("link");
  ArtefactRequest request;
  if (options.emit == "shared")
    request.kind = ArtefactKind::SharedLibrary;
  else if (options.emit == "static")
    request.kind = ArtefactKind::StaticLibrary;
  else if (options.emit == "object")
    request.kind = ArtefactKind::Object;
  auto runtime = findRuntimeFolder(program);
  if (!runtime)
    return report(exitBug, llvm::toString(runtime.takeError()));
  for (const cpu::Bytes &object : objects)
    request.objects.push_back(llvm::MemoryBufferRef(
        llvm::StringRef(object.data(), object.size()), "model"));
  request.description = &description;
  request.weights = [&](WeightSink sink) {
    return weights.stream(sink, [&](const Weight &weight, WeightSink to) {
      return computeWeight(weight, to);
    });
  };
  request.outputPath = outputPath(options);
  request.runtimeFolder = *runtime;
  if (request.kind == ArtefactKind::SharedLibrary ||
      request.kind == ArtefactKind::StaticLibrary) {
    llvm::SmallString<128> header(request.outputPath);
    path::replace_extension(header, ".h");
    request.headerPath = header.str().str();
  }
  auto sizes = writeArtefact(request);
  endStage();
  if (!sizes)
    return report(exitUser, llvm::toString(sizes.takeError()));
  made = {request.outputPath};
  if (!request.headerPath.empty())
    made.push_back(request.headerPath);
  summarise(description, request.outputPath, *sizes);
  return exitDone;
}

std::vector<std::string> Compilation::weightFiles() {
  std::vector<std::string> files;
  for (auto weight : module->getOps<model::WeightOp>())
    if (auto file = weight.getFile()) {
      std::string name = modelFolder() + "/" + file->str();
      if (!llvm::is_contained(files, name))
        files.push_back(name);
    }
  return files;
}

int compileModel(const Options &options, llvm::StringRef program) {
  Unchanged unchanged(options, program);
  if (auto said = unchanged.find()) {
    removeStale(outputPath(options));
    llvm::outs() << *said
                 << "     nothing has changed since it was made; --no-cache "
                    "compiles again\n";
    return exitDone;
  }
  Compilation compilation(options, program);
  if (int code = compilation.prepare())
    return code;
  if (int code = compilation.load())
    return code;
  std::vector<std::string> read = compilation.weightFiles();
  int code =
      options.isStage() ? compilation.printStage() : compilation.writeBinary();
  if (!code && !options.explain.empty() && compilation.givenReasons().empty())
    llvm::errs() << options.explain << "\n  nothing was left undone\n";
  printReasons(compilation.givenReasons(), llvm::errs());
  if (!code && !options.isStage()) {
    std::string split = splitKernels(options, program);
    llvm::outs() << split;
    unchanged.note(read, compilation.results(), compilation.summary() + split);
  }
  return compilation.finishTrail(code);
}

} // namespace niello
