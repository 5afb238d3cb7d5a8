// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/Node.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace niello::onnx_frontend {

// Shapes have at most a few numbers; longer integer tensors are data.
static constexpr int64_t maxElements = 64;

bool Node::has(unsigned i) {
  return i < numInputs() && !proto.input(i).empty() &&
         input(i).kind != OnnxValue::Kind::Missing;
}

bool Node::wantsOutput(unsigned i) const {
  return i < numOutputs() && !proto.output(i).empty();
}

OnnxValue &Node::input(unsigned i) {
  static thread_local OnnxValue missing;
  if (i >= numInputs() || proto.input(i).empty())
    return missing = OnnxValue();
  OnnxValue *found = importer.find(proto.input(i), scope);
  return found ? *found : (missing = OnnxValue());
}

Tensor &Node::tensor(unsigned i) { return input(i).tensor; }

Type Node::elementType(unsigned i) {
  return onnx_frontend::elementType(b.getContext(), dtype(i));
}

Value Node::value(unsigned i) { return value(tensor(i)); }

Value Node::value(Tensor &tensor) {
  if (tensor.value)
    return tensor.value;
  // Not stored: a value made here may not dominate the next use.
  Type element = onnx_frontend::elementType(b.getContext(), tensor.dtype);
  SmallVector<int64_t> shape;
  if (!tensor.dims.empty())
    shape.push_back(*Sizes::asConstant(tensor.dims[0]));
  auto type = RankedTensorType::get(shape, element);
  unsigned width = element.getIntOrFloatBitWidth();
  SmallVector<APInt> constants;
  for (Size size : *tensor.elements)
    if (auto c = Sizes::asConstant(size))
      constants.push_back(APInt(64, *c, true).trunc(width));
  if (constants.size() == tensor.elements->size())
    return arith::ConstantOp::create(b, loc, type,
                                     DenseElementsAttr::get(type, constants));
  SmallVector<Value> values;
  for (Size size : *tensor.elements) {
    Value index = sizes.value(size);
    Value number = index;
    if (width == 1)
      number = sizes.compare(arith::CmpIPredicate::ne, size, sizes.constant(0));
    else
      number = b.createOrFold<arith::IndexCastOp>(loc, element, index);
    values.push_back(number);
  }
  return tensor::FromElementsOp::create(b, loc, type, values);
}

std::optional<SmallVector<Size>> Node::elements(Tensor &tensor) {
  if (tensor.elements)
    return tensor.elements;
  if (!isInteger(tensor.dtype) && tensor.dtype != DType::Bool)
    return std::nullopt;
  if (tensor.rank() > 1)
    return std::nullopt;
  int64_t count = 1;
  if (tensor.rank() == 1) {
    auto known = Sizes::asConstant(tensor.dims[0]);
    if (!known || *known > maxElements)
      return std::nullopt;
    count = *known;
  }
  SmallVector<Size> elements;
  for (int64_t i = 0; i < count; ++i) {
    SmallVector<Value> at;
    if (tensor.rank() == 1)
      at.push_back(arith::ConstantIndexOp::create(b, loc, i));
    Value number = b.createOrFold<tensor::ExtractOp>(loc, tensor.value, at);
    bool isUnsigned = !isSignedInteger(tensor.dtype);
    Value index =
        isUnsigned
            ? b.createOrFold<arith::IndexCastUIOp>(loc, b.getIndexType(),
                                                   number)
            : b.createOrFold<arith::IndexCastOp>(loc, b.getIndexType(), number);
    elements.push_back(sizes.fromData(index));
  }
  return elements;
}

std::optional<SmallVector<Size>> Node::elements(unsigned i) {
  return elements(tensor(i));
}

std::optional<SmallVector<int64_t>> Node::constants(unsigned i) {
  auto known = elements(i);
  if (!known)
    return std::nullopt;
  SmallVector<int64_t> numbers;
  for (Size size : *known) {
    auto c = Sizes::asConstant(size);
    if (!c)
      return std::nullopt;
    numbers.push_back(*c);
  }
  return numbers;
}

const onnx::AttributeProto *Node::attribute(StringRef name) {
  for (const onnx::AttributeProto &attr : proto.attribute()) {
    if (attr.name() != name)
      continue;
    if (attr.ref_attr_name().empty())
      return &attr;
    for (Scope *s = &scope; s; s = s->parent) {
      auto it = s->arguments.find(attr.ref_attr_name());
      if (it != s->arguments.end())
        return it->second;
      if (s->isFunction)
        break;
    }
    return nullptr;
  }
  return nullptr;
}

int64_t Node::intAttr(StringRef name, int64_t otherwise) {
  auto *attr = attribute(name);
  return attr ? attr->i() : otherwise;
}

float Node::floatAttr(StringRef name, float otherwise) {
  auto *attr = attribute(name);
  return attr ? attr->f() : otherwise;
}

std::string Node::stringAttr(StringRef name, StringRef otherwise) {
  auto *attr = attribute(name);
  return attr ? attr->s() : otherwise.str();
}

std::optional<SmallVector<int64_t>> Node::intsAttr(StringRef name) {
  auto *attr = attribute(name);
  if (!attr)
    return std::nullopt;
  return SmallVector<int64_t>(attr->ints().begin(), attr->ints().end());
}

std::optional<SmallVector<float>> Node::floatsAttr(StringRef name) {
  auto *attr = attribute(name);
  if (!attr)
    return std::nullopt;
  return SmallVector<float>(attr->floats().begin(), attr->floats().end());
}

Tensor Node::makeTensor(Value value, DType dtype) {
  Tensor tensor;
  tensor.value = value;
  tensor.dtype = dtype;
  auto type = cast<RankedTensorType>(value.getType());
  for (int64_t i = 0; i < type.getRank(); ++i)
    tensor.dims.push_back(
        type.isDynamicDim(i)
            ? sizes.of(b.createOrFold<tensor::DimOp>(loc, value, i))
            : sizes.constant(type.getDimSize(i)));
  return tensor;
}

LogicalResult Node::result(unsigned i, Value value, DType dtype,
                           ArrayRef<Size> dims) {
  // Keep the type as static as the sizes are.
  auto type = cast<RankedTensorType>(value.getType());
  assert(type.getRank() == int64_t(dims.size()) && "one size a dimension");
  SmallVector<int64_t> shape(type.getShape());
  for (auto [at, size] : llvm::enumerate(dims))
    if (auto c = Sizes::asConstant(size); c && *c >= 0)
      shape[at] = *c;
  if (ArrayRef<int64_t>(shape) != type.getShape())
    value = tensor::CastOp::create(
        b, loc, RankedTensorType::get(shape, type.getElementType()), value);
  Tensor tensor;
  tensor.value = value;
  tensor.dtype = dtype;
  tensor.dims.assign(dims.begin(), dims.end());
  return result(i, std::move(tensor));
}

LogicalResult Node::result(unsigned i, Value value, DType dtype) {
  return result(i, makeTensor(value, dtype));
}

LogicalResult Node::result(unsigned i, Tensor tensor) {
  OnnxValue out;
  out.kind = OnnxValue::Kind::Tensor;
  out.tensor = std::move(tensor);
  return resultValue(i, std::move(out));
}

LogicalResult Node::resultElements(unsigned i, DType dtype,
                                   ArrayRef<Size> dims,
                                   ArrayRef<Size> elements) {
  Tensor tensor;
  tensor.dtype = dtype;
  tensor.dims.assign(dims.begin(), dims.end());
  tensor.elements.emplace(elements.begin(), elements.end());
  return result(i, std::move(tensor));
}

LogicalResult Node::resultValue(unsigned i, OnnxValue value) {
  if (wantsOutput(i))
    scope.values[proto.output(i)] = std::move(value);
  return success();
}

LogicalResult Node::refuse(Twine reason) {
  importer.refuse(proto, reason);
  return failure();
}

LogicalResult Node::bad(Twine reason) {
  if (importer.report.status == ImportReport::Status::Ok) {
    importer.report.status = ImportReport::Status::BadModel;
    importer.report.text =
        ("node '" + Twine(proto.name()) + "' (" + proto.op_type() +
         "): " + reason)
            .str();
  }
  return failure();
}

FailureOr<int64_t> Node::axis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return bad("needs an axis in [-" + Twine(rank) + ", " + Twine(rank) +
               "), but got " + Twine(axis));
  return axis < 0 ? axis + rank : axis;
}

} // namespace niello::onnx_frontend
