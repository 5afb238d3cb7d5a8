// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators on several operands, element by element after numpy broadcasting.

#include "frontends/onnx/ops/Emit.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

/// The inputs, with the one-sided broadcasting of opsets before 7 (attributes
/// `broadcast` and `axis`) turned into a trailing one.
FailureOr<SmallVector<Tensor>> operands(Node &node) {
  SmallVector<Tensor> tensors;
  for (unsigned i = 0; i < node.numInputs(); ++i)
    if (node.has(i))
      tensors.push_back(node.tensor(i));
  if (node.opset < 7 && tensors.size() == 2 && node.attribute("axis")) {
    SmallVector<Size> dims(tensors[1].dims);
    auto axis = node.axis(node.intAttr("axis", 0), tensors[0].rank());
    if (failed(axis))
      return failure();
    while (int64_t(dims.size()) + *axis < tensors[0].rank())
      dims.push_back(node.sizes.constant(1));
    auto aligned = reshape(node, tensors[1], dims);
    if (failed(aligned))
      return failure();
    tensors[1] = *aligned;
  }
  return tensors;
}

using OnSizes = Size (*)(Sizes &, Size, Size);
using OnNumbers = int64_t (*)(int64_t, int64_t);

/// Shape arithmetic: both sides known number by number stay so. Two constants
/// may be any numbers, which wrap as the type does; sizes never get there.
bool foldElements(Node &node, OnSizes onSizes, OnNumbers onNumbers) {
  DType dtype = node.dtype(0);
  Tensor &lhs = node.tensor(0), &rhs = node.tensor(1);
  if (!lhs.elements || !rhs.elements)
    return false;
  size_t n = lhs.elements->size(), m = rhs.elements->size();
  if (n != m && n != 1 && m != 1)
    return false;
  SmallVector<Size> out;
  for (size_t i = 0; i < (n == 1 ? m : n); ++i) {
    Size a = (*lhs.elements)[n == 1 ? 0 : i];
    Size b = (*rhs.elements)[m == 1 ? 0 : i];
    auto ca = Sizes::asConstant(a), cb = Sizes::asConstant(b);
    out.push_back(ca && cb
                      ? node.sizes.constant(wrapped(onNumbers(*ca, *cb), dtype))
                      : onSizes(node.sizes, a, b));
  }
  ArrayRef<Size> dims =
      n == 1 && (m != 1 || lhs.rank() < rhs.rank()) ? rhs.dims : lhs.dims;
  (void)node.resultElements(0, dtype, dims, out);
  return true;
}

/// Comparisons and logic of shape code: constants decide them now, so that an
/// If on a rank or a fixed size keeps one branch.
bool foldNumbers(Node &node, OnNumbers op) {
  Tensor &lhs = node.tensor(0), &rhs = node.tensor(1);
  if (!lhs.elements || !rhs.elements || lhs.dtype == DType::UInt64 ||
      lhs.elements->size() != rhs.elements->size())
    return false;
  SmallVector<Size> out;
  for (auto [a, b] : llvm::zip(*lhs.elements, *rhs.elements)) {
    auto ca = Sizes::asConstant(a), cb = Sizes::asConstant(b);
    if (!ca || !cb)
      return false;
    out.push_back(node.sizes.constant(op(*ca, *cb)));
  }
  ArrayRef<Size> dims = lhs.rank() < rhs.rank() ? rhs.dims : lhs.dims;
  (void)node.resultElements(0, DType::Bool, dims, out);
  return true;
}

template <typename FloatOp, typename SignedOp, typename UnsignedOp>
Value pick(ImplicitLocOpBuilder &b, DType dtype, ValueRange args) {
  if (isFloat(dtype))
    return FloatOp::create(b, args[0], args[1]);
  if (isUnsignedInteger(dtype))
    return UnsignedOp::create(b, args[0], args[1]);
  return SignedOp::create(b, args[0], args[1]);
}

/// As onTensors, for comparisons and xor of integers. MLIR folds those of a
/// value with itself to a constant of the whole tensor, which has no form where
/// a size is free: there they are written by the element.
FailureOr<Tensor> onKnownTensors(Node &node, MutableArrayRef<Tensor> inputs,
                                 DType resultType, Body body) {
  bool isKnown = llvm::all_of(inputs, [](const Tensor &input) {
    return llvm::all_of(input.dims,
                        [](Size size) { return Sizes::asConstant(size); });
  });
  return (isKnown ? onTensors : elementwise)(node, inputs, resultType, body);
}

/// A chain of a binary operator over all inputs (Max and Min take any number).
template <typename FloatOp, typename SignedOp, typename UnsignedOp>
LogicalResult importBinary(Node &node) {
  auto inputs = operands(node);
  if (failed(inputs))
    return failure();
  DType dtype = (*inputs)[0].dtype;
  constexpr bool isXor = std::is_same_v<SignedOp, arith::XOrIOp>;
  auto on = isXor ? onKnownTensors : onTensors;
  auto out = on(node, *inputs, dtype, [&](auto &b, auto args) {
    Value all = args[0];
    for (Value next : args.drop_front())
      all = pick<FloatOp, SignedOp, UnsignedOp>(b, dtype, {all, next});
    return all;
  });
  return failed(out) ? failure() : node.result(0, *out);
}

LogicalResult importAdd(Node &node) {
  if (node.numInputs() == 2 &&
      foldElements(
          node, [](Sizes &s, Size a, Size b) { return s.add(a, b); },
          [](int64_t a, int64_t b) { return int64_t(uint64_t(a) + b); }))
    return success();
  return importBinary<arith::AddFOp, arith::AddIOp, arith::AddIOp>(node);
}

LogicalResult importSub(Node &node) {
  if (foldElements(
          node, [](Sizes &s, Size a, Size b) { return s.sub(a, b); },
          [](int64_t a, int64_t b) { return int64_t(uint64_t(a) - b); }))
    return success();
  return importBinary<arith::SubFOp, arith::SubIOp, arith::SubIOp>(node);
}

LogicalResult importMul(Node &node) {
  if (foldElements(
          node, [](Sizes &s, Size a, Size b) { return s.mul(a, b); },
          [](int64_t a, int64_t b) { return int64_t(uint64_t(a) * b); }))
    return success();
  return importBinary<arith::MulFOp, arith::MulIOp, arith::MulIOp>(node);
}

LogicalResult importDiv(Node &node) {
  // An integer division rounds toward zero, and one of sizes down: the same
  // for what is known to be no less than 0, and for two constants. (A uint64
  // beyond int64 is a constant below 0 here.)
  Tensor &lhs = node.tensor(0), &rhs = node.tensor(1);
  bool isSigned = node.dtype(0) != DType::UInt64;
  auto isDividend = [&](Size size) {
    return (isSigned && Sizes::asConstant(size)) ||
           node.sizes.neverNegative(size);
  };
  auto isDivisor = [](Size size) {
    return Sizes::asConstant(size).value_or(0) > 0;
  };
  if (isInteger(node.dtype(0)) && lhs.elements && rhs.elements &&
      llvm::all_of(*lhs.elements, isDividend) &&
      llvm::all_of(*rhs.elements, isDivisor) &&
      foldElements(
          node, [](Sizes &s, Size a, Size b) { return s.floorDiv(a, b); },
          [](int64_t a, int64_t b) { return a / b; }))
    return success();
  return importBinary<arith::DivFOp, arith::DivSIOp, arith::DivUIOp>(node);
}

template <arith::CmpFPredicate floatPredicate,
          arith::CmpIPredicate signedPredicate,
          arith::CmpIPredicate unsignedPredicate>
LogicalResult importCompare(Node &node) {
  OnNumbers onNumbers = [](int64_t a, int64_t b) -> int64_t {
    return arith::applyCmpPredicate(signedPredicate, APInt(64, a, true),
                                    APInt(64, b, true));
  };
  if (foldNumbers(node, onNumbers))
    return success();
  auto inputs = operands(node);
  if (failed(inputs))
    return failure();
  DType dtype = (*inputs)[0].dtype;
  auto on = isFloat(dtype) ? onTensors : onKnownTensors;
  auto out = on(node, *inputs, DType::Bool, [&](auto &b, auto args) -> Value {
    if (isFloat(dtype))
      return arith::CmpFOp::create(b, floatPredicate, args[0], args[1]);
    bool isUnsigned = isUnsignedInteger(dtype) || dtype == DType::Bool;
    return arith::CmpIOp::create(
        b, isUnsigned ? unsignedPredicate : signedPredicate, args[0], args[1]);
  });
  return failed(out) ? failure() : node.result(0, *out);
}

LogicalResult importEqual(Node &node) {
  // Shape code compares sizes with -1; constants decide it now.
  Tensor &lhs = node.tensor(0), &rhs = node.tensor(1);
  if (lhs.elements && rhs.elements &&
      lhs.elements->size() == rhs.elements->size()) {
    SmallVector<Size> out;
    for (auto [a, b] : llvm::zip(*lhs.elements, *rhs.elements)) {
      auto ca = Sizes::asConstant(a), cb = Sizes::asConstant(b);
      if (ca && cb)
        out.push_back(node.sizes.constant(*ca == *cb));
      else if (node.sizes.equal(a, b))
        out.push_back(node.sizes.constant(1));
    }
    if (out.size() == lhs.elements->size())
      return node.resultElements(0, DType::Bool, lhs.dims, out);
  }
  return importCompare<arith::CmpFPredicate::OEQ, arith::CmpIPredicate::eq,
                       arith::CmpIPredicate::eq>(node);
}

/// NaN in either operand is NaN, as in numpy: arith.maximumf and minimumf.
constexpr auto importMax =
    importBinary<arith::MaximumFOp, arith::MaxSIOp, arith::MaxUIOp>;
constexpr auto importMin =
    importBinary<arith::MinimumFOp, arith::MinSIOp, arith::MinUIOp>;

template <typename IntegerOp> LogicalResult importLogic(Node &node) {
  OnNumbers onNumbers = [](int64_t a, int64_t b) -> int64_t {
    return std::is_same_v<IntegerOp, arith::AndIOp>  ? a & b
           : std::is_same_v<IntegerOp, arith::OrIOp> ? a | b
                                                     : a ^ b;
  };
  if (node.dtype(0) == DType::Bool && foldNumbers(node, onNumbers))
    return success();
  return importBinary<arith::AddFOp, IntegerOp, IntegerOp>(node);
}

LogicalResult importNot(Node &node) {
  if (node.dtype(0) == DType::Bool && node.tensor(0).elements)
    if (auto known = node.constants(0)) {
      SmallVector<Size> out;
      for (int64_t number : *known)
        out.push_back(node.sizes.constant(!number));
      return node.resultElements(0, DType::Bool, node.tensor(0).dims, out);
    }
  auto out = elementwise(node, node.tensor(0), node.dtype(0),
                         [&](auto &b, auto args) -> Value {
                           Value ones = arith::ConstantOp::create(
                               b, b.getIntegerAttr(args[0].getType(), -1));
                           return arith::XOrIOp::create(b, args[0], ones);
                         });
  return failed(out) ? failure() : node.result(0, *out);
}

LogicalResult importWhere(Node &node) {
  Tensor &test = node.tensor(0), &yes = node.tensor(1), &no = node.tensor(2);
  if (test.elements && yes.elements && no.elements &&
      test.elements->size() == yes.elements->size() &&
      test.elements->size() == no.elements->size()) {
    SmallVector<Size> out;
    for (auto [t, y, n] :
         llvm::zip(*test.elements, *yes.elements, *no.elements))
      if (auto c = Sizes::asConstant(t))
        out.push_back(*c ? y : n);
    if (out.size() == test.elements->size())
      return node.resultElements(0, yes.dtype, yes.dims, out);
  }
  SmallVector<Tensor> inputs{test, yes, no};
  auto out =
      onTensors(node, inputs, yes.dtype, [](auto &b, auto args) -> Value {
        return arith::SelectOp::create(b, args[0], args[1], args[2]);
      });
  return failed(out) ? failure() : node.result(0, *out);
}

LogicalResult importClip(Node &node) {
  DType dtype = node.dtype(0);
  Type element = node.elementType(0);
  SmallVector<Tensor> inputs{node.tensor(0)};
  bool hasLow = false, hasHigh = false;
  auto bound = [&](unsigned i, const char *name, bool &has) {
    Tensor limit;
    limit.dtype = dtype;
    if (node.opset < 11 && node.attribute(name)) {
      Value c = scalar(node, element, node.floatAttr(name, 0));
      inputs.push_back(full(node, {}, dtype, c));
      has = true;
    } else if (node.opset >= 11 && node.has(i)) {
      inputs.push_back(node.tensor(i));
      has = true;
    }
  };
  bound(1, "min", hasLow);
  bound(2, "max", hasHigh);
  auto out = onTensors(node, inputs, dtype, [&](auto &b, auto args) {
    Value x = args[0];
    unsigned next = 1;
    // min(max(x, low), high), so that high wins where the two cross.
    if (hasLow)
      x = pick<arith::MaximumFOp, arith::MaxSIOp, arith::MaxUIOp>(
          b, dtype, {x, args[next++]});
    if (hasHigh)
      x = pick<arith::MinimumFOp, arith::MinSIOp, arith::MinUIOp>(
          b, dtype, {x, args[next]});
    return x;
  });
  return failed(out) ? failure() : node.result(0, *out);
}

const Registration table[] = {
    {"", "Add", importAdd, numbers},
    {"", "Sub", importSub, numbers},
    {"", "Mul", importMul, numbers},
    {"", "Div", importDiv, numbers},
    {"", "Max", importMax, numbers},
    {"", "Min", importMin, numbers},
    {"", "Sum", importBinary<arith::AddFOp, arith::AddIOp, arith::AddIOp>,
     floats},
    {"", "Equal", importEqual, numbers | bools},
    {"", "Less",
     importCompare<arith::CmpFPredicate::OLT, arith::CmpIPredicate::slt,
                   arith::CmpIPredicate::ult>,
     numbers},
    {"", "Greater",
     importCompare<arith::CmpFPredicate::OGT, arith::CmpIPredicate::sgt,
                   arith::CmpIPredicate::ugt>,
     numbers},
    {"", "LessOrEqual",
     importCompare<arith::CmpFPredicate::OLE, arith::CmpIPredicate::sle,
                   arith::CmpIPredicate::ule>,
     numbers},
    {"", "GreaterOrEqual",
     importCompare<arith::CmpFPredicate::OGE, arith::CmpIPredicate::sge,
                   arith::CmpIPredicate::uge>,
     numbers},
    {"", "And", importLogic<arith::AndIOp>, bools},
    {"", "Or", importLogic<arith::OrIOp>, bools},
    {"", "Xor", importLogic<arith::XOrIOp>, bools},
    {"", "BitwiseAnd", importLogic<arith::AndIOp>, ints},
    {"", "BitwiseOr", importLogic<arith::OrIOp>, ints},
    {"", "BitwiseXor", importLogic<arith::XOrIOp>, ints},
    {"", "Not", importNot, bools},
    {"", "BitwiseNot", importNot, ints},
    {"", "Where", importWhere, bools},
    {"", "Clip", importClip, numbers},
};

} // namespace

ArrayRef<Registration> elementwiseOps() { return table; }

} // namespace niello::onnx_frontend
