// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private functions made from parts of others, equal ones once.

#ifndef NIELLO_PASSES_PLAN_OUTLINER_H
#define NIELLO_PASSES_PLAN_OUTLINER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringMap.h"

namespace niello {

class Outliner {
public:
  /// Names will be `<prefix>_<number>_<source>`.
  Outliner(mlir::ModuleOp module, llvm::StringRef prefix)
      : symbols(module), prefix(prefix) {}

  /// Takes a function that is in no module yet: puts it into the module, named
  /// after the source nodes that it computes, or erases it where one of the
  /// same text, whatever its locations, is there already. Returns the one.
  mlir::func::FuncOp add(mlir::func::FuncOp function, llvm::StringRef source);

private:
  mlir::SymbolTable symbols;
  std::string prefix;
  llvm::StringMap<mlir::func::FuncOp> known;
};

} // namespace niello

#endif // NIELLO_PASSES_PLAN_OUTLINER_H
