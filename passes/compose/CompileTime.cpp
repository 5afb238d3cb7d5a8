// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/compose/CompileTime.h"

#include "dialects/model/Model.h"

#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace niello {

static std::optional<int64_t> tripsOf(scf::ForOp loop) {
  auto low = getConstantIntValue(loop.getLowerBound());
  auto high = getConstantIntValue(loop.getUpperBound());
  auto step = getConstantIntValue(loop.getStep());
  if (!low || !high || !step || *step <= 0 || *low < 0)
    return std::nullopt;
  return *high <= *low ? 0 : llvm::divideCeil(*high - *low, *step);
}

// Of one operation, what its regions hold aside.
static bool isHarmless(Operation *op) {
  if (isa<model::RandomOp, model::TapOp, scf::WhileOp, scf::ForallOp,
          scf::ParallelOp>(op))
    return false;
  if (auto loop = dyn_cast<scf::ForOp>(op); loop && !tripsOf(loop))
    return false;
  return llvm::all_of(op->getResultTypes(), [](Type type) {
    auto shaped = dyn_cast<ShapedType>(type);
    return !shaped || shaped.hasStaticShape();
  });
}

bool canRunAtCompileTime(Operation *op) {
  if (op->hasTrait<OpTrait::IsTerminator>() || !isMemoryEffectFree(op))
    return false;
  return !op->walk([op](Operation *inner) {
              // A weight is an input of a program, not something inside it.
              bool loads = inner != op && isa<model::LoadWeightOp>(inner);
              return !loads && isHarmless(inner) ? WalkResult::advance()
                                                 : WalkResult::interrupt();
            }).wasInterrupted();
}

static double elementsOf(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  double elements = 1;
  if (shaped && shaped.hasStaticShape())
    for (int64_t size : shaped.getShape())
      elements *= size;
  return elements;
}

static double countInside(Operation *op) {
  double steps = 0;
  for (Region &region : op->getRegions())
    for (Operation &inner : region.getOps())
      steps += countSteps(&inner);
  return steps;
}

double countSteps(Operation *op) {
  if (isa<model::LoadWeightOp, tensor::EmptyOp>(op) ||
      op->hasTrait<OpTrait::ConstantLike>())
    return 0;
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return double(*tripsOf(loop)) * (1 + countInside(op));
  if (isa<scf::IfOp>(op))
    return countInside(op);
  double results = 0, operands = 0, largest = 1;
  for (Type type : op->getResultTypes())
    results += elementsOf(type);
  for (Type type : op->getOperandTypes()) {
    operands += elementsOf(type);
    largest = std::max(largest, elementsOf(type));
  }
  if (auto structured = dyn_cast<linalg::LinalgOp>(op)) {
    double steps = 1;
    for (int64_t range : structured.getStaticLoopRanges())
      steps *= range;
    return steps;
  }
  if (auto product = dyn_cast<model::MatmulOp>(op))
    return results *
           cast<ShapedType>(product.getLhs().getType()).getShape().back();
  if (isa<tensor::GenerateOp>(op))
    return results * (1 + countInside(op));
  bool each =
      !isa<model::ModelDialect>(op->getDialect()) ||
      isa<model::BroadcastOp, model::GatherOp, model::ScatterOp, model::PadOp,
          model::NormOp, model::RopeOp, model::CumulativeOp>(op);
  // A window, a neighbour, a comparison with all others: no operation reads an
  // operand more often than once for each result.
  return each ? results + operands : results * largest + operands;
}

bool costsNothing(Operation *op) {
  return isa<model::BroadcastOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp,
             tensor::ReshapeOp, tensor::CastOp, tensor::SplatOp,
             tensor::ExtractSliceOp>(op);
}

SmallVector<Value> usedValues(Operation *op) {
  SmallVector<Value> values(op->getOperands());
  if (op->getNumRegions()) {
    llvm::SetVector<Value> outside;
    getUsedValuesDefinedAbove(op->getRegions(), outside);
    values.append(outside.begin(), outside.end());
  }
  return values;
}

} // namespace niello
