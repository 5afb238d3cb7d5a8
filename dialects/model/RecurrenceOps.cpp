// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

// The type of one slice at an axis, and of the stack of such slices.
static RankedTensorType sliceType(RankedTensorType type, int64_t axis) {
  SmallVector<int64_t> shape(type.getShape());
  if (axis >= 0 && axis < type.getRank())
    shape.erase(shape.begin() + axis);
  return RankedTensorType::get(shape, type.getElementType());
}

static RankedTensorType stackType(RankedTensorType type, int64_t axis,
                                  int64_t length) {
  SmallVector<int64_t> shape(type.getShape());
  axis = std::clamp<int64_t>(axis, 0, shape.size());
  shape.insert(shape.begin() + axis, length);
  return RankedTensorType::get(shape, type.getElementType());
}

void RecurrenceOp::build(
    OpBuilder &builder, OperationState &state, ValueRange states,
    ValueRange inputs, int64_t axis, ArrayRef<bool> reverse,
    function_ref<SmallVector<Value>(OpBuilder &, ValueRange, ValueRange)>
        body) {
  state.addOperands(states);
  state.addOperands(inputs);
  Properties &properties = state.getOrAddProperties<Properties>();
  properties.operandSegmentSizes = {int32_t(states.size()),
                                    int32_t(inputs.size())};
  properties.axis = builder.getI64IntegerAttr(axis);
  if (!reverse.empty())
    properties.reverse = builder.getDenseBoolArrayAttr(reverse);

  OpBuilder::InsertionGuard guard(builder);
  Region *region = state.addRegion();
  SmallVector<Type> arguments(states.getTypes());
  int64_t length = ShapedType::kDynamic;
  for (Value input : inputs) {
    arguments.push_back(sliceType(tensorType(input), axis));
    if (axis >= 0 && axis < rankOf(input) &&
        !ShapedType::isDynamic(staticSize(input, axis)))
      length = staticSize(input, axis);
  }
  Block *block = builder.createBlock(
      region, {}, arguments,
      SmallVector<Location>(arguments.size(), state.location));
  ValueRange all = block->getArguments();
  SmallVector<Value> yielded = body(builder, all.take_front(states.size()),
                                    all.drop_front(states.size()));
  YieldOp::create(builder, state.location, yielded);
  state.addTypes(states.getTypes());
  for (Value slice : ArrayRef<Value>(yielded).drop_front(
           std::min(states.size(), yielded.size())))
    state.addTypes(stackType(tensorType(slice), axis, length));
}

ResultRange RecurrenceOp::getStacks() {
  return getResults().drop_front(getStates().size());
}

bool RecurrenceOp::isReversed(unsigned i) {
  return i < getReverse().size() && getReverse()[i];
}

LogicalResult RecurrenceOp::verifyRegions() {
  int64_t length = ShapedType::kDynamic, axis = getAxis();
  SmallVector<Type> arguments(getStates().getTypes());
  if (getInputs().empty()) // C1
    return emitOpError("needs an input to go over, but got none");
  for (Value input : getInputs()) {
    RankedTensorType type = tensorType(input);
    if (axis < 0 || axis >= type.getRank() ||
        !mayEqual(length, type.getDimSize(axis))) // C1
      return emitOpError("needs inputs of one size at axis ")
             << axis << ", but got " << getInputs().getTypes();
    if (!type.isDynamicDim(axis))
      length = type.getDimSize(axis);
    arguments.push_back(sliceType(type, axis));
  }
  if (getBody().getArgumentTypes() != TypeRange(arguments)) // C2
    return emitOpError("needs a body over ")
           << arguments << ", but got " << getBody().getArgumentTypes();
  if (getNumResults() < getStates().size()) // C3
    return emitOpError("needs a result for each of ")
           << getStates().size() << " states, but got " << getNumResults();
  SmallVector<Type> wanted(getStates().getTypes());
  for (Value stack : getStacks())
    wanted.push_back(sliceType(tensorType(stack), axis));
  auto yield = cast<YieldOp>(getBody().front().getTerminator());
  if (!compatibleTypes(TypeRange(wanted), yield.getOperandTypes()) ||
      !compatibleTypes(
          getStates().getTypes(),
          getResults().take_front(getStates().size()).getTypes())) // C3
    return emitOpError("needs a body that yields ")
           << wanted << ", but got " << yield.getOperandTypes();
  size_t flags = getInputs().size() + getStacks().size();
  if (!getReverse().empty() && getReverse().size() != flags) // C4
    return emitOpError("needs ")
           << flags << " flags in reverse, but got " << getReverse().size();
  return success();
}

LogicalResult
RecurrenceOp::reifyResultShapes(OpBuilder &builder,
                                ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  SmallVector<Terms> sizes;
  for (Value state : getStates())
    sizes.push_back(e.dims(state));
  for (Value stack : getStacks()) {
    sizes.emplace_back(rankOf(stack)); // only the body knows the others
    sizes.back()[getAxis()] = e.dim(getInputs().front(), getAxis());
  }
  return setSizes(*this, sizes, reified);
}
