// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The GEMM generator: one register-tiled loop nest for every contraction.
//
//   for m0 in M by block:                     A block packed: [M/MR][K][MR]
//     for j in N by NR, in parallel:          B panel packed: [K][NR]
//       for i in block by MR:
//         MR x NR accumulators over K  ->  tile [MR][NR]
//         tile, bias, residual ...     ->  output, a row at a time
//
// MR rows, NR = vectors x lanes columns. Packing hides every layout: strides,
// transposes, conversions and a convolution's window are read there only. A
// weight that the compiler has packed is read as it lies: A in panels of MR, B
// in panels of any number of vectors.

#ifndef NIELLO_PASSES_LOWER_CPU_GEMM_H
#define NIELLO_PASSES_LOWER_CPU_GEMM_H

#include "passes/lower/cpu/Contraction.h"
#include "passes/lower/cpu/IndexEmitter.h"
#include "passes/plan/GemmTile.h"

namespace niello {

// One elementwise operation after the contraction. Its maps are over the
// contraction's loops.
struct GemmStage {
  mlir::linalg::GenericOp op;
  llvm::SmallVector<mlir::AffineMap> maps; // one an operand
  llvm::SmallVector<unsigned> loops;       // the contraction's loop of each own
  bool stored = false;
};

// What the emitters share. Values are index-typed SSA values.
struct GemmEmitter : IndexEmitter {
  Contraction contraction;
  llvm::SmallVector<GemmStage> stages;
  GemmTile tile;
  bool storesSum = false; // the contraction's own output is needed

  llvm::SmallVector<mlir::Value> sizes; // of every loop
  llvm::SmallVector<mlir::Value> loops; // current value of every loop
  mlir::Value m, n, k;                  // sizes of the roles; see below
  // Of bytes, k counts words of four, and this what the sum runs over.
  mlir::Value depthOfBytes;
  mlir::Value packedA, packedB, accumulators;
  mlir::Value firstRow; // of A, at the start of packedA
  llvm::SmallVector<mlir::Value>
      bStarts; // of each vector of the tile, at k = 0

  GemmEmitter(mlir::OpBuilder &builder, mlir::Location loc,
              const Contraction &contraction, GemmTile tile)
      : IndexEmitter(builder, loc), contraction(contraction), tile(tile) {}

  void emit();

  // GemmPack.cpp
  void packA(mlir::Value row, mlir::Value rows);
  void packB(mlir::Value column);
  // GemmTile.cpp
  void computeTile(mlir::Value block, mlir::Value rows);
  void storeTile(mlir::Value row, mlir::Value column);

  // GemmInt8.cpp, for sums of bytes
  static bool dotsBytes(const Contraction &contraction, bool target);
  // GemmInt8Pack.cpp
  void packBytesOfA(mlir::Value row, mlir::Value rows);
  void packBytesOfB(mlir::Value column);

  // Short forms.
  void forAll(llvm::ArrayRef<mlir::Value> counts,
              llvm::function_ref<void(mlir::ValueRange)> body);
  void forEach(mlir::Value begin, mlir::Value end, mlir::Value step,
               llvm::function_ref<void(mlir::Value)> body);
  void ifThen(mlir::Value condition, llvm::function_ref<void()> then,
              llvm::function_ref<void()> otherwise);
  mlir::VectorType vectorType(mlir::Type element);

private:
  // Whether the compiler has packed the operand, as this tile reads it.
  bool hasPackedA() const { return contraction.aPanel == tile.rows; }
  bool hasPackedB() const {
    return contraction.bPanel && contraction.bPanel % tile.lanes == 0;
  }
  void findPanels(mlir::Value column);
  mlir::Value scratch(mlir::Value elements);
  mlir::Value packedRows(int64_t blockRows);
  void startThread();
  void runPanel(mlir::Value block, mlir::Value rows, mlir::Value column);
  void forAllOuter(int64_t blockRows);
  void forAllPanels(int64_t blockRows);
  void transposePanel(View view, mlir::Value memref, int64_t pitch,
                      mlir::Value base, int64_t width,
                      llvm::ArrayRef<llvm::SmallVector<mlir::Value>> leads,
                      mlir::Operation *cast);
  void packWindow(View view, mlir::Value column, mlir::Value columns);
  llvm::SmallVector<llvm::SmallVector<mlir::Value>>
  columnLeads(const View &view, mlir::Value column);
  void forDepth(llvm::function_ref<void(mlir::Value)> body);
  mlir::Value convert(mlir::Operation *cast, mlir::Value value);
  void microKernel(mlir::Value block, int64_t rows);
  void prefetchB(mlir::Value at, int64_t pitch);

  // The vectors of pairs that a word of four bytes becomes, 1 as it is.
  int64_t wordParts() const {
    bool pairs = contraction.isBytes && !dotsBytes(contraction, tile.dotsBytes);
    return pairs ? 2 : 1;
  }
  llvm::SmallVector<mlir::Value> splitWords(mlir::Value words, bool isSigned);
  mlir::Value addDots(mlir::Value sum, mlir::ValueRange a, mlir::ValueRange b);
  void bytesKernel(mlir::Value block, int64_t rows);
  mlir::Value wordAt(mlir::Value word,
                     llvm::function_ref<mlir::Value(mlir::Value)> load,
                     int64_t lanes);
  void packWords(View view, mlir::Value memref, int64_t pitch, mlir::Value base,
                 llvm::ArrayRef<llvm::SmallVector<mlir::Value>> leads,
                 int64_t parts, bool isSigned);
  void storeWord(mlir::Value word, mlir::Value memref, mlir::Value at,
                 mlir::Value row, int64_t pitch, int64_t parts, bool isSigned);
  mlir::Value gatherWord(mlir::Value memref, mlir::AffineMap map,
                         mlir::Value word);
};

} // namespace niello

#endif // NIELLO_PASSES_LOWER_CPU_GEMM_H
