// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operations that one attention is made of, on tensors in the plan and on
// memrefs in its kernel.

#ifndef NIELLO_PASSES_FUSE_ATTENTIONCHAIN_H
#define NIELLO_PASSES_FUSE_ATTENTIONCHAIN_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace niello {

// What `split-attention` writes, after fusion. Its loops have common numbers:
// i < rank is dimension i of the scores, rank is d in queries and keys, and e
// in values and the result.
struct AttentionChain {
  // In their order; those in brackets may be missing.
  mlir::linalg::GenericOp scores;    // x = q k, summed over d
  mlir::linalg::GenericOp visible;   // [x = f(x, masks)]
  mlir::linalg::GenericOp top;       // m = max over s of x
  mlir::linalg::GenericOp sinkTop;   // [m = max(m, sink)]
  mlir::linalg::GenericOp weights;   // w = e^(x - m)
  mlir::linalg::GenericOp total;     // l = sum over s of w
  mlir::linalg::GenericOp sinkTotal; // [l = l + e^(sink - m)]
  mlir::linalg::GenericOp mixed;     // o = w v, summed over s
  mlir::linalg::GenericOp quotient;  // y = f(o / l)

  // An operand and its map over the common loops; `cast` widens an element.
  struct Access {
    mlir::Value value;
    mlir::AffineMap map;
    mlir::Operation *cast = nullptr;
  };
  Access query, key, values, sink;

  unsigned rank = 0, s = 0;
  // The other dimensions of the scores: those that keys or values have, and
  // those along which queries read the same keys.
  llvm::SmallVector<unsigned> outer, rows;
  bool guarded = false; // a row that sees nothing is 0, and not NaN

  llvm::SmallVector<mlir::Operation *> ops();
  // The common numbers of an operation's loops, and a map over them.
  llvm::SmallVector<unsigned> loopsOf(mlir::linalg::GenericOp op);
  mlir::AffineMap mapOf(mlir::OpOperand &operand);
  // What `op` computes, as its readers name it.
  static mlir::Value resultOf(mlir::linalg::GenericOp op);
  // The static size of a common loop i < rank, or kDynamic; of d, of e.
  int64_t sizeOf(unsigned loop);
  int64_t width();
  int64_t valueWidth();

  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<unsigned>> loops;
};

// Fills `chain` from its second product, or says what is in the way. Where
// `chain.weights` is null then, the product is none of attention.
llvm::StringRef matchAttention(mlir::linalg::GenericOp mixed,
                               AttentionChain &chain);

} // namespace niello

#endif // NIELLO_PASSES_FUSE_ATTENTIONCHAIN_H
