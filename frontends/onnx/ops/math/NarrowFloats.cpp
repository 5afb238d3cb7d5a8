// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/ops/math/NarrowFloats.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace niello::onnx_frontend {
using model::Emit;
using model::Term;

bool isNarrowFloat(DType dtype) {
  return isFloat(dtype) && storageBits(dtype) < 16;
}

static Term bitcast(Term x, Type type) {
  return x.emit->wrap(
      x.emit->b.createOrFold<arith::BitcastOp>(x.emit->loc, type, x.value));
}

static Term shiftLeft(Term x, int64_t by) {
  Emit &e = *x.emit;
  return e.wrap(
      arith::ShLIOp::create(e.b, e.loc, x, e.integer(x.getType(), by)));
}

static Term shiftRight(Term x, int64_t by) {
  Emit &e = *x.emit;
  return e.wrap(
      arith::ShRUIOp::create(e.b, e.loc, x, e.integer(x.getType(), by)));
}

// Magnitudes 0 to 7 are 0, 0.5, 1, 1.5, 2, 3, 4, 6; bit 3 is the sign. From 1
// on they have an exponent of bias 1 and one bit of mantissa.
static Term widenFloat4(Term x) {
  Emit &e = *x.emit;
  Type word = e.b.getI32Type(), real = e.b.getF32Type();
  Term bits = e.cast(bitcast(x, e.b.getIntegerType(4)), word, false);
  Term magnitude = bits & e.integer(word, 7);
  Term normal = bitcast(
      shiftLeft(magnitude, 22) + e.integer(word, int64_t(126) << 23), real);
  Term small = e.cast(magnitude, real) * 0.5;
  Term value = select(magnitude < 2, small, normal);
  return select(bits >= 8, 0 - value, value);
}

// The magnitude's number is how many midpoints lie below; a tie goes to the
// even number. What is too large becomes 6, NaN becomes 0.
static Term narrowFloat4(Term x) {
  static const double midpoints[] = {0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5};
  Emit &e = *x.emit;
  Type byte = e.b.getI8Type();
  Term magnitude = abs(x), code = e.integer(byte, 0);
  for (auto [i, midpoint] : llvm::enumerate(midpoints)) {
    Term isAbove = i % 2 ? magnitude >= midpoint : magnitude > midpoint;
    code = code + e.cast(isAbove, byte, false);
  }
  Term isNegative = bitcast(x, e.b.getI32Type()) < 0;
  code = select(isNegative, code + 8, code);
  return bitcast(e.cast(code, e.b.getIntegerType(4)),
                 Float4E2M1FNType::get(e.b.getContext()));
}

// The exponent of an f32, one more where the mantissa rounds up; infinity and
// NaN are NaN.
static Term narrowFloat8E8M0(Term x, Narrowing how) {
  Emit &e = *x.emit;
  Type word = e.b.getI32Type();
  Term bits = bitcast(x, word);
  Term exponent = shiftRight(bits, 23) & e.integer(word, 0xff);
  Term fraction = bits & e.integer(word, 0x7fffff);
  constexpr int64_t half = 0x400000;
  Term goesUp = e.boolean(false);
  if (how.rounding == "up")
    goesUp = fraction != 0;
  else if (how.rounding == "nearest")
    goesUp = (fraction > half) | ((fraction == half) & (exponent > 0));
  goesUp = goesUp & (exponent < (how.saturate ? 254 : 255));
  Term code = exponent + e.cast(goesUp, word, false);
  return bitcast(e.cast(code, e.b.getI8Type()),
                 Float8E8M0FNUType::get(e.b.getContext()));
}

Term widenFloat(Term x, DType from) {
  if (from == DType::Float4E2M1)
    return widenFloat4(x);
  return x.emit->cast(x, x.emit->b.getF32Type());
}

Term narrowFloat(Term x, DType to, Narrowing how) {
  Emit &e = *x.emit;
  if (to == DType::Float4E2M1)
    return narrowFloat4(e.cast(x, e.b.getF32Type()));
  if (to == DType::Float8E8M0)
    return narrowFloat8E8M0(e.cast(x, e.b.getF32Type()), how);
  auto type = cast<FloatType>(elementType(e.b.getContext(), to));
  if (how.saturate) { // a NaN stays one
    double largest =
        APFloat::getLargest(type.getFloatSemantics()).convertToDouble();
    if (x.getType().isF16() && largest > 65504)
      largest = 65504;
    x = minimum(maximum(x, x.like(-largest)), x.like(largest));
  }
  return e.cast(x, type);
}

} // namespace niello::onnx_frontend
