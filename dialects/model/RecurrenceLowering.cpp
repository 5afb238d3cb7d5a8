// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

using namespace niello;
using namespace niello::model;

namespace {

// A slice along the axis: offsets, sizes and strides of the whole tensor.
struct Slice {
  SmallVector<OpFoldResult> offsets, sizes, strides;
  RankedTensorType type; // without the axis

  Slice(Emit &e, Value whole, int64_t axis, Term at)
      : offsets(rankOf(whole), e.b.getIndexAttr(0)),
        strides(rankOf(whole), e.b.getIndexAttr(1)) {
    offsets[axis] = getAsOpFoldResult(at.value);
    // A size is static exactly where the type says so.
    SmallVector<int64_t> shape(tensorType(whole).getShape());
    for (auto [i, size] : llvm::enumerate(shape)) {
      if (ShapedType::isDynamic(size))
        sizes.push_back(e.dim(whole, i).value);
      else
        sizes.push_back(e.b.getIndexAttr(size));
    }
    sizes[axis] = e.b.getIndexAttr(1);
    shape.erase(shape.begin() + axis);
    type = RankedTensorType::get(shape, elementType(whole));
  }
};

} // namespace

// Whether a step has no elements; neither extract_slice nor insert_slice takes
// an offset that is not within the tensor.
static bool isEmpty(Value whole) {
  return llvm::is_contained(tensorType(whole).getShape(), 0);
}

// The part of `whole` that is the slice.
static Value read(Emit &e, Value whole, const Slice &slice, int64_t axis) {
  if (!isEmpty(whole))
    return tensor::ExtractSliceOp::create(e.b, e.loc, slice.type, whole,
                                          slice.offsets, slice.sizes,
                                          slice.strides);
  SmallVector<OpFoldResult> sizes(slice.sizes);
  sizes.erase(sizes.begin() + axis);
  return tensor::EmptyOp::create(e.b, e.loc, sizes,
                                 slice.type.getElementType());
}

// `whole` with that part written.
static Value write(Emit &e, Value part, Value whole, const Slice &slice) {
  if (isEmpty(whole))
    return whole;
  return tensor::InsertSliceOp::create(e.b, e.loc, castTo(e, part, slice.type),
                                       whole, slice.offsets, slice.sizes,
                                       slice.strides);
}

// The place on the axis that step t reads or writes.
static Term stepAt(RecurrenceOp op, unsigned inputOrStack, Term t,
                   Term length) {
  return op.isReversed(inputOrStack) ? length - 1 - t : t;
}

// What the body yields for step t.
static SmallVector<Value> step(Emit &e, RecurrenceOp op, Term t, Term length,
                               ArrayRef<Term> states) {
  Block &body = op.getBody().front();
  IRMapping mapping;
  for (auto [argument, state] : llvm::zip(body.getArguments(), states))
    mapping.map(argument, castTo(e, state, argument.getType()));
  for (auto [i, input] : llvm::enumerate(op.getInputs())) {
    Value argument = body.getArgument(states.size() + i);
    Slice slice(e, input, op.getAxis(), stepAt(op, i, t, length));
    Value element = read(e, input, slice, op.getAxis());
    mapping.map(argument, castTo(e, element, argument.getType()));
  }
  for (Operation &inner : body.without_terminator())
    e.b.clone(inner, mapping);
  SmallVector<Value> yielded;
  for (Value value : body.getTerminator()->getOperands())
    yielded.push_back(mapping.lookupOrDefault(value));
  return yielded;
}

// The sizes of a stack. What only the body knows is found by a trial of the
// first step, if there is one.
static Terms stackSizes(Emit &e, RecurrenceOp op, unsigned i, Term length,
                        ArrayRef<Term> states) {
  unsigned result = op.getStates().size() + i;
  auto slice =
      tensorType(op.getBody().front().getTerminator()->getOperand(result));
  Terms sizes;
  if (slice.hasStaticShape()) {
    for (int64_t size : slice.getShape())
      sizes.push_back(e.index(size));
  } else {
    sizes = e.branches(
        length > 0,
        [&] { return e.dims(step(e, op, e.index(0), length, states)[result]); },
        [&] { return Terms(slice.getRank(), e.index(0)); });
    for (auto [size, known] : llvm::zip(sizes, slice.getShape()))
      if (!ShapedType::isDynamic(known))
        size = e.index(known);
  }
  sizes.insert(sizes.begin() + op.getAxis(), length);
  return sizes;
}

FailureOr<SmallVector<Value>> RecurrenceOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Term length = e.dim(getInputs().front(), getAxis());
  for (Value input : getInputs())
    e.requireEqual(e.dim(input, getAxis()), length,
                   "recurrence needs inputs of one length, but got {0} and "
                   "{1}");
  Terms state = e.wrap(getStates());
  size_t states = state.size(), inputs = getInputs().size();
  for (auto [i, stack] : llvm::enumerate(getStacks()))
    state.push_back(
        e.empty(stackSizes(e, *this, i, length,
                           ArrayRef<Term>(state).take_front(states)),
                elementType(stack)));

  Terms end = e.loop(e.index(0), length, state, [&](Term t, Terms carried) {
    SmallVector<Value> yielded =
        step(e, *this, t, length, ArrayRef<Term>(carried).take_front(states));
    Terms next;
    for (auto [i, value] : llvm::enumerate(yielded)) {
      if (i < states) {
        next.push_back(e.wrap(castTo(e, e.wrap(value), carried[i].getType())));
        continue;
      }
      Slice slice(e, carried[i], getAxis(),
                  stepAt(*this, inputs + i - states, t, length));
      next.push_back(e.wrap(write(e, value, carried[i], slice)));
    }
    return next;
  });
  return SmallVector<Value>(end.begin(), end.end());
}
