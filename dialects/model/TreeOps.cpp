// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

LogicalResult TreeEnsembleOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location>,
                                               Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  RankedTensorType input = tensorType(adaptor.getInput());
  int64_t rows =
      input.getRank() > 0 ? input.getDimSize(0) : ShapedType::kDynamic;
  types.push_back(RankedTensorType::get(
      {rows, std::max<int64_t>(adaptor.getNumTargets(), 0)},
      input.getElementType()));
  return success();
}

static bool isIn(int64_t i, int64_t from, int64_t to) {
  return from <= i && i < to;
}

// C3: what node i says is in range.
static LogicalResult verifyNode(TreeEnsembleOp op, int64_t i) {
  int64_t nodes = op.getModes().size(), entries = op.getTargets().size();
  int64_t columns = staticSize(op.getInput(), 1);
  int64_t yes = op.getYes()[i], no = op.getNo()[i];
  if (!isIn(op.getModes()[i], 0, 7)) // C3
    return op.emitOpError("needs modes of 0 to 6, but node ")
           << i << " has " << op.getModes()[i];
  if (op.getModes()[i] == int32_t(TreeMode::Leaf)) {
    if (!isIn(yes, 0, entries + 1) || !isIn(no, yes, entries + 1)) // C3
      return op.emitOpError("needs entries of ")
             << entries << ", but leaf " << i << " has " << yes << " to " << no;
    return success();
  }
  if (!isIn(yes, i + 1, nodes) || !isIn(no, i + 1, nodes)) // C3
    return op.emitOpError("needs next nodes behind their node and below ")
           << nodes << ", but node " << i << " has " << yes << " and " << no;
  if (op.getFeatures()[i] < 0 ||
      (!ShapedType::isDynamic(columns) && op.getFeatures()[i] >= columns)) // C3
    return op.emitOpError("needs features of ")
           << columns << " columns, but node " << i << " has "
           << op.getFeatures()[i];
  return success();
}

LogicalResult TreeEnsembleOp::verify() {
  if (rankOf(getInput()) != 2) // C1
    return emitOpError("needs an input of rank 2, but got rank ")
           << rankOf(getInput());
  size_t nodes = getModes().size(), entries = getTargets().size();
  for (size_t size : {getFeatures().size(), getValues().size(), getYes().size(),
                      getNo().size(), getMissing().size()})
    if (size != nodes) // C2
      return emitOpError("needs tables of one length, but got ")
             << size << " and " << nodes;
  if (getWeights().size() != entries) // C2
    return emitOpError("needs tables of one length, but got ")
           << getWeights().size() << " and " << entries;
  for (size_t i = 0; i < nodes; ++i)
    if (failed(verifyNode(*this, i)))
      return failure();
  for (int32_t target : getTargets())
    if (!isIn(target, 0, getNumTargets())) // C3
      return emitOpError("needs targets below ")
             << getNumTargets() << ", but got " << target;
  for (int32_t root : getRoots())
    if (!isIn(root, 0, nodes)) // C4
      return emitOpError("needs roots among ")
             << nodes << " nodes, but got " << root;
  return success();
}

LogicalResult
TreeEnsembleOp::reifyResultShapes(OpBuilder &builder,
                                  ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  return setSizes(*this, Terms{e.dim(getInput(), 0), e.index(getNumTargets())},
                  reified);
}
