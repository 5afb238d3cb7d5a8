// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that make a tensor from nothing but attributes or a shape.

#include "frontends/onnx/ops/Emit.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

LogicalResult importTensor(Node &node, const onnx::TensorProto &proto) {
  auto tensor = node.importer.importTensor(proto, node.loc);
  if (!tensor)
    return node.bad(llvm::toString(tensor.takeError()));
  return node.result(0, std::move(*tensor));
}

LogicalResult importConstant(Node &node) {
  onnx::TensorProto proto;
  proto.set_name("value");
  if (auto *attr = node.attribute("value")) {
    if (static_cast<DType>(attr->t().data_type()) == DType::String)
      return node.refuse("strings have no compiled form");
    return importTensor(node, attr->t());
  }
  if (auto *attr = node.attribute("value_int")) {
    proto.set_data_type(onnx::TensorProto::INT64);
    proto.add_int64_data(attr->i());
  } else if (auto *attr = node.attribute("value_ints")) {
    proto.set_data_type(onnx::TensorProto::INT64);
    *proto.mutable_int64_data() = attr->ints();
    proto.add_dims(attr->ints_size());
  } else if (auto *attr = node.attribute("value_float")) {
    proto.set_data_type(onnx::TensorProto::FLOAT);
    proto.add_float_data(attr->f());
  } else if (auto *attr = node.attribute("value_floats")) {
    proto.set_data_type(onnx::TensorProto::FLOAT);
    *proto.mutable_float_data() = attr->floats();
    proto.add_dims(attr->floats_size());
  } else {
    return node.refuse("only tensor, float and integer values are supported");
  }
  return importTensor(node, proto);
}

LogicalResult importConstantOfShape(Node &node) {
  auto dims = node.elements(0);
  if (!dims)
    return node.refuse("needs a shape with a number of dimensions known at "
                       "compile time");
  if (failed(requireCounts(node, *dims, "sizes")))
    return failure();
  DType dtype = DType::Float;
  Value number;
  if (auto *attr = node.attribute("value")) {
    auto tensor = node.importer.importTensor(attr->t(), node.loc);
    if (!tensor)
      return node.bad(llvm::toString(tensor.takeError()));
    dtype = tensor->dtype;
    if (dims->size() <= 1 && tensor->elements &&
        tensor->elements->size() == 1) {
      auto n = dims->empty() ? 1 : Sizes::asConstant((*dims)[0]);
      if (n && *n <= 64)
        return node.resultElements(
            0, dtype, *dims, SmallVector<Size>(*n, tensor->elements->front()));
    }
    number = extractScalar(node, *tensor);
  } else {
    number = scalar(node, node.b.getF32Type(), 0);
  }
  return node.result(0, full(node, *dims, dtype, number));
}

LogicalResult importIdentity(Node &node) {
  return node.resultValue(0, node.input(0));
}

const Registration table[] = {
    {"", "Constant", importConstant, 0},
    {"", "ConstantOfShape", importConstantOfShape, bit(DType::Int64)},
    {"", "Identity", importIdentity, 0},
};

} // namespace

ArrayRef<Registration> constantOps() { return table; }

} // namespace niello::onnx_frontend
