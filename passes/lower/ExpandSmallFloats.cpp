// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conversions of bfloat16 and smaller floats, in integer arithmetic.

#include "passes/lower/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace niello {
#define GEN_PASS_DEF_EXPANDSMALLFLOATS
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

namespace {

// What follows the largest finite number.
enum class Top {
  Ieee,   ///< an exponent of its own for infinity and NaN
  Nan,    ///< one NaN, all bits set, no infinity (FN)
  None,   ///< the bits of -0 are the one NaN (FNUZ)
  Finite, ///< neither; what is too large becomes the greatest number
};

struct Format {
  unsigned exponentBits, mantissaBits;
  int bias;
  Top top;

  unsigned magnitudeBits() const { return exponentBits + mantissaBits; }
  /// The bits of infinity where there is one.
  int64_t infinity() const {
    return ((int64_t(1) << exponentBits) - 1) << mantissaBits;
  }
};

// Arithmetic on scalars or vectors of one shape.
class Bits {
public:
  Bits(OpBuilder &builder, Location loc, Type shape)
      : builder(builder), loc(loc), shape(shape) {}

  Type as(Type element) {
    if (auto vector = dyn_cast<VectorType>(shape))
      return vector.clone(element);
    return element;
  }
  Type word(unsigned bits = 32) { return as(builder.getIntegerType(bits)); }
  Type real() { return as(builder.getF32Type()); }

  Value constant(int64_t value, unsigned bits = 32) {
    auto type = builder.getIntegerType(bits);
    return splat(word(bits),
                 IntegerAttr::get(type, APInt(bits, value, true, true)));
  }
  Value constant(double value) {
    return splat(real(), builder.getF32FloatAttr(value));
  }
  Value cast(Type to, Value value) {
    return arith::BitcastOp::create(builder, loc, to, value);
  }
  template <typename Op, typename... Operands> Value op(Operands... operands) {
    return Op::create(builder, loc, operands...);
  }
  Value compare(arith::CmpIPredicate predicate, Value a, Value b) {
    return arith::CmpIOp::create(builder, loc, predicate, a, b);
  }
  Value greater(Value a, Value b) {
    return compare(arith::CmpIPredicate::ugt, a, b);
  }
  Value select(Value condition, Value a, Value b) {
    return arith::SelectOp::create(builder, loc, condition, a, b);
  }

private:
  Value splat(Type type, TypedAttr value) {
    if (auto vector = dyn_cast<VectorType>(type))
      value = DenseElementsAttr::get(vector, Attribute(value));
    return arith::ConstantOp::create(builder, loc, type, value);
  }
  OpBuilder &builder;
  Location loc;
  Type shape;
};

} // namespace

static std::optional<Format> findFormat(Type type) {
  if (isa<Float8E4M3FNType>(type))
    return Format{4, 3, 7, Top::Nan};
  if (isa<Float8E5M2Type>(type))
    return Format{5, 2, 15, Top::Ieee};
  if (isa<Float8E4M3FNUZType>(type))
    return Format{4, 3, 8, Top::None};
  if (isa<Float8E5M2FNUZType>(type))
    return Format{5, 2, 16, Top::None};
  if (isa<Float4E2M1FNType>(type))
    return Format{2, 1, 1, Top::Finite};
  if (isa<Float16Type>(type))
    return Format{5, 10, 15, Top::Ieee};
  return std::nullopt;
}

constexpr int64_t kInfinity32 = 0x7f800000;
constexpr int64_t kNan32 = 0x7fc00000;

// The value of `bits`, an i32, exactly: every such number is normal in f32.
static Value widen(Bits &b, Value bits, Format format) {
  unsigned m = format.mantissaBits, magnitudeBits = format.magnitudeBits();
  Value magnitude =
      b.op<arith::AndIOp>(bits, b.constant((int64_t(1) << magnitudeBits) - 1));
  Value sign = b.op<arith::ShLIOp>(
      b.op<arith::ShRUIOp>(bits, b.constant(int64_t(magnitudeBits))),
      b.constant(int64_t(31)));

  Value shifted = b.op<arith::ShLIOp>(magnitude, b.constant(int64_t(23 - m)));
  Value normal = b.op<arith::AddIOp>(
      shifted, b.constant(int64_t(127 - format.bias) << 23));
  // Below the normal numbers the bits count units of the last place.
  Value units = b.op<arith::UIToFPOp>(b.real(), magnitude);
  Value small =
      b.cast(b.word(),
             b.op<arith::MulFOp>(
                 units, b.constant(std::ldexp(1.0, 1 - format.bias - int(m)))));
  Value isNormal = b.greater(magnitude, b.constant((int64_t(1) << m) - 1));
  Value result = b.select(isNormal, normal, small);

  if (format.top == Top::Ieee) {
    Value special = b.op<arith::OrIOp>(shifted, b.constant(kInfinity32));
    result = b.select(b.greater(magnitude, b.constant(format.infinity() - 1)),
                      special, result);
  } else if (format.top == Top::Nan) {
    Value isNan = b.compare(arith::CmpIPredicate::eq, magnitude,
                            b.constant((int64_t(1) << magnitudeBits) - 1));
    result = b.select(isNan, b.constant(kNan32), result);
  } else if (format.top == Top::None) {
    Value isNan = b.compare(arith::CmpIPredicate::eq, bits,
                            b.constant(int64_t(1) << magnitudeBits));
    result = b.select(isNan, b.constant(kNan32), result);
  }
  return b.cast(b.real(), b.op<arith::OrIOp>(result, sign));
}

// The nearest number of the format as an i32 of its bits, ties to even. Too
// large a number becomes what the format has: infinity or NaN.
static Value narrow(Bits &b, Value value, Format format) {
  unsigned m = format.mantissaBits, shift = 23 - m;
  Value bits = b.cast(b.word(), value);
  Value sign = b.op<arith::ShRUIOp>(bits, b.constant(int64_t(31)));
  Value magnitude = b.op<arith::AndIOp>(bits, b.constant(int64_t(0x7fffffff)));

  // Normal: move the exponent, then add half a unit, less a bit where even.
  int64_t move = int64_t(127 - format.bias) << 23;
  Value moved = b.op<arith::SubIOp>(magnitude, b.constant(move));
  Value odd = b.op<arith::AndIOp>(
      b.op<arith::ShRUIOp>(moved, b.constant(int64_t(shift))),
      b.constant(int64_t(1)));
  Value half =
      b.op<arith::AddIOp>(moved, b.constant((int64_t(1) << (shift - 1)) - 1));
  Value normal = b.op<arith::ShRUIOp>(b.op<arith::AddIOp>(half, odd),
                                      b.constant(int64_t(shift)));
  // Below: added to a number whose last place is the format's smallest, f32's
  // own addition rounds.
  double magic = std::ldexp(1.0, int(shift) + 1 - format.bias);
  Value sum =
      b.op<arith::AddFOp>(b.cast(b.real(), magnitude), b.constant(magic));
  Value small = b.op<arith::SubIOp>(b.cast(b.word(), sum),
                                    b.cast(b.word(), b.constant(magic)));
  Value isNormal =
      b.greater(magnitude, b.constant((int64_t(128 - format.bias) << 23) - 1));
  Value result = b.select(isNormal, normal, small);

  int64_t greatest = (int64_t(1) << format.magnitudeBits()) - 1; // finite
  int64_t tooLarge = greatest + 1, nan = tooLarge;               // FNUZ
  if (format.top == Top::Nan) {
    greatest -= 1;
    tooLarge = nan = greatest + 1;
  } else if (format.top == Top::Ieee) {
    greatest = format.infinity() - 1;
    tooLarge = format.infinity();
    nan = tooLarge | (int64_t(1) << (m - 1));
  } else if (format.top == Top::Finite) {
    tooLarge = nan = greatest;
  }
  result = b.select(b.greater(result, b.constant(greatest)),
                    b.constant(tooLarge), result);
  // Of an infinity or a NaN the moved exponent means nothing.
  result = b.select(b.greater(magnitude, b.constant(kInfinity32 - 1)),
                    b.constant(tooLarge), result);
  result = b.select(b.greater(magnitude, b.constant(kInfinity32)),
                    b.constant(nan), result);
  Value signedBits = b.op<arith::OrIOp>(
      result,
      b.op<arith::ShLIOp>(sign, b.constant(int64_t(format.magnitudeBits()))));
  if (format.top != Top::None)
    return signedBits;
  // No negative zero, and the NaN carries the sign's bit alone.
  Value plain = b.op<arith::OrIOp>(
      b.compare(arith::CmpIPredicate::eq, result, b.constant(int64_t(0))),
      b.compare(arith::CmpIPredicate::eq, result, b.constant(nan)));
  return b.select(plain, result, signedBits);
}

// bfloat16 is the upper half of f32.
static Value narrowBf16(Bits &b, Value value) {
  Value bits = b.cast(b.word(), value);
  Value upper = b.op<arith::ShRUIOp>(bits, b.constant(int64_t(16)));
  Value odd = b.op<arith::AndIOp>(upper, b.constant(int64_t(1)));
  Value rounded = b.op<arith::ShRUIOp>(
      b.op<arith::AddIOp>(
          b.op<arith::AddIOp>(bits, b.constant(int64_t(0x7fff))), odd),
      b.constant(int64_t(16)));
  Value magnitude = b.op<arith::AndIOp>(bits, b.constant(int64_t(0x7fffffff)));
  Value quiet = b.op<arith::OrIOp>(upper, b.constant(int64_t(0x40)));
  return b.select(b.greater(magnitude, b.constant(kInfinity32)), quiet,
                  rounded);
}

// 2^(bits - 127), 255 is NaN, and 0 is a subnormal f32.
static Value widenE8M0(Bits &b, Value bits) {
  Value normal = b.op<arith::ShLIOp>(bits, b.constant(int64_t(23)));
  auto equals = [&](int64_t value) {
    return b.compare(arith::CmpIPredicate::eq, bits, b.constant(value));
  };
  Value result = b.select(equals(0), b.constant(int64_t(0x00400000)), normal);
  return b.cast(b.real(), b.select(equals(255), b.constant(kNan32), result));
}

// The nearest power of two, ties to the even exponent; NaN for what is
// negative or too large.
static Value narrowE8M0(Bits &b, Value value) {
  Value bits = b.cast(b.word(), value);
  Value odd =
      b.op<arith::AndIOp>(b.op<arith::ShRUIOp>(bits, b.constant(int64_t(23))),
                          b.constant(int64_t(1)));
  Value half = b.op<arith::AddIOp>(bits, b.constant(int64_t(0x3fffff)));
  Value rounded = b.op<arith::ShRUIOp>(b.op<arith::AddIOp>(half, odd),
                                       b.constant(int64_t(23)));
  // The sign is the highest bit of what is left.
  return b.select(b.greater(rounded, b.constant(int64_t(254))),
                  b.constant(int64_t(255)), rounded);
}

// f64 to f32, towards the odd neighbour unless exact: what is then rounded to
// far fewer bits is rounded as if at once.
static Value roundToOdd(Bits &b, Value value) {
  Type wide = value.getType();
  Value near = b.op<arith::TruncFOp>(b.real(), value);
  Value back = b.op<arith::ExtFOp>(wide, near);
  auto magnitude = [&](Value v) {
    return b.op<arith::AndIOp>(
        b.cast(b.word(64), v),
        b.constant(std::numeric_limits<int64_t>::max(), 64));
  };
  Value bits = b.cast(b.word(), near);
  Value above = b.greater(magnitude(back), magnitude(value));
  Value inexact = b.op<arith::CmpFOp>(arith::CmpFPredicate::ONE, back, value);
  // Towards zero first, where both neighbours are then known.
  Value below =
      b.select(above, b.op<arith::SubIOp>(bits, b.constant(int64_t(1))), bits);
  Value odd = b.op<arith::OrIOp>(below, b.constant(int64_t(1)));
  return b.cast(b.real(), b.select(inexact, odd, bits));
}

// extf small -> f32 in integers; to another type by way of f32, exactly.
template <bool expandF16>
static LogicalResult expandExtF(arith::ExtFOp op, PatternRewriter &rewriter) {
  Type from = getElementTypeOrSelf(op.getIn());
  Type to = getElementTypeOrSelf(op.getType());
  std::optional<Format> format = findFormat(from);
  bool expands = (format && (expandF16 || !from.isF16())) || from.isBF16() ||
                 isa<Float8E8M0FNUType>(from);
  if (!expands)
    return rewriter.notifyMatchFailure(op, "the target converts this type");
  Bits b(rewriter, op.getLoc(), op.getType());
  Value raw = b.cast(b.word(from.getIntOrFloatBitWidth()), op.getIn());
  Value bits = b.op<arith::ExtUIOp>(b.word(), raw);
  Value result;
  if (from.isBF16())
    result =
        b.cast(b.real(), b.op<arith::ShLIOp>(bits, b.constant(int64_t(16))));
  else if (isa<Float8E8M0FNUType>(from))
    result = widenE8M0(b, bits);
  else
    result = widen(b, bits, *format);
  if (to.isF64())
    result = b.op<arith::ExtFOp>(op.getType(), result);
  else if (!to.isF32())
    result = b.op<arith::TruncFOp>(op.getType(), result);
  rewriter.replaceOp(op, result);
  return success();
}

// truncf f32 -> small in integers; from another type by way of f32.
template <bool expandF16>
static LogicalResult expandTruncF(arith::TruncFOp op,
                                  PatternRewriter &rewriter) {
  Type from = getElementTypeOrSelf(op.getIn());
  Type to = getElementTypeOrSelf(op.getType());
  std::optional<Format> format = findFormat(to);
  bool power = isa<Float8E8M0FNUType>(to);
  if (!format && !to.isBF16() && !power)
    return rewriter.notifyMatchFailure(op, "the target converts this type");
  Bits b(rewriter, op.getLoc(), op.getType());
  Value value = op.getIn();
  if (from.isF64())
    value = roundToOdd(b, value);
  else if (!from.isF32())
    value = b.op<arith::ExtFOp>(b.real(), value);
  if (to.isF16() && !expandF16) {
    if (value == op.getIn())
      return rewriter.notifyMatchFailure(op, "the target converts this type");
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, op.getType(), value);
    return success();
  }
  Value bits = to.isBF16() ? narrowBf16(b, value)
               : power     ? narrowE8M0(b, value)
                           : narrow(b, value, *format);
  Value raw = b.op<arith::TruncIOp>(b.word(to.getIntOrFloatBitWidth()), bits);
  rewriter.replaceOp(op, b.cast(op.getType(), raw));
  return success();
}

namespace {
struct ExpandSmallFloats
    : niello::impl::ExpandSmallFloatsBase<ExpandSmallFloats> {
  using Base::Base;
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    if (f16)
      patterns.add(expandExtF<true>).add(expandTruncF<true>);
    else
      patterns.add(expandExtF<false>).add(expandTruncF<false>);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
  }
};
} // namespace
