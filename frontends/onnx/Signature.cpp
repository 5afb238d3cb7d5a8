// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the standard says of a node's operands, checked before any handler:
// inputs that share a type variable have one type, and it is an allowed one.

#include "frontends/onnx/Node.h"

#include "onnx/defs/schema.h"

using namespace mlir;

namespace niello::onnx_frontend {

/// The spelling of a type in ONNX schemas.
static std::string schemaName(DType dtype) {
  switch (dtype) {
  case DType::Float:
    return "tensor(float)";
  case DType::Double:
    return "tensor(double)";
  default:
    return "tensor(" + dtypeName(dtype).str() + ")";
  }
}

static bool allows(const onnx::OpSchema::FormalParameter &formal, DType dtype) {
  for (const auto *type : formal.GetTypes())
    if (*type == schemaName(dtype))
      return true;
  return false;
}

/// What com.microsoft operators, which have no schema here, need of their
/// operands: those that must be there, and those that, where present, have the
/// type of the first of them.
static LogicalResult checkContribOperands(Node &node) {
  struct Needs {
    const char *name;
    SmallVector<unsigned> present, sameType;
  };
  static const Needs table[] = {
      {"Attention", {0, 1}, {0, 1, 2, 4}},
      {"BiasGelu", {0, 1}, {0, 1}},
      {"DequantizeLinear", {0, 1}, {}},
      {"DynamicQuantizeLSTM", {0, 1, 2, 8, 9, 10, 11}, {}},
      {"EmbedLayerNormalization", {0, 2, 3, 5, 6}, {2, 3, 4, 5, 6}},
      {"FastGelu", {0}, {0, 1}},
      {"FusedMatMul", {0, 1}, {0, 1}},
      {"GroupQueryAttention", {0}, {0, 1, 2}},
      {"MultiHeadAttention", {0}, {0, 1, 2, 3, 6, 7}},
      {"QGemm", {0, 1, 3, 4}, {}},
      {"QLinearAdd", {0, 1, 3, 4, 6}, {0, 3}},
      {"QLinearConcat", {0, 2, 3}, {}},
      {"QLinearGlobalAveragePool", {0, 1, 3}, {}},
      {"QLinearLeakyRelu", {0, 1, 3}, {}},
      {"QLinearMul", {0, 1, 3, 4, 6}, {0, 3}},
      {"QLinearSigmoid", {0, 1, 3}, {}},
      {"QuantizeLinear", {0, 1}, {}},
      {"SimplifiedLayerNormalization", {0, 1}, {}},
      {"SkipLayerNormalization", {0, 1, 2}, {0, 1, 2, 3, 4}},
      {"SkipSimplifiedLayerNormalization", {0, 1, 2}, {0, 1, 2, 3}},
      {"TransposeMatMul", {0, 1}, {0, 1}},
  };
  for (const Needs &needs : table) {
    if (node.proto.op_type() != needs.name)
      continue;
    for (unsigned i : needs.present)
      if (!node.has(i))
        return node.bad("needs input " + Twine(i));
    for (unsigned i : needs.sameType)
      if (node.has(needs.sameType[0]) && node.has(i) &&
          node.dtype(i) != node.dtype(needs.sameType[0]))
        return node.bad("needs one element type for '" +
                        node.proto.input(needs.sameType[0]) + "' and '" +
                        node.proto.input(i) + "', but got " +
                        dtypeName(node.dtype(needs.sameType[0])) + " and " +
                        dtypeName(node.dtype(i)));
  }
  return success();
}

/// Whether the formal may be bound to a value of this kind.
static bool takesKind(const onnx::OpSchema::FormalParameter &formal,
                      OnnxValue::Kind kind) {
  StringRef prefix = kind == OnnxValue::Kind::Sequence   ? "seq("
                     : kind == OnnxValue::Kind::Optional ? "optional("
                                                         : "";
  return prefix.empty() || llvm::any_of(formal.GetTypes(), [&](auto *type) {
           return StringRef(*type).starts_with(prefix);
         });
}

/// An operator that the standard has, but not yet at the opset of the file.
static LogicalResult checkOpset(Node &node, const std::string &domain) {
  const onnx::OpSchema *newest =
      onnx::OpSchemaRegistry::Schema(node.proto.op_type(), domain);
  if (!newest)
    return success();
  int first = node.opset;
  while (first < newest->since_version() &&
         !onnx::OpSchemaRegistry::Schema(newest->Name(), first, domain))
    ++first;
  return node.bad("is an operator from opset " + Twine(first) +
                  " on, but the file declares opset " + Twine(node.opset));
}

LogicalResult checkSignature(Node &node) {
  std::string domain =
      node.proto.domain() == "ai.onnx" ? "" : node.proto.domain();
  const onnx::OpSchema *schema =
      onnx::OpSchemaRegistry::Schema(node.proto.op_type(), node.opset, domain);
  bool isOurs = findHandler(domain, node.proto.op_type(), node.opset);
  if (!schema && isOurs && failed(checkOpset(node, domain)))
    return failure();
  // Our operators outside the standard read at least their first input; a
  // model's own function may leave it out.
  if (!schema && node.numInputs() > 0 && !node.has(0) && isOurs)
    return node.bad("needs its first input");
  if (!schema && (domain == "com.microsoft" ||
                  node.proto.op_type() == "SimplifiedLayerNormalization"))
    return checkContribOperands(node);
  if (!schema || schema->inputs().empty())
    return success();
  const auto &formals = schema->inputs();
  for (auto [i, formal] : llvm::enumerate(formals)) {
    if (formal.GetOption() == onnx::OpSchema::Optional)
      continue;
    unsigned end = i + 1;
    if (formal.GetOption() == onnx::OpSchema::Variadic)
      end = std::max<unsigned>(i + formal.GetMinArity(), node.numInputs());
    for (unsigned at = i; at < end; ++at)
      if (!node.has(at))
        return node.bad("needs an input '" + formal.GetName() + "'");
  }
  llvm::StringMap<std::pair<DType, std::string>> bound; // variable -> operand
  for (unsigned i = 0; i < node.numInputs(); ++i) {
    if (!node.has(i))
      continue;
    size_t at = std::min<size_t>(i, formals.size() - 1);
    const auto &formal = formals[at];
    if (!takesKind(formal, node.input(i).kind))
      return node.bad("takes a tensor for '" + node.proto.input(i) +
                      "', not a sequence or an optional");
    if (node.input(i).kind != OnnxValue::Kind::Tensor)
      continue;
    bool isVariadic = formal.GetOption() == onnx::OpSchema::Variadic;
    if (i >= formals.size() && !isVariadic)
      return node.bad("takes at most " + Twine(formals.size()) +
                      " inputs, but got " + Twine(node.numInputs()));
    DType dtype = node.dtype(i);
    if (!formal.GetTypes().empty() && !allows(formal, dtype))
      return node.bad("does not take " + dtypeName(dtype) + " for '" +
                      node.proto.input(i) + "'");
    if (isVariadic && !formal.GetIsHomogeneous())
      continue;
    auto [it, isNew] =
        bound.try_emplace(formal.GetTypeStr(), dtype, node.proto.input(i));
    if (!isNew && it->second.first != dtype)
      return node.bad("needs one element type for '" + it->second.second +
                      "' and '" + node.proto.input(i) + "', but got " +
                      dtypeName(it->second.first) + " and " + dtypeName(dtype));
  }
  return success();
}

std::optional<std::string> unknownOpset(const onnx::ModelProto &model) {
  const auto &ranges =
      onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  for (const auto &import : model.opset_import()) {
    std::string domain = import.domain() == "ai.onnx" ? "" : import.domain();
    auto range = ranges.find(domain);
    if (range == ranges.end())
      continue;
    if (import.version() < 1 || import.version() > range->second.second)
      return "declares opset " + std::to_string(import.version()) +
             (domain.empty() ? "" : " of domain " + domain) +
             "; niello reads opsets 1 to " +
             std::to_string(range->second.second);
  }
  return std::nullopt;
}

bool usesUnknownOps(const onnx::ModelProto &model) {
  for (const onnx::NodeProto &node : model.graph().node())
    for (const auto &import : model.opset_import())
      if ((import.domain() == node.domain() ||
           (import.domain() == "ai.onnx" && node.domain().empty())) &&
          !onnx::OpSchemaRegistry::Schema(node.op_type(), import.version(),
                                          node.domain()))
        return true;
  return false;
}

} // namespace niello::onnx_frontend
