// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the steps of an attention look like inside, one linalg.generic each, on
// tensors or on memrefs.

#ifndef NIELLO_PASSES_FUSE_ATTENTIONSTEPS_H
#define NIELLO_PASSES_FUSE_ATTENTIONSTEPS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"

namespace niello {

// The generic of one output that wrote `value`, as `reader` finds it in its
// block: the definition, or the last one before that writes to the memref.
mlir::linalg::GenericOp genericBefore(mlir::Value value,
                                      mlir::Operation *reader);

// Whether the only output of `op` starts at -infinity, or else at 0.
bool startsAt(mlir::linalg::GenericOp op, bool lowest);

// The first value that `op` yields.
mlir::Value yielded(mlir::linalg::GenericOp op);

// The number of the input of `op` that `value` is, below a widening where
// there is a place for it.
std::optional<unsigned> inputOf(mlir::linalg::GenericOp op, mlir::Value value,
                                mlir::Operation **cast = nullptr);

// The value itself, or below `value == bad ? good : value`.
template <typename Bad, typename Good>
mlir::Value stripGuard(mlir::Value value, Bad bad, Good good, bool &guarded) {
  using namespace mlir;
  auto select = value.getDefiningOp<arith::SelectOp>();
  auto test = select ? select.getCondition().getDefiningOp<arith::CmpFOp>()
                     : arith::CmpFOp();
  guarded = test && test.getPredicate() == arith::CmpFPredicate::OEQ &&
            test.getLhs() == select.getFalseValue() &&
            matchPattern(test.getRhs(), bad) &&
            matchPattern(select.getTrueValue(), good);
  return guarded ? select.getFalseValue() : value;
}

// e^(of - above), where an `above` of -infinity may count as 0.
struct Exponent {
  mlir::Value of, above;
  bool guarded = false;
};
std::optional<Exponent> matchExponent(mlir::Value value);

// The other operand of a sum or a maximum of `known` and one more, or null.
template <typename OpTy>
mlir::Value otherThan(mlir::Value value, mlir::Value known) {
  auto op = value.getDefiningOp<OpTy>();
  if (!op || (op.getLhs() != known && op.getRhs() != known))
    return nullptr;
  return op.getLhs() == known ? op.getRhs() : op.getLhs();
}

// Whether `op` joins its only input by OpTy along one loop.
template <typename OpTy> bool reducesBy(mlir::linalg::GenericOp op) {
  return op.getNumDpsInputs() == 1 && op.getNumDpsInits() == 1 &&
         op.getNumReductionLoops() == 1 &&
         otherThan<OpTy>(yielded(op), op.getBody()->getArgument(1)) ==
             op.getBody()->getArgument(0);
}

} // namespace niello

#endif // NIELLO_PASSES_FUSE_ATTENTIONSTEPS_H
