// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/BlockNames.h"

#include "frontends/onnx/Importer.h"
#include "frontends/onnx/Values.h"
#include "llvm/Support/MemoryBuffer.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSet.h"

namespace niello::onnx_frontend {
namespace {

using llvm::ArrayRef;
using llvm::StringRef;
using onnx::NodeProto;

// An activation that a file spells out is at most 8 nodes deep (the tanh form
// of GELU), a gated one and its casts a few more.
constexpr unsigned maxDepth = 16;

bool isOneOf(const NodeProto *node, ArrayRef<StringRef> ops) {
  return node && llvm::is_contained(ops, StringRef(node->op_type()));
}

bool isAttention(const NodeProto &node) {
  return isOneOf(&node,
                 {"Attention", "MultiHeadAttention", "GroupQueryAttention",
                  "PackedAttention", "DecoderMaskedMultiHeadAttention"});
}

bool isProduct(const NodeProto *node) {
  return isOneOf(node, {"MatMul", "Gemm", "FusedMatMul"});
}

bool isView(const NodeProto *node) {
  return isOneOf(node, {"Transpose", "Reshape", "Flatten", "Squeeze",
                        "Unsqueeze", "Identity", "Cast", "Dropout"});
}

bool isLinear(const NodeProto *node) {
  return isOneOf(node, {"Add", "Sub", "Mul", "Div", "Cast", "Identity", "Neg",
                        "Dropout", "Reshape", "Split", "Slice"});
}

bool isActivation(const NodeProto *node) {
  return isOneOf(node, {"Relu", "Gelu", "FastGelu", "BiasGelu", "QuickGelu",
                        "Erf", "Tanh", "Sigmoid", "HardSigmoid", "HardSwish",
                        "Swish", "Elu", "Selu", "LeakyRelu", "Mish", "Softplus",
                        "Pow", "Clip", "Max"});
}

class Graph {
public:
  explicit Graph(const onnx::GraphProto &graph) {
    for (const auto &tensor : graph.initializer())
      constants.insert(tensor.name());
    for (const NodeProto &node : graph.node()) {
      bool isConstant = llvm::all_of(node.input(), [&](auto &name) {
        return name.empty() || constants.contains(name);
      });
      for (const std::string &name : node.output()) {
        if (name.empty())
          continue;
        makers[name] = &node;
        if (isConstant)
          constants.insert(name);
      }
      for (const std::string &name : node.input())
        readers[name].push_back(&node);
    }
  }

  const NodeProto *maker(StringRef value) const { return makers.lookup(value); }
  ArrayRef<const NodeProto *> readersOf(StringRef value) const {
    auto it = readers.find(value);
    return it == readers.end() ? ArrayRef<const NodeProto *>()
                               : ArrayRef<const NodeProto *>(it->second);
  }
  bool isConstant(StringRef value) const { return constants.contains(value); }

  /// Whether a node multiplies by a weight.
  bool projects(const NodeProto *node) const {
    return isProduct(node) && node->input_size() > 1 &&
           isConstant(node->input(1)) && !isConstant(node->input(0));
  }
  /// A product by a weight, with the bias that follows it.
  StringRef withBias(const NodeProto *product) const {
    StringRef value = product->output(0);
    auto next = readersOf(value);
    if (next.size() != 1 || !isOneOf(next[0], {"Add"}) ||
        next[0]->input_size() != 2)
      return value;
    bool hasBias =
        isConstant(next[0]->input(0)) || isConstant(next[0]->input(1));
    return hasBias ? StringRef(next[0]->output(0)) : value;
  }

private:
  llvm::StringSet<> constants;
  llvm::StringMap<const NodeProto *> makers;
  llvm::StringMap<llvm::SmallVector<const NodeProto *, 2>> readers;
};

/// The product that reads a softmax, through what masks it or drops some.
const NodeProto *weighted(const Graph &graph, const NodeProto &softmax) {
  StringRef value = softmax.output(0);
  for (unsigned depth = 0; depth < 4; ++depth) {
    const NodeProto *next = nullptr;
    for (const NodeProto *reader : graph.readersOf(value))
      if (isOneOf(reader,
                  {"MatMul", "Cast", "Dropout", "Where", "Mul", "Identity"}))
        next = reader;
    if (!next)
      return nullptr;
    if (isProduct(next))
      return next->input(0) == value && !graph.projects(next) ? next : nullptr;
    value = next->output(0);
  }
  return nullptr;
}

/// Whether scores come from a product of two values, scaled and masked.
bool isScores(const Graph &graph, StringRef value, unsigned depth = 0) {
  const NodeProto *node = graph.maker(value);
  if (!node || depth > maxDepth)
    return false;
  if (isProduct(node))
    return !graph.projects(node) && !graph.isConstant(node->input(0));
  if (!isOneOf(node, {"Add", "Sub", "Mul", "Div", "Where", "Cast", "Tanh",
                      "Reshape", "Identity"}))
    return false;
  return llvm::any_of(node->input(), [&](auto &input) {
    return isScores(graph, input, depth + 1);
  });
}

/// The output projection's result; empty where there is none.
StringRef projected(const Graph &graph, StringRef heads) {
  for (unsigned depth = 0; depth < maxDepth; ++depth) {
    const NodeProto *view = nullptr;
    for (const NodeProto *reader : graph.readersOf(heads)) {
      if (graph.projects(reader))
        return graph.withBias(reader);
      if (isView(reader) && reader->input(0) == heads)
        view = reader;
    }
    if (!view)
      return "";
    heads = view->output(0);
  }
  return "";
}

/// Whether a value is made element by element of products by weights.
bool isHidden(const Graph &graph, StringRef value, bool &isCurved,
              unsigned depth = 0) {
  if (graph.isConstant(value))
    return true;
  const NodeProto *node = graph.maker(value);
  if (!node || depth > maxDepth)
    return false;
  if (graph.projects(node))
    return depth > 0;
  bool curves = isActivation(node);
  isCurved |= curves;
  if (!curves && !isLinear(node))
    return false;
  // What else a node reads says how it reshapes or slices.
  bool isData = isOneOf(node, {"Reshape", "Split", "Slice", "Dropout"});
  size_t read = isData ? 1 : node->input_size();
  for (size_t i = 0; i < read; ++i)
    if (!node->input(i).empty() &&
        !isHidden(graph, node->input(i), isCurved, depth + 1))
      return false;
  return true;
}

} // namespace

llvm::StringMap<std::string> blockNames(const onnx::GraphProto &proto) {
  Graph graph(proto);
  llvm::StringMap<std::string> names;
  int64_t count = 0;
  bool hasMlp = true; // none before the first attention
  auto name = [&](StringRef value, const char *what) {
    if (!value.empty())
      names.try_emplace(value,
                        "blocks." + std::to_string(count - 1) + "." + what);
  };
  for (const NodeProto &node : proto.node()) {
    if (node.output_size() == 0)
      continue;
    const NodeProto *product = nullptr;
    if (isOneOf(&node, {"Softmax"}) && node.input_size() == 1 &&
        isScores(graph, node.input(0)))
      product = weighted(graph, node);
    if (product || isAttention(node)) {
      ++count;
      hasMlp = false;
      if (product)
        name(node.output(0), "attention.probabilities");
      StringRef heads = product ? product->output(0) : node.output(0);
      name(heads, "attention.heads");
      name(projected(graph, heads), "attention.out");
      continue;
    }
    bool isCurved = false;
    if (hasMlp || !graph.projects(&node) ||
        !isHidden(graph, node.input(0), isCurved) || !isCurved)
      continue;
    hasMlp = true;
    name(node.input(0), "mlp.hidden");
    name(graph.withBias(&node), "mlp.out");
  }
  return names;
}

ImportOptions withFileNames(const ImportOptions &options,
                            const onnx::GraphProto &graph) {
  auto isBlock = [](StringRef name) { return name.starts_with("blocks."); };
  ImportOptions changed = options;
  bool isAsked =
      llvm::any_of(options.taps, isBlock) ||
      llvm::any_of(options.edits, [&](auto &e) { return isBlock(e.site); }) ||
      llvm::any_of(options.measures,
                   [&](auto &m) { return isBlock(m.pattern); });
  if (!isAsked)
    return changed;
  llvm::StringMap<std::string> blocks = blockNames(graph);
  // In the graph's order, so that equal models give equal programs.
  auto replace = [&](auto &all, auto nameOf) {
    std::remove_reference_t<decltype(all)> out;
    for (auto &one : all) {
      size_t before = out.size();
      if (isBlock(nameOf(one)))
        for (const NodeProto &node : graph.node())
          for (const std::string &value : node.output()) {
            auto block = blocks.find(value);
            if (block == blocks.end() ||
                !namesValue(nameOf(one), block->second, ""))
              continue;
            out.push_back(one);
            nameOf(out.back()) = value;
          }
      if (out.size() == before) // a name of the file's, or of nothing
        out.push_back(one);
    }
    all = std::move(out);
  };
  replace(changed.taps, [](std::string &t) -> std::string & { return t; });
  replace(changed.edits, [](Edit &e) -> std::string & { return e.site; });
  replace(changed.measures,
          [](Measure &m) -> std::string & { return m.pattern; });
  return changed;
}

} // namespace niello::onnx_frontend

namespace niello {

std::vector<OnnxValueName> nameOnnxValues(llvm::StringRef path) {
  std::vector<OnnxValueName> names;
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/false);
  onnx::ModelProto model;
  // importOnnx has scanned the bytes and refused what is broken.
  if (!file || !onnx_frontend::parseModel((*file)->getBuffer(), model))
    return names;
  auto blocks = onnx_frontend::blockNames(model.graph());
  for (const onnx::NodeProto &node : model.graph().node())
    for (const std::string &value : node.output())
      if (!value.empty())
        names.push_back(
            {value, blocks.lookup(value), node.name(), node.op_type()});
  return names;
}

} // namespace niello
