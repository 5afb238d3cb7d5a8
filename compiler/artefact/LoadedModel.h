// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A shared library that Niello has made, loaded into this process.

#ifndef NIELLO_COMPILER_ARTEFACT_LOADEDMODEL_H
#define NIELLO_COMPILER_ARTEFACT_LOADEDMODEL_H

#include "niello/niello.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>

namespace niello {

class LoadedModel {
public:
  /// Opens the library and makes a session of one thread. `path` has a slash;
  /// the file may be removed after it.
  static llvm::Expected<std::unique_ptr<LoadedModel>>
  open(const std::string &path);
  ~LoadedModel();

  /// Runs an entry. The data of outputs lies in the library and lasts until
  /// the next run. An error is the runtime's sentence.
  llvm::Error run(const std::string &entry,
                  llvm::ArrayRef<niello_tensor> inputs,
                  llvm::MutableArrayRef<niello_tensor> outputs);

  /// dtype and sizes of an entry's inputs and outputs; null if there is none.
  const niello_entry_desc *entry(const std::string &name) const;

private:
  LoadedModel() = default;

  void *handle = nullptr;
  niello_model *model = nullptr;
  niello_session *session = nullptr;
  decltype(&niello_find_entry) findEntry = nullptr;
  decltype(&niello_run) runEntry = nullptr;
  decltype(&niello_error) errorOf = nullptr;
  decltype(&niello_session_destroy) destroySession = nullptr;
  decltype(&niello_close) close = nullptr;
};

} // namespace niello

#endif // NIELLO_COMPILER_ARTEFACT_LOADEDMODEL_H
