// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reductions along axes and softmax.

#include "frontends/onnx/ops/math/ReduceAxes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

enum class Reduction {
  Sum,
  Mean,
  Max,
  Min,
  Prod,
  SumSquare,
  L1,
  L2,
  LogSum,
  LogSumExp
};

/// f16 and bf16 sums are carried in f32, as the reference does.
DType carrier(DType dtype, Reduction kind) {
  bool isNarrow = dtype == DType::Float16 || dtype == DType::BFloat16;
  return isNarrow && kind != Reduction::Max && kind != Reduction::Min
             ? DType::Float
             : dtype;
}

/// The value that changes nothing: what an empty reduction gives.
Value neutral(Node &node, DType dtype, Reduction kind) {
  Type type = elementType(node.b.getContext(), dtype);
  if (kind != Reduction::Max && kind != Reduction::Min)
    return scalar(node, type, kind == Reduction::Prod ? 1 : 0);
  bool isMax = kind == Reduction::Max;
  if (auto f = dyn_cast<FloatType>(type))
    return arith::ConstantOp::create(
        node.b, node.loc,
        FloatAttr::get(f, APFloat::getInf(f.getFloatSemantics(), isMax)));
  unsigned width = type.getIntOrFloatBitWidth();
  bool isSigned = isSignedInteger(dtype);
  APInt end = isMax ? (isSigned ? APInt::getSignedMinValue(width)
                                : APInt::getZero(width))
                    : (isSigned ? APInt::getSignedMaxValue(width)
                                : APInt::getMaxValue(width));
  return arith::ConstantOp::create(node.b, node.loc,
                                   node.b.getIntegerAttr(type, end));
}

Value combine(ImplicitLocOpBuilder &b, DType dtype, Reduction kind, Value x,
              Value y) {
  bool f = isFloat(dtype), s = isSignedInteger(dtype);
  switch (kind) {
  case Reduction::Max:
    return f   ? arith::MaximumFOp::create(b, x, y).getResult()
           : s ? arith::MaxSIOp::create(b, x, y).getResult()
               : arith::MaxUIOp::create(b, x, y).getResult();
  case Reduction::Min:
    return f   ? arith::MinimumFOp::create(b, x, y).getResult()
           : s ? arith::MinSIOp::create(b, x, y).getResult()
               : arith::MinUIOp::create(b, x, y).getResult();
  case Reduction::Prod:
    return f ? arith::MulFOp::create(b, x, y).getResult()
             : arith::MulIOp::create(b, x, y).getResult();
  default:
    return f ? arith::AddFOp::create(b, x, y).getResult()
             : arith::AddIOp::create(b, x, y).getResult();
  }
}

/// A function of each element, as a tensor.
Tensor each(Node &node, Tensor tensor, Body body) {
  return *elementwise(node, tensor, tensor.dtype, body);
}

Value square(ImplicitLocOpBuilder &b, ArrayRef<Value> args) {
  if (isa<FloatType>(args[0].getType()))
    return arith::MulFOp::create(b, args[0], args[0]);
  return arith::MulIOp::create(b, args[0], args[0]);
}

Value magnitude(ImplicitLocOpBuilder &b, ArrayRef<Value> args) {
  if (isa<FloatType>(args[0].getType()))
    return math::AbsFOp::create(b, args[0]);
  return math::AbsIOp::create(b, args[0]);
}

/// Divides a sum by the number of elements it was taken over.
Tensor divideByCount(Node &node, Tensor sum, Tensor &input,
                     const ReductionAxes &axes) {
  Value count = node.sizes.value(countOver(node, input, axes));
  Value number =
      arith::IndexCastOp::create(node.b, node.loc, node.b.getI64Type(), count);
  DType dtype = sum.dtype;
  Value divisor = castScalar(node.b, number, DType::Int64, dtype);
  return each(node, sum, [&](auto &b, auto args) -> Value {
    if (isFloat(dtype))
      return arith::DivFOp::create(b, args[0], divisor);
    return arith::DivSIOp::create(b, args[0], divisor);
  });
}

/// log(sum(exp(x - max))) + max, with the max made finite so that rows of inf
/// stay inf and rows of -inf stay -inf instead of NaN.
FailureOr<Tensor> logSumExp(Node &node, Tensor input, const ReductionAxes &axes,
                            bool keepDims) {
  DType dtype = input.dtype;
  auto withMax = [&](bool keep) {
    Tensor high = reduceOver(
        node, input, axes, keep, neutral(node, dtype, Reduction::Max),
        [&](auto &b, auto args) {
          return combine(b, dtype, Reduction::Max, args[0], args[1]);
        });
    return each(node, high, [&](auto &b, auto args) -> Value {
      auto type = cast<FloatType>(args[0].getType());
      Value inf = arith::ConstantOp::create(
          b, FloatAttr::get(type, APFloat::getInf(type.getFloatSemantics())));
      Value zero = arith::ConstantOp::create(b, b.getFloatAttr(type, 0));
      Value isFinite = arith::CmpFOp::create(
          b, arith::CmpFPredicate::OLT, math::AbsFOp::create(b, args[0]), inf);
      return arith::SelectOp::create(b, isFinite, args[0], zero);
    });
  };
  SmallVector<Tensor> both{input, withMax(true)};
  auto shifted =
      elementwise(node, both, dtype, [](auto &b, auto args) -> Value {
        return math::ExpOp::create(b,
                                   arith::SubFOp::create(b, args[0], args[1]));
      });
  if (failed(shifted))
    return failure();
  Tensor sum =
      reduceOver(node, *shifted, axes, keepDims,
                 neutral(node, dtype, Reduction::Sum), [&](auto &b, auto args) {
                   return combine(b, dtype, Reduction::Sum, args[0], args[1]);
                 });
  SmallVector<Tensor> last{sum, withMax(keepDims)};
  return elementwise(node, last, dtype, [](auto &b, auto args) -> Value {
    return arith::AddFOp::create(b, math::LogOp::create(b, args[0]), args[1]);
  });
}

template <Reduction kind> LogicalResult importReduce(Node &node) {
  Tensor &input = node.tensor(0);
  auto given = readReductionAxes(node);
  if (failed(given))
    return failure();
  ReductionAxes &axes = *given;
  bool keepDims = node.intAttr("keepdims", 1);
  if (input.elements && input.rank() == 1 && axes.known.size() == 1 &&
      (kind == Reduction::Prod || kind == Reduction::Sum)) {
    constexpr bool isProduct = kind == Reduction::Prod;
    Size all = node.sizes.constant(isProduct);
    if (auto numbers = node.constants(0)) {
      uint64_t whole = isProduct;
      for (uint64_t number : *numbers)
        whole = isProduct ? whole * number : whole + number;
      all = node.sizes.constant(wrapped(whole, input.dtype));
    } else {
      for (Size size : *input.elements)
        all = isProduct ? node.sizes.mul(all, size) : node.sizes.add(all, size);
    }
    SmallVector<Size> dims;
    if (keepDims)
      dims.push_back(node.sizes.constant(1));
    return node.resultElements(0, input.dtype, dims, all);
  }
  DType outer = input.dtype;
  if (outer == DType::Bool) { // min is and, max is or: on bytes
    Tensor bytes = castTo(node, input, DType::UInt8);
    Tensor out =
        reduceOver(node, bytes, axes, keepDims,
                   neutral(node, DType::UInt8, kind), [&](auto &b, auto args) {
                     return combine(b, DType::UInt8, kind, args[0], args[1]);
                   });
    return node.result(0, castTo(node, out, DType::Bool));
  }
  DType dtype = carrier(outer, kind);
  Tensor x = castTo(node, input, dtype);
  if (kind == Reduction::LogSumExp) {
    auto out = logSumExp(node, x, axes, keepDims);
    return failed(out) ? failure() : node.result(0, castTo(node, *out, outer));
  }
  if (kind == Reduction::SumSquare || kind == Reduction::L2)
    x = each(node, x, square);
  if (kind == Reduction::L1)
    x = each(node, x, magnitude);
  Tensor out = reduceOver(node, x, axes, keepDims, neutral(node, dtype, kind),
                          [&](auto &b, auto args) {
                            return combine(b, dtype, kind, args[0], args[1]);
                          });
  if (kind == Reduction::Mean)
    out = divideByCount(node, out, input, axes);
  if ((kind == Reduction::L2 || kind == Reduction::LogSum) && !isFloat(dtype))
    return node.refuse("not for " + dtypeName(dtype));
  if (kind == Reduction::L2)
    out = each(node, out, [](auto &b, auto args) -> Value {
      return math::SqrtOp::create(b, args[0]);
    });
  if (kind == Reduction::LogSum)
    out = each(node, out, [](auto &b, auto args) -> Value {
      return math::LogOp::create(b, args[0]);
    });
  return node.result(0, castTo(node, out, outer));
}

/// Softmax along one axis. Before opset 13 the axis starts a flattened tail.
FailureOr<Tensor> softmax(Node &node, bool isLog) {
  Tensor input = node.tensor(0);
  SmallVector<Size> original(input.dims);
  auto axis =
      node.axis(node.intAttr("axis", node.opset < 13 ? 1 : -1), input.rank());
  if (failed(axis))
    return failure();
  bool flattened = node.opset < 13;
  if (flattened) {
    ArrayRef<Size> dims(input.dims);
    auto flat = reshape(node, input,
                        {node.sizes.product(dims.take_front(*axis)),
                         node.sizes.product(dims.drop_front(*axis))});
    if (failed(flat))
      return failure();
    input = *flat;
    axis = 1;
  }
  DType outer = input.dtype, dtype = carrier(outer, Reduction::Sum);
  Tensor x = castTo(node, input, dtype), out;
  if (isLog) {
    auto norm = logSumExp(node, x, {{*axis}, {}}, /*keepDims=*/true);
    if (failed(norm))
      return failure();
    SmallVector<Tensor> both{x, *norm};
    auto difference =
        onTensors(node, both, dtype, [](auto &b, auto args) -> Value {
          return arith::SubFOp::create(b, args[0], args[1]);
        });
    if (failed(difference))
      return failure();
    out = *difference;
  } else {
    Type element = elementType(node.b.getContext(), dtype);
    Value init = empty(node, x.dims, element);
    out = x;
    out.value =
        linalg::SoftmaxOp::create(node.b, node.loc, TypeRange{init.getType()},
                                  node.value(x), init, *axis)
            .getResult()[0];
  }
  out = castTo(node, out, outer);
  return flattened ? reshape(node, out, original) : FailureOr<Tensor>(out);
}

template <bool isLog> LogicalResult importSoftmax(Node &node) {
  auto out = softmax(node, isLog);
  return failed(out) ? failure() : node.result(0, *out);
}

const Registration table[] = {
    {"", "ReduceSum", importReduce<Reduction::Sum>, numbers},
    {"", "ReduceMean", importReduce<Reduction::Mean>, numbers},
    {"", "ReduceMax", importReduce<Reduction::Max>, numbers | bools},
    {"", "ReduceMin", importReduce<Reduction::Min>, numbers | bools},
    {"", "ReduceProd", importReduce<Reduction::Prod>, numbers},
    {"", "ReduceSumSquare", importReduce<Reduction::SumSquare>, numbers},
    {"", "ReduceL1", importReduce<Reduction::L1>, numbers},
    {"", "ReduceL2", importReduce<Reduction::L2>, floats},
    {"", "ReduceLogSum", importReduce<Reduction::LogSum>, floats},
    {"", "ReduceLogSumExp", importReduce<Reduction::LogSumExp>, floats},
    {"", "Softmax", importSoftmax<false>, floats},
    {"", "LogSoftmax", importSoftmax<true>, floats},
};

} // namespace

ArrayRef<Registration> reduceOps() { return table; }

} // namespace niello::onnx_frontend
