// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matrix products.

#include "frontends/onnx/ops/math/Matmul.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

/// numpy.matmul on tensors of rank 2 or more: sizes of the result.
FailureOr<SmallVector<Size>> productDims(Node &node, Tensor &lhs, Tensor &rhs) {
  ArrayRef<Size> l(lhs.dims), r(rhs.dims);
  auto dims = broadcastDims(node, {l.drop_back(2), r.drop_back(2)});
  if (failed(dims) ||
      failed(requireEqual(node, l.back(), r[r.size() - 2],
                          "the inner dimensions of a matrix product")))
    return failure();
  dims->push_back(l[l.size() - 2]);
  dims->push_back(r.back());
  return dims;
}

/// Makes the operand of a product at least a matrix, as numpy does: a vector
/// on the left is a row, on the right a column.
FailureOr<Tensor> asMatrix(Node &node, Tensor &tensor, bool isLeft) {
  if (tensor.rank() >= 2)
    return tensor;
  if (tensor.rank() == 0)
    return node.bad("needs operands of rank 1 or more, but got a scalar");
  Size one = node.sizes.constant(1);
  SmallVector<Size> dims{tensor.dims[0]};
  dims.insert(isLeft ? dims.begin() : dims.end(), one);
  return reshape(node, tensor, dims);
}

using MakeProduct = llvm::function_ref<Value(Value, Value)>;

/// numpy.matmul of two tensors of any rank from 1.
FailureOr<Tensor> product(Node &node, Tensor lhs, Tensor rhs, DType dtype,
                          MakeProduct make) {
  bool isRow = lhs.rank() == 1, isColumn = rhs.rank() == 1;
  auto l = asMatrix(node, lhs, true), r = asMatrix(node, rhs, false);
  if (failed(l) || failed(r))
    return failure();
  auto dims = productDims(node, *l, *r);
  if (failed(dims))
    return failure();
  Tensor out;
  out.value = make(node.value(*l), node.value(*r));
  out.dtype = dtype;
  out.dims = *dims;
  if (!isRow && !isColumn)
    return out;
  SmallVector<Size> squeezed(*dims);
  if (isColumn)
    squeezed.pop_back();
  if (isRow)
    squeezed.erase(squeezed.end() - (isColumn ? 1 : 2));
  return reshape(node, out, squeezed);
}

LogicalResult importMatMul(Node &node) {
  auto out = matmul(node, node.tensor(0), node.tensor(1));
  return failed(out) ? failure()
                     : node.result(0, out->value, out->dtype, out->dims);
}

/// alpha * A' B' + beta * C
LogicalResult importGemm(Node &node) {
  Tensor a = node.tensor(0), b = node.tensor(1);
  if (a.rank() != 2 || b.rank() != 2)
    return node.bad("needs matrices, but got ranks " + Twine(a.rank()) +
                    " and " + Twine(b.rank()));
  DType dtype = a.dtype;
  if (node.intAttr("transA", 0))
    a = transpose(node, a, {1, 0});
  if (node.intAttr("transB", 0))
    b = transpose(node, b, {1, 0});
  auto product = matmul(node, a, b);
  if (failed(product))
    return failure();
  if (isInteger(dtype)) // the product of narrow integers is wider
    product->dtype = storageBits(dtype) < 32 ? DType::Int32 : dtype;
  auto scale = [&](Tensor tensor, float factor) -> Tensor {
    if (factor == 1.0f)
      return tensor;
    Type element = elementType(node.b.getContext(), tensor.dtype);
    SmallVector<Tensor> both{
        tensor, full(node, {}, tensor.dtype, scalar(node, element, factor))};
    return *onTensors(
        node, both, tensor.dtype, [](auto &b, auto args) -> Value {
          if (isa<FloatType>(getElementTypeOrSelf(args[0].getType())))
            return arith::MulFOp::create(b, args[0], args[1]);
          return arith::MulIOp::create(b, args[0], args[1]);
        });
  };
  Tensor out = scale(*product, node.floatAttr("alpha", 1));
  float beta = node.floatAttr("beta", 1);
  if (node.has(2) && beta != 0) {
    SmallVector<Size> dims(out.dims);
    Tensor bias = scale(node.tensor(2), beta);
    SmallVector<Tensor> both{out, broadcastTo(node, bias, dims)};
    auto sum = onTensors(node, both, dtype, [](auto &b, auto args) -> Value {
      if (isa<FloatType>(getElementTypeOrSelf(args[0].getType())))
        return arith::AddFOp::create(b, args[0], args[1]);
      return arith::AddIOp::create(b, args[0], args[1]);
    });
    if (failed(sum))
      return failure();
    out = *sum;
  }
  return node.result(0, castTo(node, out, dtype));
}

LogicalResult importMatMulInteger(Node &node) {
  auto out = integerMatmul(node, node.tensor(0), node.tensor(1),
                           node.has(2) ? &node.tensor(2) : nullptr,
                           node.has(3) ? &node.tensor(3) : nullptr);
  return failed(out) ? failure()
                     : node.result(0, out->value, out->dtype, out->dims);
}

const Registration table[] = {
    {"", "MatMul", importMatMul,
     floats | bit(DType::Int32) | bit(DType::Int64) | bit(DType::UInt32) |
         bit(DType::UInt64)},
    {"", "Gemm", importGemm,
     floats | bit(DType::Int32) | bit(DType::Int64) | bit(DType::UInt32) |
         bit(DType::UInt64)},
    {"", "MatMulInteger", importMatMulInteger,
     bit(DType::Int8) | bit(DType::UInt8)},
};

} // namespace

FailureOr<Tensor> matmul(Node &node, Tensor lhs, Tensor rhs) {
  return product(node, lhs, rhs, lhs.dtype, [&](Value l, Value r) -> Value {
    return model::MatmulOp::create(node.b, node.loc, l, r).getResult();
  });
}

FailureOr<Tensor> asColumn(Node &node, Tensor numbers) {
  if (numbers.rank() != 1)
    return numbers;
  return reshape(node, numbers, {numbers.dims[0], node.sizes.constant(1)});
}

FailureOr<Tensor> integerMatmul(Node &node, Tensor lhs, Tensor rhs,
                                Tensor *lhsZero, Tensor *rhsZero) {
  Value left, right;
  if (lhsZero && lhs.rank() >= 2) {
    auto column = asColumn(node, *lhsZero);
    if (failed(column))
      return failure();
    left = node.value(*column);
  } else if (lhsZero) {
    left = node.value(*lhsZero);
  }
  if (rhsZero)
    right = node.value(*rhsZero);
  return product(node, lhs, rhs, DType::Int32, [&](Value l, Value r) -> Value {
    return model::MatmulOp::create(node.b, node.loc, l, r, left, right,
                                   isSignedInteger(lhs.dtype),
                                   isSignedInteger(rhs.dtype))
        .getResult();
  });
}

ArrayRef<Registration> matmulOps() { return table; }

} // namespace niello::onnx_frontend
