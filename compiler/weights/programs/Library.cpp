// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/weights/programs/Library.h"

#include "compiler/artefact/Artefact.h"
#include "compiler/artefact/Linker.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/target/cpu/Object.h"

#include <dlfcn.h>

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

Expected<std::unique_ptr<Library>> Library::build(mlir::ModuleOp module,
                                                  StringRef runtimeFolder,
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
  std::unique_ptr<Library> library(new Library);
  // Without a slash it would be looked for elsewhere.
  SmallString<256> path(file->path());
  if (std::error_code code = sys::fs::make_absolute(path))
    return createStringError(code, "the working folder has no name");
  if (Error error = library->load(path.str().str()))
    return std::move(error);
  return library;
}

Error Library::load(const std::string &path) {
  handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return createStringError("cannot load weight programs: " +
                             userPath(dlerror()));
  auto find = [&](auto &function, const char *name) {
    function =
        reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(handle, name));
    return function != nullptr;
  };
  decltype(&niello_open) open;
  decltype(&niello_session_create) createSession;
  const niello_model_desc *(*getModel)();
  if (!find(getModel, "niello_get_model") || !find(open, "niello_open") ||
      !find(createSession, "niello_session_create") ||
      !find(findEntry, "niello_find_entry") || !find(runEntry, "niello_run") ||
      !find(errorOf, "niello_error") ||
      !find(destroySession, "niello_session_destroy") ||
      !find(close, "niello_close"))
    return createStringError("weight programs lack a function of the runtime");
  niello_message why;
  niello_session_options options = {};
  options.size = sizeof(options);
  options.threads = 1;
  if (open(getModel(), &model, &why) ||
      createSession(model, &options, &session, &why))
    return createStringError("cannot run weight programs: " +
                             StringRef(why.text));
  return Error::success();
}

Library::~Library() {
  if (session)
    destroySession(session);
  if (model)
    close(model);
  if (handle)
    dlclose(handle);
}

const niello_entry_desc *Library::entry(const std::string &name) const {
  return findEntry(model, name.c_str());
}

Error Library::run(const std::string &name, ArrayRef<niello_tensor> inputs,
                   niello_tensor &output) {
  if (runEntry(session, name.c_str(), inputs.data(), inputs.size(), &output, 1))
    return createStringError(StringRef(errorOf(session)));
  return Error::success();
}
