// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which keys a block of queries sees, from the comparisons in `visible`: causal
// masks, windows and lengths are bounds of s that rise with the query.

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "passes/lower/cpu/Attention.h"

using namespace mlir;

namespace niello {

// Whether a value in the body of `visible` is a number that grows with the
// query, or with `byRow` false is the same for all of them, and has no s.
bool AttentionEmitter::rises(Value bound, bool byRow) {
  linalg::GenericOp op = chain.visible;
  if (auto argument = dyn_cast<BlockArgument>(bound);
      argument && argument.getOwner() == op.getBody()) {
    if (argument.getArgNumber() >= op.getNumDpsInputs())
      return false;
    OpOperand *operand = op.getDpsInputOperand(argument.getArgNumber());
    if (!isa<MemRefType>(operand->get().getType()))
      return true;
    AffineMap map = chain.mapOf(*operand);
    return llvm::none_of(llvm::seq(chain.rank + 1), [&](unsigned loop) {
      return map.isFunctionOfDim(loop) &&
             !llvm::is_contained(chain.outer, loop);
    });
  }
  Operation *inner = bound.getDefiningOp();
  if (!inner || inner->getBlock() != op.getBody())
    return true;
  if (auto place = dyn_cast<linalg::IndexOp>(inner)) {
    unsigned loop = chain.loopsOf(op)[place.getDim()];
    return loop != chain.s && (byRow || llvm::is_contained(chain.outer, loop));
  }
  if (isa<arith::ConstantOp>(inner))
    return true;
  if (isa<arith::IndexCastOp, arith::ExtSIOp>(inner))
    return rises(inner->getOperand(0), byRow);
  if (isa<arith::AddIOp>(inner))
    return rises(inner->getOperand(0), byRow) &&
           rises(inner->getOperand(1), byRow);
  if (isa<arith::SubIOp>(inner))
    return rises(inner->getOperand(0), byRow) &&
           rises(inner->getOperand(1), /*byRow=*/false);
  return false;
}

// The comparisons of s that a score is seen by, all of which must hold.
void AttentionEmitter::findBounds() {
  linalg::GenericOp op = chain.visible;
  if (!op)
    return;
  auto select = op.getBody()
                    ->getTerminator()
                    ->getOperand(0)
                    .getDefiningOp<arith::SelectOp>();
  if (!select)
    return;
  skips = matchPattern(select.getFalseValue(), m_NegInfFloat());
  auto isKey = [&](Value value) {
    auto place = value.getDefiningOp<linalg::IndexOp>();
    return place && chain.loopsOf(op)[place.getDim()] == chain.s;
  };
  Values open{select.getCondition()};
  while (!open.empty()) {
    Value value = open.pop_back_val();
    if (auto both = value.getDefiningOp<arith::AndIOp>()) {
      open.push_back(both.getLhs());
      open.push_back(both.getRhs());
      continue;
    }
    auto comparison = value.getDefiningOp<arith::CmpIOp>();
    if (!comparison || comparison->getBlock() != op.getBody() ||
        !comparison.getLhs().getType().isIndex())
      continue;
    using Predicate = arith::CmpIPredicate;
    Predicate predicate = comparison.getPredicate();
    bool isLess = predicate == Predicate::slt || predicate == Predicate::sle;
    bool isMore = predicate == Predicate::sgt || predicate == Predicate::sge;
    bool isInclusive =
        predicate == Predicate::sle || predicate == Predicate::sge;
    bool isFirst = isKey(comparison.getLhs());
    Value bound = isFirst ? comparison.getRhs() : comparison.getLhs();
    if ((!isLess && !isMore) || (!isFirst && !isKey(comparison.getRhs())) ||
        !rises(bound))
      continue;
    bounds.push_back({comparison, bound, isFirst == isLess, isInclusive});
  }
}

// The bound outside of the body, where the loops have the values `at`.
Value AttentionEmitter::evaluate(Value bound, ValueRange at) {
  linalg::GenericOp op = chain.visible;
  if (auto argument = dyn_cast<BlockArgument>(bound);
      argument && argument.getOwner() == op.getBody()) {
    OpOperand *operand = op.getDpsInputOperand(argument.getArgNumber());
    Value value = operand->get();
    return isa<MemRefType>(value.getType())
               ? load({value, chain.mapOf(*operand)})
               : value;
  }
  Operation *inner = bound.getDefiningOp();
  if (!inner || inner->getBlock() != op.getBody())
    return bound;
  if (auto place = dyn_cast<linalg::IndexOp>(inner))
    return at[chain.loopsOf(op)[place.getDim()]];
  IRMapping mapping;
  for (Value operand : inner->getOperands())
    mapping.map(operand, evaluate(operand, at));
  return builder.clone(*inner, mapping)->getResult(0);
}

// The keys that one query of the block sees, from a multiple of a block of
// keys on; or those that all of them see.
AttentionEmitter::Keys AttentionEmitter::seenKeys(bool byAll) {
  Keys range{index(0), keys};
  if (bounds.empty() || (!byAll && !skips))
    return range;
  // The last row loop runs from the first to the last query of the block, or,
  // where it starts anew between them, through all its values.
  Value first = row0;
  Value last = sub(min(add(row0, index(tile.queries())), queries), index(1));
  Values least(loops), most(loops);
  for (unsigned loop : chain.rows) {
    least[loop] = index(0);
    most[loop] = sub(sizes[loop], index(1));
  }
  unsigned along = chain.rows.back();
  if (chain.rows.size() == 1) {
    least[along] = first;
    most[along] = last;
  } else {
    auto divide = [&](Value value) -> Value {
      return arith::DivUIOp::create(builder, loc, value, sizes[along]);
    };
    Value together = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::eq, divide(first), divide(last));
    for (auto [value, end] : {std::pair(first, &least), {last, &most}}) {
      Value own = arith::RemUIOp::create(builder, loc, value, sizes[along]);
      (*end)[along] =
          arith::SelectOp::create(builder, loc, together, own, (*end)[along]);
    }
  }
  for (KeyBound &bound : bounds) {
    Value value = evaluate(bound.bound, bound.isUpper == byAll ? least : most);
    if (bound.isUpper == bound.isInclusive) // s <= b, or s > b
      value = add(value, index(1));
    if (bound.isUpper)
      range.to = min(range.to, value);
    else
      range.from = max(range.from, value);
  }
  if (!byAll)
    range.from = sub(range.from, builder.createOrFold<arith::RemUIOp>(
                                     loc, range.from, index(tile.keys)));
  return range;
}

// `visible` for keys that all see. The caller destroys it.
linalg::GenericOp AttentionEmitter::withoutBounds() {
  auto op = cast<linalg::GenericOp>(chain.visible->clone());
  SmallVector<Operation *> inside;
  for (auto pair : llvm::zip(*chain.visible.getBody(), *op.getBody()))
    if (llvm::any_of(bounds, [&](KeyBound &bound) {
          return bound.comparison == &std::get<0>(pair);
        }))
      inside.push_back(&std::get<1>(pair));
  for (Operation *comparison : inside) {
    OpBuilder inner(comparison);
    Value yes = arith::ConstantOp::create(inner, loc, inner.getBoolAttr(true));
    comparison->getResult(0).replaceAllUsesWith(yes);
    comparison->erase();
  }
  // What only they read.
  SmallVector<Operation *> rest;
  for (Operation &left : op.getBody()->without_terminator())
    rest.push_back(&left);
  for (Operation *left : llvm::reverse(rest))
    if (left->use_empty())
      left->erase();
  return op;
}

} // namespace niello
