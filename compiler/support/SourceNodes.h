// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The names of a model's nodes in the locations of operations, and how they
// outlive the operations that they were given to.

#ifndef NIELLO_COMPILER_SUPPORT_SOURCENODES_H
#define NIELLO_COMPILER_SUPPORT_SOURCENODES_H

#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/StringMap.h"

#include <string>
#include <vector>

namespace niello {

/// Calls `use` with "/encoder/MatMul" for each "/encoder/MatMul@model.onnx" of
/// a location, that of the root first. Names of values and weights have no file
/// behind them and are no nodes.
void forEachNode(mlir::Location location,
                 llvm::function_ref<void(llvm::StringRef)> use);

/// The same as a list, each once.
std::vector<std::string> nodesIn(mlir::Location location);

/// The first of them, or nothing.
llvm::StringRef firstNodeIn(mlir::Location location);

/// What `op` is now also computes what `part` stands for: it has the names of
/// both, its own first.
void takeNames(mlir::Operation *op, mlir::Location part);

/// Follows rewrites. Where the last operation on tensors that has the name of a
/// node is about to go, because it or what reads it is replaced, its names go
/// to the operations that come instead. Constants, sizes and empty tensors take
/// none: they are everybody's.
class KeepNames : public mlir::RewriterBase::Listener {
public:
  explicit KeepNames(mlir::Operation *root);

  void notifyOperationInserted(mlir::Operation *op,
                               mlir::OpBuilder::InsertPoint from) override;
  void notifyOperationReplaced(mlir::Operation *op,
                               mlir::ValueRange values) override;
  void notifyOperationErased(mlir::Operation *op) override;
  void notifyPatternBegin(const mlir::Pattern &pattern,
                          mlir::Operation *op) override;

private:
  void count(mlir::Operation *op, int by);

  llvm::StringMap<int> bearers; ///< operations that have a name
  /// By the pattern that is being applied.
  llvm::SmallVector<mlir::Operation *> inserted;
};

} // namespace niello

#endif // NIELLO_COMPILER_SUPPORT_SOURCENODES_H
