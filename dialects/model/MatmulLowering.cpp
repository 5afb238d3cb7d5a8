// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

// How an operand [batch.., row, column] is read at (batch.., m, n, k) of the
// loops, where `sizes` are those of the operand stretched to all batches.
static AffineMap readAt(OpBuilder &builder, const Aligned &operand,
                        int64_t batches, AffineExpr row, AffineExpr column) {
  SmallVector<AffineExpr> loops;
  for (int64_t i : llvm::seq(batches))
    loops.push_back(builder.getAffineDimExpr(i));
  loops.append({row, column});
  SmallVector<AffineExpr> places;
  for (AffineExpr place : operand.places)
    places.push_back(place.replaceDims(loops));
  return AffineMap::get(batches + 3, 0, places, builder.getContext());
}

// operand - zero, in the result's type.
static Term withoutZero(Emit &e, Term element, Term zero, Type type,
                        bool isSigned) {
  Term wide = e.cast(element, type, isSigned);
  return zero ? wide - e.cast(zero, type, isSigned) : wide;
}

FailureOr<SmallVector<Value>> MatmulOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Terms sizes = resultSizes(e, *this);
  int64_t batches = sizes.size() - 2;
  AffineExpr m = builder.getAffineDimExpr(batches);
  AffineExpr n = builder.getAffineDimExpr(batches + 1);
  AffineExpr k = builder.getAffineDimExpr(batches + 2);
  Term depth = e.dim(getLhs(), rankOf(getLhs()) - 1);
  e.requireEqual(depth, e.dim(getRhs(), rankOf(getRhs()) - 2),
                 "matmul needs equal inner sizes, but got {0} and {1}");

  Terms left = sizes, right = sizes;
  left.back() = depth;
  right[batches] = depth;
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  auto addInput = [&](Value operand, ArrayRef<Term> stretched, AffineExpr row,
                      AffineExpr column) {
    if (!operand)
      return;
    Aligned aligned = align(e, operand, stretched);
    inputs.push_back(aligned.value);
    maps.push_back(readAt(builder, aligned, batches, row, column));
  };
  addInput(getLhs(), left, m, k);
  // An inner size of 1 is no stretched dimension: the sum runs along it, and
  // linalg wants every loop to be along some operand.
  SmallVector<AffineExpr> places(maps.back().getResults());
  places.back() = k;
  maps.back() = AffineMap::get(batches + 3, 0, places, getContext());
  addInput(getRhs(), right, k, n);
  addInput(getLhsZero(), left, m, k);
  addInput(getRhsZero(), right, k, n);
  maps.push_back(AffineMap::getMultiDimIdentityMap(batches + 3, getContext())
                     .dropResult(batches + 2));

  Type type = elementType(getResult()), sum = sumType(type);
  Term init = e.filled(sizes, e.constant(sum, 0));
  Term product = e.structured(inputs, maps, init, [&](Terms elements) {
    Term lhsZero, rhsZero;
    if (getLhsZero())
      lhsZero = elements[2];
    if (getRhsZero())
      rhsZero = elements[elements.size() - 2];
    Term a = withoutZero(e, elements[0], lhsZero, sum, getSignedLhs());
    Term b = withoutZero(e, elements[1], rhsZero, sum, getSignedRhs());
    return elements.back() + a * b;
  });
  return SmallVector<Value>{e.castElements(product, type)};
}
