// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the GEMM generator asks of a contraction over memrefs: which operand is
// A (its rows are broadcast) and which is B (its columns fill the lanes), the
// role of each loop, and how an operand is reached along one of them.

#ifndef NIELLO_PASSES_LOWER_CPU_CONTRACTION_H
#define NIELLO_PASSES_LOWER_CPU_CONTRACTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"

namespace niello {

// C[outer, m, n] += A[outer, m, k] B[outer, k, n]. Each role may have several
// loops; those of m, n and k are run as one, the last of them fastest.
struct Contraction {
  mlir::linalg::GenericOp op;
  mlir::Value a, b, c;
  mlir::AffineMap aMap, bMap, cMap;
  // The operation that converts an element of A or B, or null.
  mlir::Operation *aCast = nullptr, *bCast = nullptr;
  mlir::Type element; // of the accumulator
  llvm::SmallVector<unsigned> outer, m, n, k;
  // The width of the panels in which A or B lies in memory already,
  // [rows or columns / width][k][width], contiguous; 0 for any other layout.
  int64_t aPanel = 0, bPanel = 0;
  // Sums of bytes: A and B are i8, widened by their casts to i32. Panels of B
  // are [columns / width][k / 4][width][4], the rest of k filled with zeros.
  bool isBytes = false;

  unsigned numLoops() { return cMap.getNumDims(); }
};

// Fills `contraction` from `op`, or says what is in the way.
llvm::StringRef matchContraction(mlir::linalg::GenericOp op,
                                 Contraction &contraction);

// A memref seen from the loops of one role (rows, columns, depth). `linear`: a
// step of the role is a step to the next element in memory, and the last
// subscript of `memref` is the role's own counter, so `lead` has one result
// less than the memref has dimensions. Otherwise `lead` gives all subscripts.
struct View {
  mlir::Value memref;
  mlir::AffineMap lead;
  bool linear = false;
  bool varies = false; // along the role

  mlir::Type element() {
    return llvm::cast<mlir::MemRefType>(memref.getType()).getElementType();
  }
};

/// The same memory with the dimensions from `from` on as one. `memref` is
/// contiguous.
mlir::Value mergeDims(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value memref, unsigned from);

View viewAlong(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value memref,
               mlir::AffineMap map, llvm::ArrayRef<unsigned> role);

// The values of `map` where loop i has the value loops[i].
llvm::SmallVector<mlir::Value> applyMap(mlir::OpBuilder &builder,
                                        mlir::Location loc, mlir::AffineMap map,
                                        mlir::ValueRange loops);

// Sets loops[role[i]] to the parts of one counter over all loops of a role;
// `sizes` has the size of every loop.
void splitCounter(mlir::OpBuilder &builder, mlir::Location loc,
                  mlir::Value counter, llvm::ArrayRef<unsigned> role,
                  mlir::ValueRange sizes,
                  llvm::MutableArrayRef<mlir::Value> loops);

} // namespace niello

#endif // NIELLO_PASSES_LOWER_CPU_CONTRACTION_H
