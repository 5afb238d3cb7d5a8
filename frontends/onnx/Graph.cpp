// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/Node.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir;

namespace niello::onnx_frontend {

// Function bodies inside function bodies, branches inside branches: real
// models stay below ten; each level costs a few kilobytes of stack.
static constexpr unsigned maxDepth = 64;
// The rank the runtime's descriptor can hold (niello_abi.h, NIELLO_MAX_RANK).
static constexpr int maxRank = 16;

GraphImporter::GraphImporter(ModuleOp module, const onnx::ModelProto &model,
                             Initializers &initializers,
                             const ImportOptions &options, ImportReport &report)
    : b(module.getLoc(), module.getContext()), sizes(b), module(module),
      model(model), initializers(initializers), options(options),
      report(report) {}

Location GraphImporter::locationOf(const onnx::NodeProto &proto) {
  std::string name = proto.name();
  if (name.empty())
    name = proto.op_type() +
           (proto.output_size() ? ":" + proto.output(0) : std::string());
  StringRef file = module->getAttrOfType<StringAttr>("model.source").getValue();
  return NameLoc::get(b.getStringAttr(name + "@" + file.str()));
}

OnnxValue *GraphImporter::find(StringRef name, Scope &scope) {
  for (Scope *s = &scope; s; s = s->isFunction ? nullptr : s->parent)
    if (auto it = s->values.find(name); it != s->values.end())
      return &it->second;
  return nullptr;
}

void GraphImporter::refuse(const onnx::NodeProto &proto, Twine reason) {
  if (report.status == ImportReport::Status::BadModel)
    return;
  report.status = ImportReport::Status::Unsupported;
  std::string name = proto.name().empty()
                         ? (proto.output_size() ? proto.output(0) : "")
                         : proto.name();
  std::string op =
      (proto.domain().empty() ? "" : proto.domain() + "::") + proto.op_type();
  refusals[op + ": " + reason.str()].push_back(name);
}

void GraphImporter::importInitializers(const onnx::GraphProto &graph,
                                       Scope &scope) {
  for (const onnx::TensorProto &proto : graph.initializer()) {
    Location loc = NameLoc::get(b.getStringAttr(proto.name()));
    OnnxValue value;
    if (static_cast<DType>(proto.data_type()) == DType::String) {
      value.kind = OnnxValue::Kind::Refused;
      onnx::NodeProto node;
      node.set_op_type("initializer");
      node.set_name(proto.name());
      refuse(node, "strings have no compiled form");
    } else if (auto tensor = initializers.import(proto, b, loc)) {
      value.kind = OnnxValue::Kind::Tensor;
      value.tensor = std::move(*tensor);
    } else {
      report.status = ImportReport::Status::BadModel;
      report.text = llvm::toString(tensor.takeError());
      return;
    }
    scope.values[proto.name()] = std::move(value);
  }
  if (graph.sparse_initializer_size()) {
    onnx::NodeProto node;
    node.set_op_type("sparse_initializer");
    refuse(node, "sparse tensors are not supported; store them dense");
  }
}

void GraphImporter::importNode(const onnx::NodeProto &proto, Scope &scope) {
  auto refuseOutputs = [&] {
    for (const std::string &output : proto.output())
      scope.values[output].kind = OnnxValue::Kind::Refused;
  };
  std::string domain = proto.domain() == "ai.onnx" ? "" : proto.domain();
  // A function that does not import a domain speaks its caller's.
  int opset = 1;
  for (Scope *s = &scope; s; s = s->parent)
    if (auto it = s->opsets.find(domain); it != s->opsets.end()) {
      opset = it->second;
      break;
    }
  const Registration *handler = findHandler(domain, proto.op_type(), opset);
  bool anyKind = handler && handler->dtypes == 0;
  Node node(*this, proto, scope, opset, locationOf(proto));
  b.setLoc(node.loc);
  // Before its inputs are looked at: every such node is to be listed.
  if (!handler && !isFunction(node)) {
    (void)node.refuse(domain.empty()
                          ? "no such operator in opset " + Twine(opset) +
                                " that niello knows"
                          : "operator of a domain that niello does not know");
    return refuseOutputs();
  }
  DType first = DType::Undefined;
  for (const std::string &name : proto.input()) {
    if (name.empty())
      continue;
    OnnxValue *value = find(name, scope);
    if (!value) {
      report.status = ImportReport::Status::BadModel;
      report.text = "node '" + proto.name() + "' (" + proto.op_type() +
                    ") reads '" + name + "', which nothing before it makes";
      return;
    }
    if (value->kind == OnnxValue::Kind::Refused)
      return refuseOutputs();
    if (first == DType::Undefined && value->kind == OnnxValue::Kind::Tensor)
      first = value->tensor.dtype;
  }
  if (failed(checkSignature(node)))
    return;

  LogicalResult done = failure();
  if (handler && !anyKind && first != DType::Undefined &&
      !(handler->dtypes & bit(first))) {
    done = node.refuse("not for " + dtypeName(first));
  } else if (handler) {
    for (const std::string &name : proto.input())
      if (OnnxValue *value = name.empty() ? nullptr : find(name, scope))
        if (!anyKind && value->kind != OnnxValue::Kind::Tensor &&
            value->kind != OnnxValue::Kind::Missing) {
          (void)node.refuse("a sequence or optional where a tensor is needed");
          return refuseOutputs();
        }
    done = handler->handler(node);
  } else if (FailureOr<onnx::FunctionProto> body = functionBody(node);
             succeeded(body)) {
    done = expandFunction(node, *body);
  } else {
    done = node.refuse("its function body does not fit these inputs");
  }
  if (failed(done))
    refuseOutputs();
}

LogicalResult GraphImporter::importNodes(
    const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes,
    Scope &scope) {
  for (const onnx::NodeProto &proto : nodes) {
    importNode(proto, scope);
    if (report.status == ImportReport::Status::BadModel)
      return failure();
  }
  return success();
}

FailureOr<std::vector<OnnxValue>>
GraphImporter::importBody(const onnx::GraphProto &graph,
                          ArrayRef<OnnxValue> inputs, Scope &parent) {
  if (++depth > maxDepth) {
    report.status = ImportReport::Status::BadModel;
    report.text = "graphs are nested more than 64 deep";
    return failure();
  }
  llvm::scope_exit leave([&] { --depth; });
  Scope scope;
  scope.parent = &parent;
  for (auto [info, value] : llvm::zip(graph.input(), inputs))
    scope.values[info.name()] = value;
  importInitializers(graph, scope);
  if (report.status == ImportReport::Status::BadModel ||
      failed(importNodes(graph.node(), scope)))
    return failure();
  std::vector<OnnxValue> outputs;
  for (const onnx::ValueInfoProto &info : graph.output()) {
    OnnxValue *value = find(info.name(), scope);
    if (!value) {
      report.status = ImportReport::Status::BadModel;
      report.text = "graph '" + graph.name() + "' has no value '" +
                    info.name() + "' for its output";
      return failure();
    }
    if (value->kind == OnnxValue::Kind::Refused)
      return failure();
    outputs.push_back(*value);
  }
  return outputs;
}

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

LogicalResult GraphImporter::declareInputs(const onnx::GraphProto &graph,
                                           func::FuncOp main, Scope &scope) {
  Block *entry = &main.getBody().front();
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
    Location loc = NameLoc::get(b.getStringAttr(info.name()));
    Type carrier = crossesAsByte(dtype) ? b.getI8Type() : element;
    Value arg = entry->addArgument(RankedTensorType::get(shape, carrier), loc);
    value.kind = OnnxValue::Kind::Tensor;
    value.tensor.value = arg;
    if (carrier != element)
      value.tensor.value = arith::TruncIOp::create(
          b, loc, RankedTensorType::get(shape, element), arg);
    value.tensor.dtype = dtype;
    for (auto [i, size] : llvm::enumerate(shape)) {
      if (size != ShapedType::kDynamic) {
        value.tensor.dims.push_back(sizes.constant(size));
        continue;
      }
      StringRef name = cast<StringAttr>(dims[i]).getValue();
      Value &symbol = symbols[name];
      if (!symbol || name == "?")
        symbol = tensor::DimOp::create(b, loc, arg, i);
      value.tensor.dims.push_back(symbol);
    }
    scope.values[info.name()] = std::move(value);
    argumentAttrs.push_back(b.getDictionaryAttr(
        {b.getNamedAttr("model.dims", b.getArrayAttr(dims)),
         b.getNamedAttr("model.dtype", b.getStringAttr(dtypeName(dtype))),
         b.getNamedAttr("model.name", b.getStringAttr(info.name()))}));
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
      failed(declareInputs(graph, main, scope)) || failed(checkDimOptions()) ||
      failed(importNodes(graph.node(), scope)))
    return failure();

  SmallVector<Value> results;
  SmallVector<Attribute> resultAttrs;
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
    Tensor &tensor = value->tensor;
    Value result = node.value(tensor);
    if (crossesAsByte(tensor.dtype))
      result = arith::ExtSIOp::create(
          b, loc, cast<ShapedType>(result.getType()).clone(b.getI8Type()),
          result);
    results.push_back(result);
    SmallVector<Attribute> dims;
    for (Size size : tensor.dims) {
      Attribute dim = b.getStringAttr("?");
      if (auto c = Sizes::asConstant(size))
        dim = b.getI64IntegerAttr(*c);
      for (auto &[name, value] : symbols)
        if (name != "?" && Size(value) == size)
          dim = b.getStringAttr(name);
      dims.push_back(dim);
    }
    resultAttrs.push_back(b.getDictionaryAttr(
        {b.getNamedAttr("model.dims", b.getArrayAttr(dims)),
         b.getNamedAttr("model.dtype",
                        b.getStringAttr(dtypeName(tensor.dtype))),
         b.getNamedAttr("model.name", b.getStringAttr(info.name()))}));
  }
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

/// One line a reason, with the nodes it struck.
LogicalResult GraphImporter::listRefusals() {
  constexpr size_t shown = 5; // enough to find them; the count says the rest
  for (auto &[reason, nodes] : refusals) {
    report.text += reason + " (" + std::to_string(nodes.size()) +
                   (nodes.size() == 1 ? " node: " : " nodes: ");
    for (size_t i = 0; i < std::min(shown, nodes.size()); ++i)
      report.text += (i ? ", " : "") + nodes[i];
    report.text += nodes.size() > shown ? ", ...)\n" : ")\n";
  }
  return failure();
}

} // namespace niello::onnx_frontend
