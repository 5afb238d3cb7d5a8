// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which operations of a block run as one kernel.

#ifndef NIELLO_PASSES_FUSE_GROUPS_H
#define NIELLO_PASSES_FUSE_GROUPS_H

#include "mlir/IR/Block.h"

namespace niello {

struct Group {
  llvm::StringRef kind;                     // attention, gemm, conv, ...
  llvm::SmallVector<mlir::Operation *> ops; // in the order of the block
  // For rows: the loops of each op that run over rows, in a common order. The
  // op's other loops run inside a row.
  llvm::SmallVector<llvm::SmallVector<unsigned>> rowLoops;
};

// Groups do not overlap, and each can stand where its last operation stands:
// everything else that reads from it comes later. Why a group ends where it
// does is told as by `pass`.
llvm::SmallVector<Group> findGroups(mlir::Block &block, llvm::StringRef pass);

} // namespace niello

#endif // NIELLO_PASSES_FUSE_GROUPS_H
