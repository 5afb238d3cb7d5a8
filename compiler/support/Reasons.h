// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Why rewrites stopped: MLIR's remarks of missed optimizations, with the pass
// as their category. Nothing is collected where the context has no engine for
// them.

#ifndef NIELLO_COMPILER_SUPPORT_REASONS_H
#define NIELLO_COMPILER_SUPPORT_REASONS_H

#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <string>

namespace niello {

/// Says why `pass` left `op` as it is.
void tellReason(mlir::Operation *op, llvm::StringRef pass,
                const llvm::Twine &why);

/// Hears the reasons that patterns give and tells, when it ends, those of the
/// operations inside of `root` that are still there: the last of each pattern.
/// Forwards to `next`.
class Reasons : public mlir::RewriterBase::ForwardingListener {
public:
  /// Without `hearsPatterns`, only what is noted counts.
  Reasons(mlir::Operation *root, llvm::StringRef pass,
          mlir::RewriterBase::Listener &next, bool hearsPatterns = true);
  ~Reasons();

  /// What a driver is to notify: `next` alone where nobody asks for reasons.
  mlir::RewriterBase::Listener *listener() { return isAsked ? this : next; }

  /// A reason of no pattern's own, under a key; an empty one takes it back.
  void note(mlir::Operation *op, const void *key, const llvm::Twine &why);

  void notifyPatternBegin(const mlir::Pattern &pattern,
                          mlir::Operation *op) override;
  void notifyMatchFailure(
      mlir::Location loc,
      llvm::function_ref<void(mlir::Diagnostic &)> reason) override;
  void notifyOperationErased(mlir::Operation *op) override;

private:
  mlir::Operation *root;
  std::string pass;
  mlir::RewriterBase::Listener *next;
  bool isAsked, hearsPatterns;
  mlir::Operation *current = nullptr; ///< that a pattern is tried at
  const void *pattern = nullptr;
  /// By what gave them, in the order in which that first spoke.
  using Given = llvm::SmallVector<std::pair<const void *, std::string>>;
  llvm::DenseMap<mlir::Operation *, Given> given;
};

/// Tries the patterns at each OpTy inside of `root`, and at nothing that they
/// make. The walk driver does that too, but does not tell a listener which
/// operation a reason is of.
template <typename OpTy>
void applyToEach(mlir::Operation *root, mlir::RewritePatternSet &&patterns,
                 mlir::RewriterBase::Listener *listener) {
  llvm::SmallVector<mlir::Operation *> ops;
  root->walk([&](OpTy op) { ops.push_back(op); });
  mlir::GreedyRewriteConfig config;
  config.setStrictness(mlir::GreedyRewriteStrictness::ExistingOps)
      .setListener(listener)
      .enableFolding(false)
      .enableConstantCSE(false);
  // Each is tried once: there is nothing that does not converge.
  (void)mlir::applyOpPatternsGreedily(ops, std::move(patterns), config);
}

} // namespace niello

#endif // NIELLO_COMPILER_SUPPORT_REASONS_H
