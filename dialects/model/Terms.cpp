// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Terms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace niello;
using namespace niello::model;

template <typename FloatOp, typename IntegerOp>
static Term binary(Term a, Term b) {
  OpBuilder &builder = a.emit->b;
  Location loc = a.emit->loc;
  if (a.isFloat())
    return {*a.emit, builder.createOrFold<FloatOp>(loc, a.value, b.value)};
  return {*a.emit, builder.createOrFold<IntegerOp>(loc, a.value, b.value)};
}

static Term compare(Term a, Term b, arith::CmpFPredicate floats,
                    arith::CmpIPredicate integers) {
  OpBuilder &builder = a.emit->b;
  Location loc = a.emit->loc;
  if (a.isFloat())
    return {*a.emit,
            builder.createOrFold<arith::CmpFOp>(loc, floats, a.value, b.value)};
  return {*a.emit,
          builder.createOrFold<arith::CmpIOp>(loc, integers, a.value, b.value)};
}

namespace niello::model {

Term Term::like(double constant) const {
  return emit->constant(getType(), constant);
}

Term operator+(Term a, Term b) {
  return binary<arith::AddFOp, arith::AddIOp>(a, b);
}
Term operator-(Term a, Term b) {
  return binary<arith::SubFOp, arith::SubIOp>(a, b);
}
Term operator*(Term a, Term b) {
  return binary<arith::MulFOp, arith::MulIOp>(a, b);
}
Term operator/(Term a, Term b) {
  return binary<arith::DivFOp, arith::DivSIOp>(a, b);
}
Term operator%(Term a, Term b) {
  return binary<arith::RemFOp, arith::RemSIOp>(a, b);
}
Term operator&(Term a, Term b) {
  return {*a.emit,
          a.emit->b.createOrFold<arith::AndIOp>(a.emit->loc, a.value, b.value)};
}
Term operator|(Term a, Term b) {
  return {*a.emit,
          a.emit->b.createOrFold<arith::OrIOp>(a.emit->loc, a.value, b.value)};
}
Term operator<(Term a, Term b) {
  return compare(a, b, arith::CmpFPredicate::OLT, arith::CmpIPredicate::slt);
}
Term operator<=(Term a, Term b) {
  return compare(a, b, arith::CmpFPredicate::OLE, arith::CmpIPredicate::sle);
}
Term operator>(Term a, Term b) {
  return compare(a, b, arith::CmpFPredicate::OGT, arith::CmpIPredicate::sgt);
}
Term operator>=(Term a, Term b) {
  return compare(a, b, arith::CmpFPredicate::OGE, arith::CmpIPredicate::sge);
}
Term operator==(Term a, Term b) {
  return compare(a, b, arith::CmpFPredicate::OEQ, arith::CmpIPredicate::eq);
}
Term operator!=(Term a, Term b) {
  return compare(a, b, arith::CmpFPredicate::UNE, arith::CmpIPredicate::ne);
}
Term operator!(Term a) {
  Term yes = a.emit->boolean(true);
  return {*a.emit, a.emit->b.createOrFold<arith::XOrIOp>(a.emit->loc, a.value,
                                                         yes.value)};
}

Term select(Term condition, Term then, Term otherwise) {
  Emit &e = *condition.emit;
  return {e, e.b.createOrFold<arith::SelectOp>(e.loc, condition.value,
                                               then.value, otherwise.value)};
}

Term minimum(Term a, Term b, bool isSigned) {
  if (isSigned)
    return binary<arith::MinimumFOp, arith::MinSIOp>(a, b);
  return binary<arith::MinimumFOp, arith::MinUIOp>(a, b);
}

Term maximum(Term a, Term b, bool isSigned) {
  if (isSigned)
    return binary<arith::MaximumFOp, arith::MaxSIOp>(a, b);
  return binary<arith::MaximumFOp, arith::MaxUIOp>(a, b);
}

// a / b rounds towards zero: one less where that went up.
Term floorDiv(Term a, Term b) {
  Term remainder = a % b;
  return a / b - a.emit->cast(remainder < 0, a.getType(), false);
}

Term ceilDiv(Term a, Term b) {
  Term remainder = a % b;
  return a / b + a.emit->cast(remainder > 0, a.getType(), false);
}

Term floor(Term x) {
  return {*x.emit, x.emit->b.createOrFold<math::FloorOp>(x.emit->loc, x.value)};
}
Term ceil(Term x) {
  return {*x.emit, x.emit->b.createOrFold<math::CeilOp>(x.emit->loc, x.value)};
}
Term sqrt(Term x) {
  return {*x.emit, x.emit->b.createOrFold<math::SqrtOp>(x.emit->loc, x.value)};
}
Term exp(Term x) {
  return {*x.emit, x.emit->b.createOrFold<math::ExpOp>(x.emit->loc, x.value)};
}
Term abs(Term x) {
  if (!x.isFloat())
    return select(x < 0, 0 - x, x);
  return {*x.emit, x.emit->b.createOrFold<math::AbsFOp>(x.emit->loc, x.value)};
}
Term pow(Term x, Term y) {
  return {*x.emit,
          x.emit->b.createOrFold<math::PowFOp>(x.emit->loc, x.value, y.value)};
}

} // namespace niello::model

Term Emit::index(int64_t value) { return integer(b.getIndexType(), value); }

Term Emit::integer(Type type, int64_t value) {
  // Truncating: 255 is a fine i8.
  unsigned width = type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
  auto attribute =
      b.getIntegerAttr(type, APInt(64, value, /*isSigned=*/true).trunc(width));
  return wrap(arith::ConstantOp::create(b, loc, attribute));
}

int64_t model::nearestInteger(double value) {
  bool exact;
  llvm::APSInt integer(64, /*isUnsigned=*/false);
  APFloat(value).convertToInteger(integer, APFloat::rmTowardZero, &exact);
  return integer.getSExtValue();
}

Term Emit::constant(Type type, double value) {
  if (isa<FloatType>(type))
    return wrap(arith::ConstantOp::create(b, loc, b.getFloatAttr(type, value)));
  return integer(type, nearestInteger(value));
}

Term Emit::boolean(bool value) { return integer(b.getI1Type(), value); }

static Term extreme(Emit &e, Type type, bool isSigned, bool low) {
  if (auto floating = dyn_cast<FloatType>(type)) {
    const llvm::fltSemantics &semantics = floating.getFloatSemantics();
    APFloat value = APFloat::semanticsHasInf(semantics)
                        ? APFloat::getInf(semantics, low)
                        : APFloat::getLargest(semantics, low);
    return e.wrap(
        arith::ConstantOp::create(e.b, e.loc, e.b.getFloatAttr(type, value)));
  }
  unsigned width = type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
  APInt value =
      low ? (isSigned ? APInt::getSignedMinValue(width) : APInt::getZero(width))
          : (isSigned ? APInt::getSignedMaxValue(width)
                      : APInt::getMaxValue(width));
  return e.wrap(
      arith::ConstantOp::create(e.b, e.loc, e.b.getIntegerAttr(type, value)));
}

Term Emit::lowest(Type type, bool isSigned) {
  return extreme(*this, type, isSigned, /*low=*/true);
}
Term Emit::highest(Type type, bool isSigned) {
  return extreme(*this, type, isSigned, /*low=*/false);
}

static Value castFloat(Emit &e, Value x, FloatType to) {
  unsigned from = x.getType().getIntOrFloatBitWidth();
  // Between bf16 and f16 the way is through f32.
  if (from == to.getWidth())
    return e.b.createOrFold<arith::TruncFOp>(e.loc, to,
                                             castFloat(e, x, e.b.getF32Type()));
  if (from < to.getWidth())
    return e.b.createOrFold<arith::ExtFOp>(e.loc, to, x);
  return e.b.createOrFold<arith::TruncFOp>(e.loc, to, x);
}

static Value castInteger(Emit &e, Value x, Type to, bool isSigned) {
  Type from = x.getType();
  if (from.isIndex() || to.isIndex()) {
    if (isSigned && !from.isInteger(1))
      return e.b.createOrFold<arith::IndexCastOp>(e.loc, to, x);
    return e.b.createOrFold<arith::IndexCastUIOp>(e.loc, to, x);
  }
  if (from.getIntOrFloatBitWidth() > to.getIntOrFloatBitWidth())
    return e.b.createOrFold<arith::TruncIOp>(e.loc, to, x);
  if (isSigned && !from.isInteger(1))
    return e.b.createOrFold<arith::ExtSIOp>(e.loc, to, x);
  return e.b.createOrFold<arith::ExtUIOp>(e.loc, to, x);
}

Term Emit::cast(Term x, Type type, bool isSigned) {
  Type from = x.getType();
  if (from == type)
    return x;
  auto to = dyn_cast<FloatType>(type);
  if (x.isFloat() && to)
    return wrap(castFloat(*this, x, to));
  if (!x.isFloat() && !to)
    return wrap(castInteger(*this, x, type, isSigned));
  if (from.isIndex())
    return cast(cast(x, b.getI64Type()), type);
  if (type.isIndex())
    return cast(cast(x, b.getI64Type()), type);
  if (to && (from.isInteger(1) || !isSigned))
    return wrap(b.createOrFold<arith::UIToFPOp>(loc, type, x.value));
  if (to)
    return wrap(b.createOrFold<arith::SIToFPOp>(loc, type, x.value));
  if (isSigned)
    return wrap(b.createOrFold<arith::FPToSIOp>(loc, type, x.value));
  return wrap(b.createOrFold<arith::FPToUIOp>(loc, type, x.value));
}

Type niello::model::sumType(Type element) {
  if (isa<FloatType>(element) && element.getIntOrFloatBitWidth() < 32)
    return Float32Type::get(element.getContext());
  return element;
}

std::optional<int64_t> niello::model::constantOf(Value value) {
  APInt constant;
  if (value && matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  return std::nullopt;
}
