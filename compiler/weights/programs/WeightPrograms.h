// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Weight programs, compiled for this machine and run by the compiler.
//
// All programs of a model become one shared library with Niello's runtime in
// it, made by the plain path for the lowest level, so that bytes do not depend
// on the machine: loops as they are written, no contraction, no reassociation,
// musl's mathematics. A check that fails in it is a status, never a crash.

#ifndef NIELLO_COMPILER_WEIGHTS_PROGRAMS_WEIGHTPROGRAMS_H
#define NIELLO_COMPILER_WEIGHTS_PROGRAMS_WEIGHTPROGRAMS_H

#include "compiler/weights/WeightTable.h"
#include "compiler/weights/programs/Library.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

namespace niello {

class WeightPrograms {
public:
  /// Compiles the functions of `programs`, a module `@weight_programs` that
  /// stays as it is, and checks that they fit the weights of both modules.
  ///
  /// @param folder         the model's, in which the weights' files lie
  /// @param runtimeFolder  see `findRuntimeFolder`
  /// @param beside         a path in whose folder files may be made
  static llvm::Expected<std::unique_ptr<WeightPrograms>>
  compile(mlir::ModuleOp module, mlir::ModuleOp programs,
          llvm::StringRef folder, llvm::StringRef runtimeFolder,
          llvm::StringRef beside);

  /// Runs the weight's program and hands its result to the sink. In memory are
  /// at most that result and the program's inputs: mapped where they lie in a
  /// file as code reads them, copied otherwise. An error names the node.
  llvm::Error compute(const Weight &weight, WeightTable::Sink sink);

private:
  llvm::Expected<llvm::ArrayRef<char>> run(const Weight &weight);

  WeightTable sources;
  std::unique_ptr<LoadedModel> library;
};

} // namespace niello

#endif // NIELLO_COMPILER_WEIGHTS_PROGRAMS_WEIGHTPROGRAMS_H
