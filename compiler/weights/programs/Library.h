// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A module, compiled by the plain path and loaded into this process.

#ifndef NIELLO_COMPILER_WEIGHTS_PROGRAMS_LIBRARY_H
#define NIELLO_COMPILER_WEIGHTS_PROGRAMS_LIBRARY_H

#include "compiler/artefact/LoadedModel.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace niello {

/// Compiles `module`, whose entries have attributes as a frontend gives them and
/// no weights, and loads the result. `module` is consumed. The file it is loaded
/// from, in the folder of `beside`, is gone on return.
llvm::Expected<std::unique_ptr<LoadedModel>>
loadModule(mlir::ModuleOp module, llvm::StringRef runtimeFolder,
           llvm::StringRef beside);

} // namespace niello

#endif // NIELLO_COMPILER_WEIGHTS_PROGRAMS_LIBRARY_H
