// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decision trees in one form, whichever of the three ONNX operators they come
// from.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_FOREST_H
#define NIELLO_FRONTENDS_ONNX_OPS_FOREST_H

#include "frontends/onnx/Node.h"

namespace niello::onnx_frontend {

/// Outcomes of comparing a feature with a split, as bits of Forest::tests.
enum Outcome : uint8_t { Less = 1, Same = 2, Greater = 4, Unordered = 8 };

/// All trees, their nodes in one list. A branch is the index of a node, or
/// ~leaf for a leaf; following branches always ends at a leaf.
struct Forest {
  // One entry a node. A node goes to `yes` for the outcomes in its `tests`.
  llvm::SmallVector<int64_t> features, yes, no;
  llvm::SmallVector<uint8_t> tests;
  llvm::SmallVector<double> splits;
  /// A branch a tree.
  llvm::SmallVector<int64_t> roots;
  /// The votes of leaf i are those from votes[i] to votes[i + 1].
  llvm::SmallVector<int64_t> votes{0}, targets;
  llvm::SmallVector<double> weights;

  void addNode(int64_t feature, uint8_t test, double split, int64_t onYes,
               int64_t onNo) {
    features.push_back(feature);
    tests.push_back(test);
    splits.push_back(split);
    yes.push_back(onYes);
    no.push_back(onNo);
  }
};

/// Reads the attributes of ai.onnx.ml TreeEnsemble.
mlir::LogicalResult readForest(Node &node, Forest &forest);
/// Reads those of TreeEnsembleClassifier ("class") or -Regressor ("target").
mlir::LogicalResult readOldForest(Node &node, llvm::StringRef prefix,
                                  Forest &forest);
/// Every branch leads to a node or leaf there is, and no path comes back.
mlir::LogicalResult checkForest(Node &node, Forest &forest, int64_t targets);

/// The numbers of a FLOATS attribute, or of the TENSOR attribute of that name
/// (or with _as_tensor); nullopt where there is neither.
mlir::FailureOr<std::optional<llvm::SmallVector<double>>>
numbersAttr(Node &node, llvm::StringRef name);

} // namespace niello::onnx_frontend

#endif
