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

GraphImporter::GraphImporter(ModuleOp module, const onnx::ModelProto &model,
                             Initializers &initializers,
                             const ImportOptions &options, ImportReport &report)
    : b(module.getLoc(), module.getContext()), sizes(b), module(module),
      model(model), initializers(initializers), options(options),
      report(report) {}

std::string nodeName(const onnx::NodeProto &proto) {
  if (!proto.name().empty())
    return proto.name();
  return proto.op_type() +
         (proto.output_size() ? ":" + proto.output(0) : std::string());
}

Location GraphImporter::locationOf(const onnx::NodeProto &proto) {
  std::string name = nodeName(proto);
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

std::string GraphImporter::whyFolded(const onnx::NodeProto &proto,
                                     Scope &scope) {
  llvm::DenseSet<Value> given;
  for (const std::string &name : proto.input())
    if (OnnxValue *value = name.empty() ? nullptr : find(name, scope))
      given.insert(value->tensor.value);
  bool hasSizes = false;
  for (const std::string &name : proto.output()) {
    OnnxValue *value = name.empty() ? nullptr : find(name, scope);
    if (!value || value->kind != OnnxValue::Kind::Tensor)
      continue;
    const Tensor &tensor = value->tensor;
    if (tensor.value && given.contains(tensor.value))
      return "the same as another";
    hasSizes |=
        tensor.elements && llvm::any_of(*tensor.elements, [](Size size) {
          return !Sizes::asConstant(size);
        });
  }
  return hasSizes ? "arithmetic on sizes" : "constant";
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
  auto last = [&] {
    return b.getInsertionPoint() == b.getInsertionBlock()->begin()
               ? nullptr
               : &*std::prev(b.getInsertionPoint());
  };
  Operation *lastBefore = last();
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
    return refuseOutputs();
  if (last() == lastBefore)
    report.folded.emplace_back(nodeName(proto), whyFolded(proto, scope));
  tapOutputs(node, scope);
  measureOutputs(node, scope);
  editOutputs(node, scope);
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
