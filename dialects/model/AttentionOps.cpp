// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

void AttentionOp::build(OpBuilder &builder, OperationState &state, Value query,
                        Value key, Value value, Value mask, double scale,
                        bool causal) {
  build(builder, state, query, key, value, mask, Value(), Value(), Value(),
        builder.getF64FloatAttr(scale), builder.getF64FloatAttr(0),
        causal ? builder.getUnitAttr() : UnitAttr(),
        builder.getI64IntegerAttr(-1), builder.getI64IntegerAttr(-1),
        FloatAttr());
}

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location>,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType query = tensorType(adaptor.getQuery());
  RankedTensorType value = tensorType(adaptor.getValue());
  SmallVector<int64_t> shape(query.getShape());
  if (!shape.empty() && value.getRank() > 0)
    shape.back() = value.getShape().back();
  types.push_back(RankedTensorType::get(shape, query.getElementType()));
  return success();
}

// C1: [B,H,T,D], [B,G,S,D], [B,G,S,E]
static LogicalResult verifyShapes(AttentionOp op) {
  ArrayRef<int64_t> query = op.getQuery().getType().getShape();
  ArrayRef<int64_t> key = op.getKey().getType().getShape();
  ArrayRef<int64_t> value = op.getValue().getType().getShape();
  if (query.size() != 4 || key.size() != 4 || value.size() != 4) // C1
    return op.emitOpError("needs query, key and value of rank 4, but got ")
           << query.size() << ", " << key.size() << " and " << value.size();
  bool fits = mayEqual(query[0], key[0]) && mayEqual(query[3], key[3]) &&
              mayEqual(key[0], value[0]) && mayEqual(key[1], value[1]) &&
              mayEqual(key[2], value[2]);
  if (!fits) // C1
    return op.emitOpError("needs [B,H,T,D], [B,G,S,D] and [B,G,S,E], but got ")
           << op.getQuery().getType() << ", " << op.getKey().getType()
           << " and " << op.getValue().getType();
  int64_t heads = query[1], groups = key[1];
  if (ShapedType::isDynamic(heads) || ShapedType::isDynamic(groups))
    return success();
  if (groups == 0 || heads % groups != 0) // C2
    return op.emitOpError("needs query heads to be a multiple of key heads, ")
           << "but got " << heads << " and " << groups;
  return success();
}

LogicalResult AttentionOp::verify() {
  if (failed(verifyShapes(*this)))
    return failure();
  Type type = elementType(getQuery());
  if (elementType(getKey()) != type || elementType(getValue()) != type) // C3
    return emitOpError("needs floats of one type, but got ")
           << type << ", " << elementType(getKey()) << " and "
           << elementType(getValue());
  SmallVector<int64_t> scores(getQuery().getType().getShape());
  scores[3] = staticSize(getKey(), 2);
  if (Value mask = getMask()) {
    bool isMask =
        elementType(mask).isInteger(1) || isa<FloatType>(elementType(mask));
    if (!isMask || !mayBroadcast(tensorType(mask).getShape(), scores)) // C4
      return emitOpError("needs a mask of floats or i1 that broadcasts to ")
             << RankedTensorType::get(scores, type) << ", but got "
             << mask.getType();
  }
  for (Value numbers : {Value(getOffset()), Value(getLengths())}) // C5
    if (numbers && (rankOf(numbers) > 1 ||
                    (numbers == getLengths() && rankOf(numbers) != 1) ||
                    (rankOf(numbers) == 1 &&
                     !mayEqual(staticSize(numbers, 0), scores[0]))))
      return emitOpError("needs an offset and a length for each of ")
             << scores[0] << " batch entries, but got " << numbers.getType();
  Value sinks = getSinks();
  if (sinks &&
      (rankOf(sinks) != 1 || !mayEqual(staticSize(sinks, 0), scores[1]))) // C6
    return emitOpError("needs a sink for each of ")
           << scores[1] << " heads, but got " << sinks.getType();
  return success();
}

LogicalResult
AttentionOp::reifyResultShapes(OpBuilder &builder,
                               ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  Terms sizes = e.dims(getQuery());
  sizes.back() = e.dim(getValue(), 3);
  return setSizes(*this, sizes, reified);
}

LogicalResult RopeOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getInput().getType());
  return success();
}

LogicalResult RopeOp::verify() {
  RankedTensorType input = getInput().getType();
  for (Value table : {Value(getCos()), Value(getSin())}) {
    ArrayRef<int64_t> shape = tensorType(table).getShape();
    int64_t pairs = shape.empty() ? ShapedType::kDynamic : shape.back();
    bool fits = !ShapedType::isDynamic(pairs) &&
                pairs == getCos().getType().getShape().back() &&
                int64_t(shape.size()) <= input.getRank();
    int64_t width = fits ? input.getShape().back() : 0;
    fits = fits && (ShapedType::isDynamic(width) || 2 * pairs <= width) &&
           mayBroadcast(shape.drop_back(), input.getShape().drop_back());
    if (!fits) // C1
      return emitOpError("needs tables of up to half a row that broadcast to ")
             << input << ", but got " << table.getType();
    if (elementType(table) != input.getElementType()) // C2
      return emitOpError("needs one element type, but got ")
             << input.getElementType() << " and " << elementType(table);
  }
  return success();
}

LogicalResult RopeOp::reifyResultShapes(OpBuilder &builder,
                                        ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  return setSizes(*this, e.dims(getInput()), reified);
}
