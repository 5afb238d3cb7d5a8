// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

using namespace niello;
using namespace niello::model;

FailureOr<SmallVector<Value>> BroadcastOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Terms sizes = e.sizes(getMixedSizes());
  Aligned input = align(e, getInput(), sizes);
  AffineMap read = AffineMap::get(sizes.size(), 0, input.places, getContext());
  AffineMap write = builder.getMultiDimIdentityMap(sizes.size());
  Term init = e.empty(sizes, elementType(getInput()));
  return SmallVector<Value>{
      e.structured(input.value, {read, write}, init,
                   [&](Terms elements) { return elements[0]; })};
}
