// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `--explain` and `--why`: the reasons of passes for what they left undone,
// collected and told in terms of the source's nodes.

#ifndef NIELLO_COMPILER_EXPLAIN_EXPLAIN_H
#define NIELLO_COMPILER_EXPLAIN_EXPLAIN_H

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace niello {

/// What one pass said of one place.
struct Reason {
  std::string pass;
  std::vector<std::string> nodes; ///< that the place came from; or none
  std::string operation;          ///< model.matmul
  std::string text;
  unsigned times = 1; ///< said in these words
};

/// The passes that give reasons, in their order.
llvm::ArrayRef<const char *> explainedPasses();

/// The sentence for a pass that gives none, with the nearest name.
llvm::Error checkExplained(llvm::StringRef pass);

/// From here on, reasons of `pass`, or of all where it is empty, go into
/// `reasons`, which has to outlive the context's passes.
void collectReasons(mlir::MLIRContext &context, llvm::StringRef pass,
                    std::vector<Reason> &reasons);

/// A line for each reason, below the pass that gave it. With a node, those of
/// places that came from it.
void printReasons(llvm::ArrayRef<Reason> reasons, llvm::raw_ostream &os,
                  llvm::StringRef node = "");

} // namespace niello

#endif // NIELLO_COMPILER_EXPLAIN_EXPLAIN_H
