// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace niello;
using namespace niello::model;

// erf(x / sqrt 2)
static Term exactPart(Emit &e, Term x) {
  Term scaled = x * 0.70710678118654752;
  return e.wrap(math::ErfOp::create(e.b, e.loc, scaled.value));
}

// tanh(sqrt(2 / pi) (x + 0.044715 x^3))
static Term tanhPart(Emit &e, Term x) {
  Term inner = 0.79788456080286536 * (x + 0.044715 * x * x * x);
  return e.wrap(math::TanhOp::create(e.b, e.loc, inner.value));
}

FailureOr<SmallVector<Value>> GeluOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type type = elementType(getInput()), wide = sumType(type);
  AffineMap each = builder.getMultiDimIdentityMap(rankOf(getInput()));
  Term init = e.empty(e.dims(getInput()), type);
  bool isExact = getApproximate() == Approximation::None;
  return SmallVector<Value>{
      e.structured(getInput(), {each, each}, init, [&](Terms elements) {
        Term x = e.cast(elements[0], wide);
        Term half = 0.5 * x;
        Term part = isExact ? exactPart(e, x) : tanhPart(e, x);
        return e.cast(half * (part + 1), type);
      })};
}
