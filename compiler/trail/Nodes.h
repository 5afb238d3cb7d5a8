// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What became of each node of the source model, by the names in locations.

#ifndef NIELLO_COMPILER_TRAIL_NODES_H
#define NIELLO_COMPILER_TRAIL_NODES_H

#include "mlir/IR/BuiltinOps.h"

#include <string>
#include <vector>

namespace niello {

/// A node, and why there is no kernel with its name where there is none.
struct SourceNode {
  std::string name, why;
};

/// Names of nodes, in the order of the model. A node is in one list.
struct NodePlaces {
  std::vector<std::string> kernels;  ///< in one at least
  std::vector<std::string> programs; ///< computed by the compiler, as weights
  std::vector<std::string> outside;  ///< sizes, views, control flow, checks
  std::vector<SourceNode> folded;    ///< no operation has the name any more
};

/// The nodes that operations of a module of stage `source` came from, in the
/// order of the text: what they are made of, and what reads them, says why
/// later stages may not have them.
std::vector<SourceNode> nodesOf(mlir::ModuleOp source);

/// Where each of `nodes` stands in a module of stage `plan`.
NodePlaces placeNodes(const std::vector<SourceNode> &nodes,
                      mlir::ModuleOp plan);

} // namespace niello

#endif // NIELLO_COMPILER_TRAIL_NODES_H
