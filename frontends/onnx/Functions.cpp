// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that are functions: the model's own, and those whose body the
// ONNX standard gives. Both are imported as their nodes, in a scope in which
// the caller's names are not visible.

#include "frontends/onnx/Node.h"

#include "onnx/defs/parser.h"
#include "onnx/defs/schema.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

void setTensor(onnx::TypeProto &type, const Tensor &value) {
  auto *tensor = type.mutable_tensor_type();
  tensor->set_elem_type(static_cast<int>(value.dtype));
  auto *shape = tensor->mutable_shape();
  for (Size size : value.dims) {
    auto *dim = shape->add_dim();
    if (auto c = Sizes::asConstant(size))
      dim->set_dim_value(*c);
  }
}

/// The ONNX type of an imported value; unset where it is absent. The schema of
/// SequenceMap reads it without asking whether it is there.
onnx::TypeProto typeOf(const OnnxValue &value) {
  onnx::TypeProto type;
  if (value.kind == OnnxValue::Kind::Tensor) {
    setTensor(type, value.tensor);
    return type;
  }
  if (value.kind != OnnxValue::Kind::Sequence &&
      value.kind != OnnxValue::Kind::Optional)
    return type;
  // Of no items the type is not known, and nothing is computed from it.
  onnx::TypeProto &item =
      value.kind == OnnxValue::Kind::Sequence
          ? *type.mutable_sequence_type()->mutable_elem_type()
          : *type.mutable_optional_type()->mutable_elem_type();
  item.mutable_tensor_type()->set_elem_type(static_cast<int>(DType::Float));
  if (!value.items.empty()) {
    setTensor(item, value.items.front());
    item.mutable_tensor_type()->clear_shape(); // others may have another
  }
  return type;
}

/// The node with attributes that refer to function arguments resolved.
onnx::NodeProto resolved(Node &node) {
  onnx::NodeProto copy = node.proto;
  copy.clear_attribute();
  for (const onnx::AttributeProto &attr : node.proto.attribute())
    if (const onnx::AttributeProto *found = node.attribute(attr.name())) {
      *copy.add_attribute() = *found;
      copy.mutable_attribute(copy.attribute_size() - 1)->set_name(attr.name());
    }
  return copy;
}

/// The opset of the standard's body that holds for a node of this opset: the
/// largest one a body was written for and not above it.
void completeOpsets(onnx::FunctionProto &body, StringRef domain, int opset) {
  for (const auto &import : body.opset_import())
    if (import.domain() == domain)
      return;
  auto *import = body.add_opset_import();
  import->set_domain(domain.str());
  import->set_version(opset);
}

} // namespace

bool GraphImporter::isFunction(Node &node) {
  const onnx::NodeProto &proto = node.proto;
  for (const onnx::FunctionProto &f : model.functions())
    if (f.domain() == proto.domain() && f.name() == proto.op_type() &&
        f.overload() == proto.overload())
      return true;
  const onnx::OpSchema *schema = onnx::OpSchemaRegistry::Schema(
      proto.op_type(), node.opset,
      proto.domain() == "ai.onnx" ? "" : proto.domain());
  return schema &&
         (schema->HasFunction() || schema->HasContextDependentFunction());
}

FailureOr<onnx::FunctionProto> GraphImporter::functionBody(Node &node) {
  const onnx::NodeProto &proto = node.proto;
  for (const onnx::FunctionProto &f : model.functions())
    if (f.domain() == proto.domain() && f.name() == proto.op_type() &&
        f.overload() == proto.overload())
      return f;
  std::string domain = proto.domain() == "ai.onnx" ? "" : proto.domain();
  const onnx::OpSchema *schema =
      onnx::OpSchemaRegistry::Schema(proto.op_type(), node.opset, domain);
  if (!schema ||
      !(schema->HasFunction() || schema->HasContextDependentFunction()))
    return failure();
  onnx::FunctionProto body;
  if (schema->HasContextDependentFunction()) {
    std::vector<onnx::TypeProto> types;
    for (unsigned i = 0; i < node.numInputs(); ++i)
      types.push_back(node.has(i) ? typeOf(node.input(i)) : onnx::TypeProto());
    onnx::NodeProto copy = resolved(node); // the context points into it
    onnx::FunctionBodyBuildContextImpl context(copy, types);
    if (!schema->BuildContextDependentFunction(context, body, node.opset) &&
        !schema->BuildContextDependentFunction(context, body))
      return failure();
  } else if (const onnx::FunctionProto *f = schema->GetFunction(node.opset)) {
    body = *f;
  } else if (const onnx::FunctionProto *f = schema->GetFunction()) {
    body = *f;
  } else {
    return failure();
  }
  completeOpsets(body, domain, node.opset);
  for (const auto &[name, attribute] : schema->attributes())
    if (!node.attribute(name) &&
        attribute.default_value.type() != onnx::AttributeProto::UNDEFINED)
      *body.add_attribute_proto() = attribute.default_value;
  return body;
}

LogicalResult GraphImporter::expandFunction(Node &node,
                                            const onnx::FunctionProto &f) {
  constexpr unsigned maxCalls = 64; // deeper calls only come from cycles
  if (++depth > maxCalls) {
    --depth;
    return node.bad("functions call each other more than 64 deep");
  }
  llvm::scope_exit leave([&] { --depth; });
  Scope scope;
  scope.parent = &node.scope;
  scope.isFunction = true;
  for (const auto &import : f.opset_import())
    scope.opsets[import.domain() == "ai.onnx" ? "" : import.domain()] =
        import.version();
  for (auto [i, name] : llvm::enumerate(f.input()))
    scope.values[name] = node.has(i) ? node.input(i) : OnnxValue();
  for (const onnx::AttributeProto &attr : f.attribute_proto())
    scope.arguments[attr.name()] = &attr;
  for (const onnx::AttributeProto &attr : node.proto.attribute())
    if (const onnx::AttributeProto *found = node.attribute(attr.name()))
      scope.arguments[attr.name()] = found;
  if (failed(importNodes(f.node(), scope)))
    return failure();
  for (auto [i, name] : llvm::enumerate(f.output())) {
    if (!node.wantsOutput(i))
      continue;
    OnnxValue *value = find(name, scope);
    if (!value)
      return node.bad("function " + f.name() + " has no value '" + name +
                      "' for its output");
    (void)node.resultValue(i, *value);
  }
  return success();
}

LogicalResult Node::expand(const std::string &function) {
  onnx::FunctionProto f;
  // Opset 22 gave bfloat16 to the operators that 21 has without.
  std::string text = "<domain: \"niello\", opset_import: [\"\" : 22, "
                     "\"com.microsoft\" : 1]> " +
                     proto.op_type() + " " + function;
  auto status = onnx::OnnxParser::Parse(f, text);
  assert(status.IsOK() && "our own text");
  if (!status.IsOK())
    return refuse(status.ErrorMessage());
  for (onnx::NodeProto &inner : *f.mutable_node())
    inner.set_name(proto.name());
  return importer.expandFunction(*this, f);
}

} // namespace niello::onnx_frontend
