// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/raise/Spelled.h"

#include "compiler/support/Reasons.h"
#include "compiler/support/SourceNodes.h"
#include "dialects/model/Model.h"
#include "dialects/model/Terms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

using namespace mlir;

namespace niello {

Value unstretched(Value x) {
  while (auto stretch = x.getDefiningOp<model::BroadcastOp>())
    x = stretch.getInput();
  return x;
}

// The tensor before broadcasts and reshapes.
static Value unshaped(Value x) {
  while (true) {
    x = unstretched(x);
    Operation *op = x.getDefiningOp();
    if (!op || !isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op))
      return x;
    x = op->getOperand(0);
  }
}

std::optional<double> splatOf(Value x) {
  DenseFPElementsAttr numbers;
  if (!matchPattern(unshaped(x), m_Constant(&numbers)) || !numbers.isSplat())
    return std::nullopt;
  APFloat number = numbers.getSplatValue<APFloat>();
  bool inexact;
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &inexact);
  return number.convertToDouble();
}

std::optional<Scaled> scaledBy(Value x) {
  Operation *op = x.getDefiningOp();
  if (!op)
    return std::nullopt;
  if (isa<arith::MulFOp>(op)) {
    for (unsigned side : {0, 1})
      if (auto factor = splatOf(op->getOperand(side)))
        return Scaled{op->getOperand(1 - side), *factor};
  } else if (isa<arith::DivFOp>(op)) {
    if (auto divisor = splatOf(op->getOperand(1)))
      return Scaled{op->getOperand(0), 1 / *divisor};
  }
  return std::nullopt;
}

// x without dimensions of size 1 that were added to it.
static Value withoutUnits(Value x) {
  auto expand = x.getDefiningOp<tensor::ExpandShapeOp>();
  if (!expand)
    return x;
  for (const ReassociationIndices &group : expand.getReassociationIndices()) {
    unsigned units = llvm::count_if(group, [&](int64_t dim) {
      return expand.getResultType().getDimSize(dim) == 1;
    });
    if (units + 1 < group.size())
      return x;
  }
  return expand.getSrc();
}

// Whether x has the rank of what was reduced, with size 1 where it was.
static bool keepsDims(Value x, const Reduced &reduced) {
  auto type = cast<RankedTensorType>(x.getType());
  return type.getRank() ==
             cast<RankedTensorType>(reduced.input.getType()).getRank() &&
         llvm::all_of(reduced.dims,
                      [&](int64_t dim) { return type.getDimSize(dim) == 1; });
}

// A reduction, whatever has become of its dimensions.
static std::optional<Reduced> reductionOf(Value x) {
  auto reduce = withoutUnits(x).getDefiningOp<linalg::ReduceOp>();
  if (!reduce || reduce.getInputs().size() != 1)
    return std::nullopt;
  Block &body = reduce.getCombiner().front();
  Operation *join = body.getTerminator()->getOperand(0).getDefiningOp();
  if (!join || join->getBlock() != &body || join->getNumOperands() != 2)
    return std::nullopt;
  for (unsigned side : {0, 1})
    if (join->getOperand(side) == body.getArgument(0) &&
        join->getOperand(1 - side) == body.getArgument(1))
      return Reduced{reduce.getInputs()[0],
                     llvm::to_vector(reduce.getDimensions()), join};
  return std::nullopt;
}

std::optional<Reduced> reducedOf(Value x) {
  x = unstretched(x);
  auto reduced = reductionOf(x);
  if (!reduced || !keepsDims(x, *reduced))
    return std::nullopt;
  return reduced;
}

// What a linalg.generic does to each element of its first input, as the one op
// of its body, or null.
static Operation *singleStep(linalg::GenericOp op) {
  if (!op || op.getNumLoops() != op.getNumParallelLoops() ||
      op.getNumDpsInits() != 1 || op.getNumDpsInputs() == 0 ||
      !op.getMatchingIndexingMap(op.getDpsInputOperand(0)).isIdentity() ||
      !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity())
    return nullptr;
  Operation *step =
      op.getBody()->getTerminator()->getOperand(0).getDefiningOp();
  return step && step->getBlock() == op.getBody() ? step : nullptr;
}

// The number that a scalar is, if that is known.
static std::optional<double> scalarOf(Value x) {
  Operation *op = x.getDefiningOp();
  while (op && isa<arith::SIToFPOp, arith::UIToFPOp, arith::IndexCastOp>(op)) {
    x = op->getOperand(0);
    op = x.getDefiningOp();
  }
  if (auto integer = model::constantOf(x))
    return *integer;
  FloatAttr number;
  if (matchPattern(x, m_Constant(&number)))
    return number.getValueAsDouble();
  return std::nullopt;
}

std::optional<Reduced> meanOf(Value x) {
  x = unstretched(x);
  Value sum;
  std::optional<double> count;
  Value inner = withoutUnits(x);
  if (auto op = inner.getDefiningOp<linalg::GenericOp>()) {
    auto quotient = dyn_cast_or_null<arith::DivFOp>(singleStep(op));
    if (!quotient || quotient.getLhs() != op.getBody()->getArgument(0))
      return std::nullopt;
    sum = op.getInputs()[0];
    count = scalarOf(quotient.getRhs());
  } else if (auto quotient = inner.getDefiningOp<arith::DivFOp>()) {
    sum = quotient.getLhs();
    count = splatOf(quotient.getRhs());
  }
  if (!sum || !count)
    return std::nullopt;
  auto mean = reductionOf(sum);
  if (!mean || !isa<arith::AddFOp>(mean->join) || !keepsDims(x, *mean))
    return std::nullopt;
  double elements = 1;
  auto type = cast<RankedTensorType>(mean->input.getType());
  for (int64_t dim : mean->dims) {
    if (type.isDynamicDim(dim))
      return std::nullopt;
    elements *= type.getDimSize(dim);
  }
  if (elements != *count)
    return std::nullopt;
  return mean;
}

Value squareRootOf(Value x) {
  if (auto product = x.getDefiningOp<arith::MulFOp>())
    return product.getLhs() == product.getRhs() ? product.getLhs() : Value();
  auto op = x.getDefiningOp<linalg::GenericOp>();
  auto product = dyn_cast_or_null<arith::MulFOp>(singleStep(op));
  if (product && product.getLhs() == op.getBody()->getArgument(0) &&
      product.getRhs() == product.getLhs())
    return op.getInputs()[0];
  return Value();
}

Value inverseOf(Value x) {
  x = unstretched(x);
  if (auto quotient = x.getDefiningOp<arith::DivFOp>())
    return splatOf(quotient.getLhs()) == 1 ? quotient.getRhs() : Value();
  auto op = x.getDefiningOp<linalg::GenericOp>();
  auto quotient = dyn_cast_or_null<arith::DivFOp>(singleStep(op));
  if (quotient && quotient.getRhs() == op.getBody()->getArgument(0) &&
      scalarOf(quotient.getLhs()) == 1)
    return op.getInputs()[0];
  return Value();
}

bool isAbout(double number, double wanted) {
  return std::abs(number - wanted) <= std::abs(wanted) * 0x1p-22;
}

LogicalResult raiseAll(Operation *root, StringRef pass,
                       RewritePatternSet patterns) {
  KeepNames names(root);
  Reasons reasons(root, pass, names);
  GreedyRewriteConfig config;
  config.enableFolding(false).enableConstantCSE(false).setListener(
      reasons.listener());
  config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
  return applyPatternsGreedily(root, std::move(patterns), config);
}

} // namespace niello
