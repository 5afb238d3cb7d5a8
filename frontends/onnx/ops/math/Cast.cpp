// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cast between element types, as the ONNX table of Cast says: float to integer
// truncates (saturating at the ends, so that no input is undefined), anything
// to bool is `!= 0`, to float8 saturates or overflows to NaN/inf.

#include "frontends/onnx/ops/Emit.h"

#include "dialects/model/Terms.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

Value constant(ImplicitLocOpBuilder &b, Type type, const APInt &bits) {
  return arith::ConstantOp::create(b, b.getIntegerAttr(type, bits));
}

Value toBool(ImplicitLocOpBuilder &b, Value value, DType from) {
  if (isFloat(from))
    return arith::CmpFOp::create(
        b, arith::CmpFPredicate::UNE, value,
        arith::ConstantOp::create(b, b.getFloatAttr(value.getType(), 0)));
  return arith::CmpIOp::create(
      b, arith::CmpIPredicate::ne, value,
      constant(b, value.getType(),
               APInt::getZero(value.getType().getIntOrFloatBitWidth())));
}

/// Through a 64-bit integer, then wrapped to the target's width as numpy does
/// for what fits 64 bits; NaN gives 0 and what does not fit the nearest end.
Value floatToInteger(ImplicitLocOpBuilder &b, Value value, DType to,
                     Type type) {
  Type wide = b.getI64Type();
  bool isUnsigned = to == DType::UInt64;
  APInt lowest = isUnsigned ? APInt::getZero(64) : APInt::getSignedMinValue(64);
  APInt highest =
      isUnsigned ? APInt::getMaxValue(64) : APInt::getSignedMaxValue(64);
  double lowF = isUnsigned ? 0.0 : -9223372036854775808.0;
  double highF = isUnsigned ? 18446744073709551616.0 : 9223372036854775808.0;
  if (value.getType().getIntOrFloatBitWidth() < 32)
    value = arith::ExtFOp::create(b, b.getF32Type(), value);
  auto bound = [&](double x) {
    return arith::ConstantOp::create(b, b.getFloatAttr(value.getType(), x));
  };
  auto compare = [&](arith::CmpFPredicate predicate, double x) -> Value {
    return arith::CmpFOp::create(b, predicate, value, bound(x));
  };
  Value below = compare(arith::CmpFPredicate::OLT, lowF);
  Value above = compare(arith::CmpFPredicate::OGE, highF);
  Value isNaN =
      arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, value, value);
  Value outside =
      arith::OrIOp::create(b, arith::OrIOp::create(b, below, above), isNaN);
  Value safe = arith::SelectOp::create(b, outside, bound(0), value);
  Value inside = isUnsigned
                     ? arith::FPToUIOp::create(b, wide, safe).getResult()
                     : arith::FPToSIOp::create(b, wide, safe).getResult();
  Value out =
      arith::SelectOp::create(b, below, constant(b, wide, lowest), inside);
  out = arith::SelectOp::create(b, above, constant(b, wide, highest), out);
  if (type != wide)
    out = arith::TruncIOp::create(b, type, out);
  return out;
}

/// Between f16 and bf16 the way is through f32.
Value floatToFloat(ImplicitLocOpBuilder &b, Value value, Type type) {
  model::Emit e(b, b.getLoc());
  return e.cast(e.wrap(value), type);
}

/// Cast's attributes; empty where they make no sense.
FailureOr<Narrowing> narrowing(Node &node, std::string &rounding) {
  rounding = node.stringAttr("round_mode", "up");
  if (rounding != "up" && rounding != "down" && rounding != "nearest")
    return node.bad("needs round_mode up, down or nearest, but got " +
                    rounding);
  return Narrowing{node.intAttr("saturate", 1) != 0, rounding};
}

LogicalResult castInput(Node &node, DType to) {
  std::string rounding;
  auto how = narrowing(node, rounding);
  if (failed(how))
    return failure();
  if (!elementType(node.b.getContext(), to))
    return node.refuse("to " + dtypeName(to) + " has no compiled form");
  return node.result(0, castTo(node, node.tensor(0), to, *how));
}

LogicalResult importCast(Node &node) {
  if (auto *to = node.attribute("to"); to && !to->s().empty()) // opset 1
    return node.refuse("the type's name as a string; opset 6 has a number");
  return castInput(node, static_cast<DType>(node.intAttr("to", 0)));
}

LogicalResult importCastLike(Node &node) {
  return castInput(node, node.dtype(1));
}

LogicalResult importBitCast(Node &node) {
  Tensor &input = node.tensor(0);
  auto to = static_cast<DType>(node.intAttr("to", 0));
  Type type = elementType(node.b.getContext(), to);
  if (!type)
    return node.refuse("to " + dtypeName(to) + " has no compiled form");
  if (storageBits(to) != storageBits(input.dtype))
    return node.bad("needs types of one width, but got " +
                    dtypeName(input.dtype) + " and " + dtypeName(to));
  // A bool is a byte of 0 or 1 in ONNX, and one bit here.
  if (to == DType::Bool || input.dtype == DType::Bool)
    return node.result(0, castTo(node, input, to));
  Tensor out;
  out.value = node.value(input);
  out.dtype = to;
  out.dims = input.dims;
  if (type != node.elementType(0))
    out.value = arith::BitcastOp::create(node.b, node.loc,
                                         typeOf(input.dims, type), out.value);
  return node.result(0, out);
}

const Registration table[] = {
    {"", "Cast", importCast, everything},
    {"", "CastLike", importCastLike, everything},
    {"", "BitCast", importBitCast, everything},
};

} // namespace

Value castScalar(ImplicitLocOpBuilder &b, Value value, DType from, DType to,
                 Narrowing how) {
  Type type = elementType(b.getContext(), to);
  if (from == to)
    return value;
  model::Emit e(b, b.getLoc());
  if (isNarrowFloat(from))
    return castScalar(b, widenFloat(e.wrap(value), from), DType::Float, to,
                      how);
  if (isNarrowFloat(to) && !isFloat(from))
    return castScalar(b, castScalar(b, value, from, DType::Float), DType::Float,
                      to, how);
  if (isNarrowFloat(to))
    return narrowFloat(e.wrap(value), to, how);
  if (to == DType::Bool)
    return toBool(b, value, from);
  if (from == DType::Bool && isFloat(to))
    return arith::UIToFPOp::create(b, type, value);
  if (from == DType::Bool)
    return arith::ExtUIOp::create(b, type, value);
  if (isFloat(from) && isFloat(to))
    return floatToFloat(b, value, type);
  if (isFloat(from))
    return floatToInteger(b, value, to, type);
  if (isFloat(to)) {
    if (isUnsignedInteger(from))
      return arith::UIToFPOp::create(b, type, value);
    return arith::SIToFPOp::create(b, type, value);
  }
  unsigned fromBits = value.getType().getIntOrFloatBitWidth();
  unsigned toBits = type.getIntOrFloatBitWidth();
  if (fromBits > toBits)
    return arith::TruncIOp::create(b, type, value);
  if (fromBits == toBits)
    return value;
  if (isUnsignedInteger(from))
    return arith::ExtUIOp::create(b, type, value);
  return arith::ExtSIOp::create(b, type, value);
}

/// Between bool and integers, numbers known at compile time stay known.
static std::optional<Tensor> castKnownBool(Node &node, Tensor &tensor,
                                           DType to) {
  bool toBool = to == DType::Bool;
  DType integer = toBool ? tensor.dtype : to;
  if (!tensor.elements || (!toBool && tensor.dtype != DType::Bool) ||
      (integer != DType::Int64 && integer != DType::Int32))
    return std::nullopt;
  Tensor out = tensor;
  out.value = Value();
  out.dtype = to;
  for (Size &size : *out.elements) {
    auto c = Sizes::asConstant(size);
    if (!c)
      return std::nullopt;
    size = node.sizes.constant(toBool ? *c != 0 : *c);
  }
  return out;
}

Tensor castTo(Node &node, Tensor &tensor, DType to, Narrowing how) {
  if (tensor.dtype == to)
    return tensor;
  auto keepsElements = [](DType dtype) {
    return dtype == DType::Int64 || dtype == DType::Int32;
  };
  if (tensor.elements && keepsElements(tensor.dtype) && keepsElements(to)) {
    Tensor out = tensor;
    out.value = Value();
    out.dtype = to;
    for (Size &size : *out.elements)
      if (auto c = Sizes::asConstant(size))
        size = node.sizes.constant(wrapped(*c, to));
    return out;
  }
  DType from = tensor.dtype;
  if (std::optional<Tensor> known = castKnownBool(node, tensor, to))
    return *known;
  auto out = elementwise(node, tensor, to, [&](auto &b, auto args) {
    return castScalar(b, args[0], from, to, how);
  });
  return *out; // one input always broadcasts
}

ArrayRef<Registration> castOps() { return table; }

} // namespace niello::onnx_frontend
