// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// niello-link: the last step of niello alone, for tests of it.
//
//   niello-link entries.mlir code.ll --emit=exe -o model
//
// entries.mlir declares the entries with their attributes, code.ll defines what
// they run. --weights=N adds N bytes of weights: byte i is i * 7 + i / 256.
// --end-weights-at and --fail-weights-at stop early, well or badly.
// --level=NAME:feature,feature states what CPU the code is for. With
// --emit=header the C header goes to the output instead.

#include "compiler/artefact/Artefact.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/InitAllDialects.h"
#include "mlir/Parser/Parser.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

static cl::opt<std::string> entries(cl::Positional, cl::Required);
static cl::opt<std::string> code(cl::Positional, cl::Required);
static cl::opt<std::string> emit("emit", cl::init("exe"));
static cl::opt<std::string> output("o", cl::Required);
static cl::opt<std::string> header("header");
static cl::opt<std::string> level("level");
static cl::opt<uint64_t> weightBytes("weights");
static cl::opt<uint64_t> failAt("fail-weights-at", cl::init(UINT64_MAX));
static cl::opt<uint64_t> endAt("end-weights-at", cl::init(UINT64_MAX));

static ExitOnError exitOnError("niello-link: error: ");

/// Chunks of an odd size, so that no boundary falls together with a page's.
static Error streamWeights(uint64_t bytes, uint64_t failAt,
                           niello::WeightSink sink) {
  std::vector<char> chunk;
  for (uint64_t at = 0; at < bytes;) {
    if (at >= failAt)
      return createStringError("the weights ended at byte " + Twine(at));
    chunk.resize(std::min<uint64_t>(bytes - at, 65521));
    for (char &byte : chunk) {
      byte = static_cast<char>(at * 7 + at / 256);
      ++at;
    }
    if (Error error = sink(chunk))
      return error;
  }
  return Error::success();
}

static niello::ModelDescription readDescription() {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  context.allowUnregisteredDialects();
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(entries, &context);
  if (!module)
    exit(1);
  niello::ModelDescription description = exitOnError(niello::describe(*module));
  description.weightsSize = weightBytes;
  if (!level.empty()) {
    auto [name, features] = StringRef(level).split(':');
    niello::LevelDescription only;
    only.name = name.str();
    SmallVector<StringRef> words;
    features.split(words, ',');
    for (StringRef word : words)
      only.features.push_back(word.str());
    description.levels.push_back(only);
  }
  return description;
}

static std::unique_ptr<MemoryBuffer> makeObject(Module &module) {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmPrinters();
  InitializeAllAsmParsers();
  std::string why;
  Triple triple("x86_64-unknown-linux-gnu");
  const Target *target = TargetRegistry::lookupTarget(triple, why);
  if (!target)
    exitOnError(createStringError(why));
  std::unique_ptr<TargetMachine> machine(target->createTargetMachine(
      triple, "x86-64", "", TargetOptions(), Reloc::PIC_));
  module.setTargetTriple(triple);
  module.setDataLayout(machine->createDataLayout());
  SmallVector<char, 0> bytes;
  raw_svector_ostream stream(bytes);
  legacy::PassManager passes;
  machine->addPassesToEmitFile(passes, stream, nullptr,
                               CodeGenFileType::ObjectFile);
  passes.run(module);
  return MemoryBuffer::getMemBufferCopy(stream.str(), "code.o");
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::ParseCommandLineOptions(argc, argv, "links a model made by hand\n");
  niello::ModelDescription description = readDescription();
  if (emit == "header") {
    std::error_code error;
    raw_fd_ostream(output, error) << niello::makeHeader(description);
    return error ? 1 : 0;
  }
  LLVMContext context;
  SMDiagnostic diagnostic;
  std::unique_ptr<Module> module = parseIRFile(code, diagnostic, context);
  if (!module) {
    diagnostic.print(argv[0], errs());
    return 1;
  }
  exitOnError(niello::emitDescriptor(description, *module));
  std::unique_ptr<MemoryBuffer> object = makeObject(*module);
  niello::ArtefactRequest request;
  request.kind = StringSwitch<niello::ArtefactKind>(emit)
                     .Case("shared", niello::ArtefactKind::SharedLibrary)
                     .Case("static", niello::ArtefactKind::StaticLibrary)
                     .Case("object", niello::ArtefactKind::Object)
                     .Default(niello::ArtefactKind::Executable);
  request.objects.push_back(object->getMemBufferRef());
  request.description = &description;
  // By value: LLD sets all command line options back to their defaults.
  uint64_t bytes = std::min<uint64_t>(weightBytes, endAt);
  request.weights = [bytes, last = uint64_t(failAt)](niello::WeightSink sink) {
    return streamWeights(bytes, last, sink);
  };
  request.outputPath = output;
  request.headerPath = header;
  request.runtimeFolder = exitOnError(niello::findRuntimeFolder(argv[0]));
  niello::ArtefactSizes sizes = exitOnError(niello::writeArtefact(request));
  outs() << sizes.total << " bytes, weights " << sizes.weights << ", kernels "
         << sizes.kernels << "\n";
  return 0;
}
