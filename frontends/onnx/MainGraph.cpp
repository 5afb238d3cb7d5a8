// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The graph that is the model: its inputs and outputs become the entry's.

#include "frontends/onnx/Node.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace niello::onnx_frontend {

// The rank the runtime's descriptor can hold (niello_abi.h, NIELLO_MAX_RANK).
static constexpr int maxRank = 16;

/// Reads one dimension: fixed by the file or the user, named, or free.
Attribute GraphImporter::inputDim(const onnx::TensorShapeProto::Dimension &dim,
                                  int64_t &size) {
  size = ShapedType::kDynamic;
  if (dim.has_dim_value() && dim.dim_value() >= 0) {
    size = dim.dim_value();
    return b.getI64IntegerAttr(size);
  }
  if (dim.dim_param().empty())
    return b.getStringAttr("?");
  knownDims.insert(dim.dim_param());
  auto bounds = options.dims.find(dim.dim_param());
  if (bounds != options.dims.end() && bounds->second.low == bounds->second.high)
    size = bounds->second.low;
  return size == ShapedType::kDynamic
             ? Attribute(b.getStringAttr(dim.dim_param()))
             : Attribute(b.getI64IntegerAttr(size));
}

/// Why a value of this type cannot be an input, and the way round; or empty.
static std::string noInputForm(const onnx::TypeProto &type, Type element) {
  if (type.has_sequence_type())
    return "a sequence has no compiled form, since its length is not known: "
           "make each of its tensors an input";
  if (type.has_optional_type())
    return "an optional has no compiled form: compile the model once with the "
           "input and once without";
  if (!type.has_tensor_type())
    return "only tensors can be inputs";
  auto dtype = static_cast<DType>(type.tensor_type().elem_type());
  if (dtype == DType::String)
    return "strings have no compiled form: number them before the model";
  if (!element)
    return (dtypeName(dtype) + " has no compiled form").str();
  return "";
}

/// A signed number of less than a byte lies in memory without its sign's
/// copies, but the caller's byte has them: it crosses the border as an i8.
static bool crossesAsByte(DType dtype) {
  return dtype == DType::Int4 || dtype == DType::Int2;
}

Tensor GraphImporter::addArgument(StringRef name, DType dtype,
                                  ArrayRef<Attribute> dims) {
  Type element = elementType(b.getContext(), dtype);
  SmallVector<int64_t> shape;
  for (Attribute dim : dims) {
    auto size = dyn_cast<IntegerAttr>(dim);
    shape.push_back(size ? size.getInt() : ShapedType::kDynamic);
  }
  Location loc = NameLoc::get(b.getStringAttr(name));
  Type carrier = crossesAsByte(dtype) ? b.getI8Type() : element;
  Value arg =
      b.getBlock()->addArgument(RankedTensorType::get(shape, carrier), loc);
  Tensor tensor;
  tensor.dtype = dtype;
  tensor.value = arg;
  if (carrier != element)
    tensor.value = arith::TruncIOp::create(
        b, loc, RankedTensorType::get(shape, element), arg);
  for (auto [i, size] : llvm::enumerate(shape)) {
    if (size != ShapedType::kDynamic) {
      tensor.dims.push_back(sizes.constant(size));
      continue;
    }
    StringRef symbolName = cast<StringAttr>(dims[i]).getValue();
    Value &symbol = symbols[symbolName];
    if (!symbol || symbolName == "?")
      symbol = tensor::DimOp::create(b, loc, arg, i);
    tensor.dims.push_back(symbol);
  }
  argumentAttrs.push_back(b.getDictionaryAttr(
      {b.getNamedAttr("model.dims", b.getArrayAttr(dims)),
       b.getNamedAttr("model.dtype", b.getStringAttr(dtypeName(dtype))),
       b.getNamedAttr("model.name", b.getStringAttr(name))}));
  return tensor;
}

LogicalResult GraphImporter::declareInputs(const onnx::GraphProto &graph,
                                           Scope &scope) {
  for (const onnx::ValueInfoProto &info : graph.input()) {
    if (scope.values.count(info.name()))
      continue; // an initializer gives its default
    onnx::NodeProto node;
    node.set_op_type("input");
    node.set_name(info.name());
    OnnxValue value;
    const auto &proto = info.type().tensor_type();
    auto dtype = static_cast<DType>(proto.elem_type());
    Type element = elementType(b.getContext(), dtype);
    std::string reason = noInputForm(info.type(), element);
    if (reason.empty() && !proto.has_shape())
      reason = "needs a known rank; declare its dimensions";
    if (reason.empty() && proto.shape().dim_size() > maxRank)
      reason = "has more than 16 dimensions";
    if (!reason.empty()) {
      refuse(node, reason);
      scope.values[info.name()].kind = OnnxValue::Kind::Refused;
      continue;
    }
    SmallVector<int64_t> shape;
    SmallVector<Attribute> dims;
    for (const auto &dim : proto.shape().dim()) {
      int64_t size;
      dims.push_back(inputDim(dim, size));
      shape.push_back(size);
    }
    int64_t bytes = std::max(1u, storageBits(dtype) / 8);
    for (int64_t size : shape)
      if (size != ShapedType::kDynamic &&
          llvm::MulOverflow(bytes, std::max<int64_t>(size, 1), bytes)) {
        report.status = ImportReport::Status::BadModel;
        report.text = "input '" + info.name() + "' has more than 2^63 bytes";
        return failure();
      }
    value.kind = OnnxValue::Kind::Tensor;
    value.tensor = addArgument(info.name(), dtype, dims);
    scope.values[info.name()] = std::move(value);
  }
  return success();
}

/// `--dim` names a dimension of the inputs.
LogicalResult GraphImporter::checkDimOptions() {
  for (const auto &[name, bounds] : options.dims) {
    if (knownDims.count(name))
      continue;
    report.status = ImportReport::Status::BadModel;
    report.text = "has no dimension '" + name + "' to set by --dim; " +
                  (knownDims.empty() ? "its inputs' dimensions have no names"
                                     : "it has " + llvm::join(knownDims, ", "));
    return failure();
  }
  return success();
}

Attribute GraphImporter::describeSize(Size size) {
  if (auto c = Sizes::asConstant(size))
    return b.getI64IntegerAttr(*c);
  for (auto &[name, value] : symbols)
    if (name != "?" && Size(value) == size)
      return b.getStringAttr(name);
  return b.getStringAttr("?");
}

void GraphImporter::addResult(Node &node, StringRef name, Tensor &tensor) {
  Value result = node.value(tensor);
  if (crossesAsByte(tensor.dtype))
    result = arith::ExtSIOp::create(
        b, node.loc, cast<ShapedType>(result.getType()).clone(b.getI8Type()),
        result);
  results.push_back(result);
  SmallVector<Attribute> dims;
  for (Size size : tensor.dims) {
    dims.push_back(describeSize(size));
  }
  resultAttrs.push_back(b.getDictionaryAttr(
      {b.getNamedAttr("model.dims", b.getArrayAttr(dims)),
       b.getNamedAttr("model.dtype", b.getStringAttr(dtypeName(tensor.dtype))),
       b.getNamedAttr("model.name", b.getStringAttr(name))}));
}

LogicalResult GraphImporter::importMain() {
  const onnx::GraphProto &graph = model.graph();
  b.setInsertionPointToEnd(module.getBody());
  Location loc = NameLoc::get(b.getStringAttr(graph.name()));
  auto main = func::FuncOp::create(b, loc, "main", b.getFunctionType({}, {}));
  main->setAttr("model.entry", b.getUnitAttr());
  b.setInsertionPointToStart(main.addEntryBlock());
  Scope scope;
  for (const auto &import : model.opset_import())
    scope.opsets[import.domain() == "ai.onnx" ? "" : import.domain()] =
        import.version();
  importInitializers(graph, scope);
  if (report.status == ImportReport::Status::BadModel ||
      failed(declareInputs(graph, scope)) || failed(checkDimOptions()) ||
      failed(importNodes(graph.node(), scope)) || failed(checkTapOptions()) ||
      failed(checkEditOptions(scope)) || failed(checkMeasureOptions()))
    return failure();

  onnx::NodeProto returned;
  returned.set_op_type("output");
  Node node(*this, returned, scope, 1, loc);
  for (const onnx::ValueInfoProto &info : graph.output()) {
    OnnxValue *value = find(info.name(), scope);
    if (!value) {
      report.status = ImportReport::Status::BadModel;
      report.text =
          "output '" + info.name() + "' is made by no node of the graph";
      return failure();
    }
    if (value->kind == OnnxValue::Kind::Refused)
      continue;
    if (value->kind != OnnxValue::Kind::Tensor) {
      returned.set_name(info.name());
      refuse(returned, value->kind == OnnxValue::Kind::Sequence
                           ? "a sequence has no compiled form: give its "
                             "tensors out (SequenceAt), or one tensor of "
                             "them (ConcatFromSequence)"
                           : "an optional has no compiled form: give its "
                             "element out (OptionalGetElement)");
      continue;
    }
    addResult(node, info.name(), value->tensor);
  }
  for (auto &tap : taps) {
    const std::string &name = tap.first;
    bool isOutput = llvm::any_of(
        graph.output(), [&](auto &info) { return info.name() == name; });
    // The output is what the edit made of it.
    if (!isOutput || edited.count(name))
      addResult(node, isOutput ? name + ".tap" : name, tap.second);
  }
  for (auto &[name, tensor] : measured)
    addResult(node, name, tensor);
  keepStatedRanks(graph, scope);
  func::ReturnOp::create(b, loc, results);
  main.setFunctionType(b.getFunctionType(
      main.getBody().front().getArgumentTypes(), TypeRange(results)));
  main.setAllArgAttrs(argumentAttrs);
  main.setAllResultAttrs(resultAttrs);
  return report.status == ImportReport::Status::Ok ? success() : listRefusals();
}

/// Squeeze without axes drops what is of size 1, so at run time a free batch of
/// 1 would change the rank, which is fixed here. Dropping it gives the same
/// elements in the same order as keeping it; where every output comes out with
/// the rank that the file states, keeping is what the model was written for.
void GraphImporter::keepStatedRanks(const onnx::GraphProto &graph,
                                    Scope &scope) {
  for (const onnx::ValueInfoProto &info : graph.output()) {
    OnnxValue *value = find(info.name(), scope);
    if (!value || value->kind != OnnxValue::Kind::Tensor ||
        !info.type().tensor_type().has_shape() ||
        info.type().tensor_type().shape().dim_size() != value->tensor.rank())
      return;
  }
  for (model::RequireOp check : unitChecks)
    check.erase();
}

} // namespace niello::onnx_frontend
