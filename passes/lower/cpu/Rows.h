// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generator for rows and maps: all operations of a kernel, one row at a
// time.
//
//   for row loops:                   the common first loops of all operations
//     for each operation:            scalar; or a vector loop over the row and
//                                    a scalar loop over what is left of it
//
// What one operation hands to the next is an SSA value if the row has one of
// it, else a buffer of one row that stays in the first cache.

#ifndef NIELLO_PASSES_LOWER_CPU_ROWS_H
#define NIELLO_PASSES_LOWER_CPU_ROWS_H

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/lower/cpu/Contraction.h"
#include "llvm/ADT/MapVector.h"

namespace niello {

// One operation of the kernel, and how it runs inside a row.
struct RowStep {
  mlir::linalg::GenericOp op;
  bool reduces = false;
  llvm::SmallVector<unsigned> lanesAlong; // the last loops, run as one counter
  bool vectors = false;                   // that counter moves by vectors
  // For a reduction: what it starts from, how its lanes are joined, and the
  // fill that the start value replaces.
  llvm::SmallVector<mlir::Value> starts;
  llvm::SmallVector<mlir::vector::CombiningKind> kinds;
  llvm::SmallVector<mlir::Operation *> fills;
};

struct RowEmitter {
  mlir::OpBuilder &builder;
  mlir::Location loc;
  unsigned rows; // number of row loops
  int64_t lanes; // of f32
  llvm::SmallVector<RowStep, 4> steps;

  RowEmitter(mlir::OpBuilder &builder, mlir::Location loc, unsigned rows,
             int64_t lanes)
      : builder(builder), loc(loc), rows(rows), lanes(lanes) {}

  // Plans all steps, or says why the kernel cannot run row by row.
  llvm::StringRef plan(llvm::ArrayRef<mlir::linalg::GenericOp> ops);
  void emit();

private:
  // An operand inside a row: a value, or a memref and its map.
  struct Access {
    mlir::Value value;
    View view;
  };
  struct Buffer {
    mlir::Value memref;
    llvm::SmallVector<unsigned> rowDims; // dimensions it lacks
  };

  llvm::StringRef planStep(RowStep &step);
  llvm::StringRef planReduction(RowStep &step);
  llvm::StringRef checkBuffers();
  bool runsAlong(RowStep &step, llvm::ArrayRef<unsigned> role);
  void makeBuffers();
  void emitStep(RowStep &step);
  llvm::SmallVector<mlir::Value> runLoops(RowStep &step, unsigned loop,
                                          mlir::ValueRange sums);
  llvm::SmallVector<mlir::Value> runRow(RowStep &step, mlir::ValueRange sums);
  llvm::SmallVector<mlir::Value> runBody(RowStep &step, mlir::Value at,
                                         mlir::ValueRange sums, int64_t width);
  Access accessOf(RowStep &step, mlir::OpOperand &operand);
  mlir::Value load(Access &access, mlir::Value at, int64_t width);
  void store(Access &access, mlir::Value value, mlir::Value at, int64_t width);
  mlir::Value index(int64_t value);
  llvm::SmallVector<mlir::Value>
  forEach(mlir::Value begin, mlir::Value end, int64_t step,
          mlir::ValueRange sums,
          llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value,
                                                            mlir::ValueRange)>
              body);

  // In the order of the text: the frame has them in the order they are made.
  llvm::MapVector<mlir::Value, Buffer> buffers;
  llvm::DenseMap<mlir::Value, mlir::Value> scalars; // of the current row
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<mlir::Value>> sizes;
  llvm::SmallVector<mlir::Value> loops; // of the current step
  llvm::SmallVector<Access> accesses;   // of the current step's operands
};

} // namespace niello

#endif // NIELLO_PASSES_LOWER_CPU_ROWS_H
