// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/verify/planted/Breakages.h"

#include "compiler/support/SourceNodes.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/model/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace niello::planted {
namespace {

bool isReal(Value value) { return isa<FloatType>(value.getType()); }

bool inBody(Operation *op) {
  return isa_and_nonnull<linalg::GenericOp>(op->getParentOp());
}

// The generic whose accumulator this op adds to.
linalg::GenericOp reductionOf(Operation *op) {
  auto generic = dyn_cast_or_null<linalg::GenericOp>(op->getParentOp());
  if (!generic || generic.getNumReductionLoops() == 0)
    return nullptr;
  for (Value operand : op->getOperands())
    if (auto argument = dyn_cast<BlockArgument>(operand))
      if (argument.getOwner() == generic.getBody() &&
          argument.getArgNumber() >= unsigned(generic.getNumDpsInputs()))
        return generic;
  return nullptr;
}

Value replaceAll(Operation *op, Value with) {
  op->getResult(0).replaceAllUsesExcept(with, with.getDefiningOp());
  return with;
}

template <typename... Ops> bool isReal2(Operation *op) {
  return isa<Ops...>(op) && inBody(op) && op->getNumOperands() == 2 &&
         isReal(op->getResult(0)) && op->getOperand(0) != op->getOperand(1);
}

//===--- Breakages of a scalar inside a kernel ---===//

bool isOrdered(Operation *op) {
  return isReal2<arith::SubFOp, arith::DivFOp>(op);
}
void swapOperands(Operation *op) {
  Value first = op->getOperand(0);
  op->setOperand(0, op->getOperand(1));
  op->setOperand(1, first);
}

bool isSum(Operation *op) {
  return isReal2<arith::AddFOp>(op) && !reductionOf(op);
}
void subtract(Operation *op) {
  OpBuilder b(op);
  b.setInsertionPointAfter(op);
  replaceAll(op, arith::SubFOp::create(b, op->getLoc(), op->getOperand(0),
                                       op->getOperand(1)));
}
void addTwice(Operation *op) {
  OpBuilder b(op);
  b.setInsertionPointAfter(op);
  replaceAll(op, arith::AddFOp::create(b, op->getLoc(), op->getResult(0),
                                       op->getOperand(1)));
}

bool hasConstant(Operation *op) {
  FloatAttr value;
  if (!inBody(op) || op->getNumResults() != 1 || !isReal(op->getResult(0)) ||
      !isa<arith::MulFOp, arith::AddFOp, arith::DivFOp, arith::MaximumFOp,
           arith::MinimumFOp>(op))
    return false;
  for (Value operand : op->getOperands())
    if (matchPattern(operand, m_Constant(&value)) && value.getValueAsDouble() &&
        std::isfinite(value.getValueAsDouble()))
      return true;
  return false;
}
void changeConstant(Operation *op) {
  OpBuilder b(op);
  FloatAttr value;
  for (OpOperand &operand : op->getOpOperands())
    if (matchPattern(operand.get(), m_Constant(&value)) &&
        value.getValueAsDouble()) {
      operand.set(arith::ConstantOp::create(
          b, op->getLoc(),
          b.getFloatAttr(value.getType(), value.getValueAsDouble() * 1.25)));
      return;
    }
}

bool isEpilogue(Operation *op) {
  return inBody(op) && !reductionOf(op) && op->getNumResults() == 1 &&
         isReal(op->getResult(0)) &&
         isa<arith::AddFOp, arith::MulFOp, arith::MaximumFOp, arith::DivFOp,
             math::ErfOp, math::TanhOp, math::SqrtOp, math::ExpOp>(op) &&
         !op->getOperand(0).getDefiningOp<arith::ConstantOp>();
}
void dropOp(Operation *op) {
  op->getResult(0).replaceAllUsesWith(op->getOperand(0));
}

bool isRounded(Operation *op) {
  return inBody(op) && op->getNumResults() == 1 &&
         op->getResult(0).getType().isF32() &&
         isa<arith::AddFOp, arith::MulFOp, arith::SubFOp, arith::DivFOp,
             math::ExpOp, math::ErfOp, math::TanhOp>(op);
}
void roundShort(Operation *op) {
  OpBuilder b(op);
  b.setInsertionPointAfter(op);
  auto narrow = arith::TruncFOp::create(b, op->getLoc(), b.getBF16Type(),
                                        op->getResult(0));
  auto wide = arith::ExtFOp::create(b, op->getLoc(), b.getF32Type(),
                                    narrow.getResult());
  op->getResult(0).replaceAllUsesExcept(wide, narrow);
}

void negate(Operation *op) {
  OpBuilder b(op);
  b.setInsertionPointAfter(op);
  auto negative = arith::NegFOp::create(b, op->getLoc(), op->getResult(0));
  op->getResult(0).replaceAllUsesExcept(negative, negative);
}

bool isChoice(Operation *op) {
  return isa<arith::SelectOp>(op) && isReal(op->getResult(0)) && inBody(op);
}
void takeFirst(Operation *op) {
  op->getResult(0).replaceAllUsesWith(op->getOperand(1));
}
void swapChoice(Operation *op) {
  Value first = op->getOperand(1);
  op->setOperand(1, op->getOperand(2));
  op->setOperand(2, first);
}

bool isExtreme(Operation *op) {
  return isReal2<arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp,
                 arith::MinNumFOp>(op);
}
void takeOtherExtreme(Operation *op) {
  OpBuilder b(op);
  b.setInsertionPointAfter(op);
  Value x = op->getOperand(0), y = op->getOperand(1);
  bool isMax = isa<arith::MaximumFOp, arith::MaxNumFOp>(op);
  replaceAll(
      op, isMax ? arith::MinimumFOp::create(b, op->getLoc(), x, y).getResult()
                : arith::MaximumFOp::create(b, op->getLoc(), x, y).getResult());
}

bool isFunction(Operation *op) {
  return inBody(op) && isa<math::ExpOp, math::SqrtOp, math::ErfOp, math::TanhOp,
                           math::LogOp, math::RsqrtOp>(op);
}
void changeFunction(Operation *op) {
  OpBuilder b(op);
  b.setInsertionPointAfter(op);
  Value x = op->getOperand(0);
  Location loc = op->getLoc();
  Value other;
  if (isa<math::ExpOp>(op))
    other = math::Exp2Op::create(b, loc, x);
  else if (isa<math::ErfOp>(op))
    other = math::TanhOp::create(b, loc, x);
  else if (isa<math::TanhOp>(op))
    other = math::ErfOp::create(b, loc, x);
  else if (isa<math::LogOp>(op))
    other = math::Log2Op::create(b, loc, x);
  else
    other = math::AbsFOp::create(b, loc, x);
  replaceAll(op, other);
}

bool isUpdate(Operation *op) {
  return isReal2<arith::AddFOp, arith::MaximumFOp, arith::MaxNumFOp>(op) &&
         reductionOf(op);
}
void loseUpdates(Operation *op) {
  auto generic = reductionOf(op);
  for (Value operand : op->getOperands()) {
    auto argument = dyn_cast<BlockArgument>(operand);
    if (argument && argument.getOwner() == generic.getBody() &&
        argument.getArgNumber() >= unsigned(generic.getNumDpsInputs()))
      continue;
    op->getResult(0).replaceAllUsesWith(operand);
    return;
  }
}

// The last column of the result stays 0.
bool hasTail(Operation *op) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (!generic || generic.getNumResults() != 1 ||
      generic.getNumReductionLoops() || generic.getNumLoops() == 0 ||
      !isReal(generic.getBody()->getTerminator()->getOperand(0)))
    return false;
  int64_t last = generic.getStaticLoopRanges().back();
  return !ShapedType::isDynamic(last) && last > 1;
}
void dropTail(Operation *op) {
  auto generic = cast<linalg::GenericOp>(op);
  Operation *yield = generic.getBody()->getTerminator();
  OpBuilder b(yield);
  Location loc = op->getLoc();
  Value value = yield->getOperand(0);
  Value at = linalg::IndexOp::create(b, loc, generic.getNumLoops() - 1);
  Value last = arith::ConstantIndexOp::create(
      b, loc, generic.getStaticLoopRanges().back() - 1);
  Value isLast =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, at, last);
  Value zero =
      arith::ConstantOp::create(b, loc, b.getZeroAttr(value.getType()));
  yield->setOperand(
      0, arith::SelectOp::create(b, loc, isLast, zero, value).getResult());
}

// A size that is read as if it were 1.
int broadcastable(linalg::GenericOp generic) {
  for (int i = 0; i < generic.getNumDpsInputs(); ++i) {
    auto type = dyn_cast<RankedTensorType>(
        generic.getDpsInputOperand(i)->get().getType());
    AffineMap map = generic.getIndexingMapsArray()[i];
    if (type && type.getRank() > 0 && isa<FloatType>(type.getElementType()) &&
        isa<AffineDimExpr>(map.getResults().back()) &&
        type.getShape().back() > 1 &&
        generic.getBody()->getArgument(i).use_empty() == false)
      return i;
  }
  return -1;
}
bool readsRows(Operation *op) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (!generic || broadcastable(generic) < 0)
    return false;
  // Another operand has to give the loops their sizes.
  auto maps = generic.getIndexingMapsArray();
  maps[broadcastable(generic)] = AffineMap::get(generic.getContext());
  return generic.getNumLoops() > 0 &&
         inversePermutation(concatAffineMaps(maps, generic.getContext()));
}
void broadcastWrongly(Operation *op) {
  auto generic = cast<linalg::GenericOp>(op);
  int i = broadcastable(generic);
  auto maps = generic.getIndexingMapsArray();
  SmallVector<AffineExpr> results(maps[i].getResults());
  results.back() = getAffineConstantExpr(0, op->getContext());
  maps[i] = AffineMap::get(maps[i].getNumDims(), 0, results, op->getContext());
  generic.setIndexingMapsAttr(
      Builder(op->getContext()).getAffineMapArrayAttr(maps));
}

// Two dimensions of one size, in the wrong order.
std::pair<int, int> equalDims(linalg::GenericOp generic, int input) {
  auto type = dyn_cast<RankedTensorType>(
      generic.getDpsInputOperand(input)->get().getType());
  AffineMap map = generic.getIndexingMapsArray()[input];
  if (!type || !isa<FloatType>(type.getElementType()))
    return {-1, -1};
  for (int i = 0; i < type.getRank(); ++i)
    for (int k = i + 1; k < type.getRank(); ++k)
      if (type.getDimSize(i) == type.getDimSize(k) && type.getDimSize(i) > 1 &&
          isa<AffineDimExpr>(map.getResult(i)) &&
          isa<AffineDimExpr>(map.getResult(k)))
        return {i, k};
  return {-1, -1};
}
int squareInput(linalg::GenericOp generic) {
  for (int i = 0; i < generic.getNumDpsInputs(); ++i)
    if (equalDims(generic, i).first >= 0)
      return i;
  return -1;
}
bool hasSquareInput(Operation *op) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  return generic && squareInput(generic) >= 0;
}
void swapAxes(Operation *op) {
  auto generic = cast<linalg::GenericOp>(op);
  int input = squareInput(generic);
  auto [i, k] = equalDims(generic, input);
  auto maps = generic.getIndexingMapsArray();
  SmallVector<AffineExpr> results(maps[input].getResults());
  std::swap(results[i], results[k]);
  maps[input] =
      AffineMap::get(maps[input].getNumDims(), 0, results, op->getContext());
  generic.setIndexingMapsAttr(
      Builder(op->getContext()).getAffineMapArrayAttr(maps));
}

bool isFill(Operation *op) {
  auto fill = dyn_cast<linalg::FillOp>(op);
  return fill && isReal(fill.getInputs()[0]);
}
void fillWrongly(Operation *op) {
  OpBuilder b(op);
  auto fill = cast<linalg::FillOp>(op);
  Value value = fill.getInputs()[0];
  fill->setOperand(
      0, arith::ConstantOp::create(b, op->getLoc(),
                                   b.getFloatAttr(value.getType(), 1.5)));
}

bool isGathered(Operation *op) {
  auto extract = dyn_cast<tensor::ExtractOp>(op);
  return extract && inBody(op) && isReal(extract.getResult()) &&
         !extract.getIndices().empty();
}
void gatherBeside(Operation *op) {
  auto extract = cast<tensor::ExtractOp>(op);
  OpBuilder b(op);
  Location loc = op->getLoc();
  // max(i - 1, 0): never outside.
  Value index = extract.getIndices().back();
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value before = arith::SubIOp::create(b, loc, index, one);
  extract->setOperand(extract->getNumOperands() - 1,
                      arith::MaxSIOp::create(b, loc, before, zero).getResult());
}

//===--- Breakages between kernels ---===//

// Two operands of one type.
std::pair<int, int> alikeOperands(Operation *op) {
  for (unsigned i = 0; i < op->getNumOperands(); ++i)
    for (unsigned k = i + 1; k < op->getNumOperands(); ++k) {
      auto type = dyn_cast<RankedTensorType>(op->getOperand(i).getType());
      if (type && type == op->getOperand(k).getType() && type.getRank() > 0 &&
          op->getOperand(i) != op->getOperand(k) &&
          !op->getOperand(k).getDefiningOp<tensor::EmptyOp>() &&
          !op->getOperand(i).getDefiningOp<tensor::EmptyOp>() &&
          !op->getOperand(k).getDefiningOp<linalg::FillOp>())
        return {i, k};
    }
  return {-1, -1};
}
bool readsTwoAlike(Operation *op) {
  return isa<kernel::GroupInterface>(op) && alikeOperands(op).first >= 0;
}
void swapKernelOperands(Operation *op) {
  auto [i, k] = alikeOperands(op);
  Value first = op->getOperand(i);
  op->setOperand(i, op->getOperand(k));
  op->setOperand(k, first);
}

// The weight of its kind that the program loads before or after it.
model::LoadWeightOp neighbour(Operation *op) {
  auto load = dyn_cast<model::LoadWeightOp>(op);
  auto type = load ? dyn_cast<RankedTensorType>(load.getType()) : nullptr;
  if (!type || !isa<FloatType>(type.getElementType()) || type.getRank() == 0)
    return nullptr;
  for (Operation *other = op->getPrevNode(); other;
       other = other->getPrevNode())
    if (auto found = dyn_cast<model::LoadWeightOp>(other))
      if (found.getType() == load.getType())
        return found;
  return nullptr;
}
bool readsWeight(Operation *op) {
  return isa<kernel::GroupInterface>(op) &&
         llvm::any_of(op->getOperands(), [](Value operand) {
           return operand.getDefiningOp() && neighbour(operand.getDefiningOp());
         });
}
void readOtherWeight(Operation *op) {
  for (OpOperand &operand : op->getOpOperands())
    if (Operation *load = operand.get().getDefiningOp())
      if (model::LoadWeightOp other = neighbour(load))
        return operand.set(other.getResult());
}

bool carriesState(Operation *op) {
  auto loop = dyn_cast<scf::ForOp>(op);
  return loop && llvm::any_of(loop.getYieldedValues(), [](Value value) {
           auto type = dyn_cast<ShapedType>(value.getType());
           return type && isa<FloatType>(type.getElementType());
         });
}
void skipState(Operation *op) {
  auto loop = cast<scf::ForOp>(op);
  Operation *yield = loop.getBody()->getTerminator();
  for (auto [i, value] : llvm::enumerate(loop.getYieldedValues())) {
    auto type = dyn_cast<ShapedType>(value.getType());
    if (type && isa<FloatType>(type.getElementType())) {
      yield->setOperand(i, loop.getRegionIterArgs()[i]);
      return;
    }
  }
}

// A place in the arena that another buffer of the same size has.
memref::ViewOp otherView(Operation *op) {
  auto view = dyn_cast<memref::ViewOp>(op);
  if (!view)
    return nullptr;
  for (Operation *other = op->getPrevNode(); other;
       other = other->getPrevNode())
    if (auto found = dyn_cast<memref::ViewOp>(other))
      if (found.getType() == view.getType() &&
          found.getSource() == view.getSource() &&
          found.getByteShift() != view.getByteShift())
        return found;
  return nullptr;
}
bool isPlaced(Operation *op) { return bool(otherView(op)); }
void reusePlace(Operation *op) {
  auto view = cast<memref::ViewOp>(op);
  view.getByteShiftMutable().assign(otherView(op).getByteShift());
}

constexpr const char *kPlan = "pack-gemm-weights", *kArena = "plan-arena";

const Breakage all[] = {
    {"swapped-operands", kPlan, isOrdered, swapOperands},
    {"wrong-operation", kPlan, isSum, subtract},
    {"applied-twice", kPlan, isSum, addTwice},
    {"wrong-constant", kPlan, hasConstant, changeConstant},
    {"dropped-epilogue", kPlan, isEpilogue, dropOp},
    {"wrong-rounding", kPlan, isRounded, roundShort},
    {"wrong-sign", kPlan, isRounded, negate},
    {"missing-mask", kPlan, isChoice, takeFirst},
    {"inverted-mask", kPlan, isChoice, swapChoice},
    {"wrong-extreme", kPlan, isExtreme, takeOtherExtreme},
    {"wrong-function", kPlan, isFunction, changeFunction},
    {"lost-update", kPlan, isUpdate, loseUpdates},
    {"off-by-one-tail", kPlan, hasTail, dropTail},
    {"wrong-broadcast", kPlan, readsRows, broadcastWrongly},
    {"wrong-axis", kPlan, hasSquareInput, swapAxes},
    {"wrong-fill", kPlan, isFill, fillWrongly},
    {"wrong-index", kPlan, isGathered, gatherBeside},
    {"swapped-inputs", kPlan, readsTwoAlike, swapKernelOperands},
    {"wrong-weight", kPlan, readsWeight, readOtherWeight},
    {"skipped-state", kPlan, carriesState, skipState},
    {"stale-reuse", kArena, isPlaced, reusePlace},
};

} // namespace

ArrayRef<Breakage> breakages() { return all; }

std::vector<std::string> nodesOf(Operation *op) {
  return nodesIn(op->getLoc());
}

} // namespace niello::planted
