// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/artefact/LoadedModel.h"

#include "compiler/artefact/Linker.h"

#include <dlfcn.h>

using namespace llvm;
using namespace niello;

Expected<std::unique_ptr<LoadedModel>>
LoadedModel::open(const std::string &path) {
  std::unique_ptr<LoadedModel> loaded(new LoadedModel);
  loaded->handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!loaded->handle)
    return createStringError("cannot load the compiled code: " +
                             userPath(dlerror()));
  auto find = [&](auto &function, const char *name) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(
        dlsym(loaded->handle, name));
    return function != nullptr;
  };
  decltype(&niello_open) openModel;
  decltype(&niello_session_create) createSession;
  const niello_model_desc *(*getModel)();
  if (!find(getModel, "niello_get_model") || !find(openModel, "niello_open") ||
      !find(createSession, "niello_session_create") ||
      !find(loaded->findEntry, "niello_find_entry") ||
      !find(loaded->runEntry, "niello_run") ||
      !find(loaded->errorOf, "niello_error") ||
      !find(loaded->destroySession, "niello_session_destroy") ||
      !find(loaded->close, "niello_close"))
    return createStringError("the compiled code lacks a function of the "
                             "runtime");
  niello_message why;
  niello_session_options options = {};
  options.size = sizeof(options);
  options.threads = 1;
  if (openModel(getModel(), &loaded->model, &why) ||
      createSession(loaded->model, &options, &loaded->session, &why))
    return createStringError("cannot run the compiled code: " +
                             StringRef(why.text));
  return std::move(loaded);
}

LoadedModel::~LoadedModel() {
  if (session)
    destroySession(session);
  if (model)
    close(model);
  if (handle)
    dlclose(handle);
}

const niello_entry_desc *LoadedModel::entry(const std::string &name) const {
  return findEntry(model, name.c_str());
}

Error LoadedModel::run(const std::string &name, ArrayRef<niello_tensor> inputs,
                       MutableArrayRef<niello_tensor> outputs) {
  if (runEntry(session, name.c_str(), inputs.data(), inputs.size(),
               outputs.data(), outputs.size()))
    return createStringError(StringRef(errorOf(session)));
  return Error::success();
}
