// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape inference for the ops of this dialect: static sizes for builders, and
// the same rules as IR for reifyResultShapes.

#ifndef NIELLO_DIALECTS_MODEL_SIZES_H
#define NIELLO_DIALECTS_MODEL_SIZES_H

#include "dialects/model/Terms.h"

#include "mlir/Interfaces/InferTypeOpInterface.h"

namespace niello::model {

inline RankedTensorType tensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}
inline Type elementType(Value value) {
  return tensorType(value).getElementType();
}
inline int64_t rankOf(Value value) { return tensorType(value).getRank(); }
inline int64_t staticSize(Value value, int64_t axis) {
  return tensorType(value).getDimSize(axis);
}
/// The size that a static or dynamic extent operand gives in a type.
int64_t staticSize(OpFoldResult size);

/// Products and sums of a file's numbers, which need not fit into 64 bits.
using Wide = __int128;
/// A size as a type says it: 0 where it would be negative, and open where no
/// machine has so many elements, for the check at run time to say so.
inline int64_t typeSize(Wide size) {
  if (size > INT64_MAX)
    return ShapedType::kDynamic;
  return size < 0 ? 0 : static_cast<int64_t>(size);
}

/// Whether two sizes may be equal at run time.
inline bool mayEqual(int64_t a, int64_t b) {
  return a == b || ShapedType::isDynamic(a) || ShapedType::isDynamic(b);
}
/// Whether size `from` may stretch to `to`: it is 1, equal or unknown.
inline bool mayStretch(int64_t from, int64_t to) {
  return from == 1 || mayEqual(from, to);
}
/// Whether `from` broadcasts to the last dimensions of `to`, as far as known.
bool mayBroadcast(ArrayRef<int64_t> from, ArrayRef<int64_t> to);

/// The size of two that broadcast together.
int64_t broadcastSize(int64_t a, int64_t b);
Term broadcastSize(Term a, Term b);

/// Fills in what reifyResultShapes returns: the static sizes of each result's
/// type, and the given terms for the others (a null term: not known).
LogicalResult setSizes(Operation *op, ArrayRef<Terms> sizes,
                       ReifiedRankedShapedTypeDims &reified);
/// The sizes of a result, as terms, from reifyResultShapes.
Terms resultSizes(Emit &e, Operation *op, int64_t result = 0);

/// A tensor as another type of the same rank and element type.
Value castTo(Emit &e, Value tensor, Type type);

/// The tensor with axis `axis` split into [count, rest], and the way back.
Value splitAxis(Emit &e, Value tensor, int64_t axis, int64_t count);
Value mergeAxes(Emit &e, Value tensor, int64_t axis);

} // namespace niello::model

#endif // NIELLO_DIALECTS_MODEL_SIZES_H
