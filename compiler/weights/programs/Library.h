// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A compiled module, loaded into this process.

#ifndef NIELLO_COMPILER_WEIGHTS_PROGRAMS_LIBRARY_H
#define NIELLO_COMPILER_WEIGHTS_PROGRAMS_LIBRARY_H

#include "niello/niello.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace niello {

class Library {
public:
  /// Compiles `module`, whose entries have attributes as a frontend gives them
  /// and no weights, and loads the result. `module` is consumed. The file it
  /// is loaded from, in the folder of `beside`, is gone on return.
  static llvm::Expected<std::unique_ptr<Library>>
  build(mlir::ModuleOp module, llvm::StringRef runtimeFolder,
        llvm::StringRef beside);
  ~Library();

  /// Runs an entry in one thread. An output's data lies in the library and
  /// lasts until the next run.
  llvm::Error run(const std::string &entry,
                  llvm::ArrayRef<niello_tensor> inputs, niello_tensor &output);

  /// dtype of an entry's inputs, then of its output, as the library has them.
  const niello_entry_desc *entry(const std::string &name) const;

private:
  Library() = default;
  llvm::Error load(const std::string &path);

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

#endif // NIELLO_COMPILER_WEIGHTS_PROGRAMS_LIBRARY_H
