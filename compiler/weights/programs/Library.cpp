// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/weights/programs/Library.h"

#include "compiler/artefact/Artefact.h"
#include "compiler/artefact/Linker.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/target/cpu/Object.h"

using namespace llvm;
using namespace niello;

// The plain path to an object for the lowest level.
static Expected<SmallVector<char, 0>> compile(mlir::ModuleOp module,
                                              ModelDescription &description) {
  auto machine = cpu::findMachine("x86-64-v2");
  if (!machine)
    return machine.takeError();
  description.levels = {{machine->name, machine->features}};
  PipelineOptions options;
  options.optimise = false;
  options.machine = *machine;
  if (failed(runTo(Stage::Llvm, module, options)))
    return createStringError("weight programs cannot be taken to stage llvm");
  LLVMContext context;
  auto code =
      cpu::translate(module, context, options.machine, cpu::Effort::Plain);
  if (!code)
    return createStringError("weight programs cannot be translated");
  if (Error error = emitDescriptor(description, *code))
    return std::move(error);
  return cpu::emitObject(*code, options.machine, cpu::Effort::Plain);
}

Expected<std::unique_ptr<LoadedModel>>
niello::loadModule(mlir::ModuleOp module, StringRef runtimeFolder,
                   StringRef beside) {
  Expected<ModelDescription> description = describe(module);
  if (!description)
    return description.takeError();
  auto object = ::compile(module, *description);
  if (!object)
    return object.takeError();
  Expected<TemporaryFile> file = TemporaryFile::beside(beside);
  if (!file)
    return file.takeError();
  ArtefactRequest request;
  request.kind = ArtefactKind::SharedLibrary;
  request.objects = {{StringRef(object->data(), object->size()), "programs"}};
  request.description = &*description;
  request.outputPath = file->path().str();
  request.runtimeFolder = runtimeFolder.str();
  if (auto sizes = writeArtefact(request); !sizes)
    return sizes.takeError();
  // Without a slash it would be looked for elsewhere.
  SmallString<256> path(file->path());
  if (std::error_code code = sys::fs::make_absolute(path))
    return createStringError(code, "the working folder has no name");
  return LoadedModel::open(path.str().str());
}
