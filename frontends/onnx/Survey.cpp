// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a model file holds, read without importing it: so there is something to
// say of a model that does not compile too.

#include "frontends/onnx/Importer.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"

namespace niello {
namespace {
using namespace onnx_frontend;

std::string operatorName(const onnx::NodeProto &node) {
  return node.domain().empty() || node.domain() == "ai.onnx"
             ? node.op_type()
             : node.domain() + "::" + node.op_type();
}

class Surveyor {
public:
  void add(const onnx::GraphProto &graph);
  void add(const onnx::NodeProto &node);
  OnnxSurvey finish();

private:
  void add(const onnx::TensorProto &tensor);

  std::map<std::string, uint64_t> operators;
  std::map<std::string, OnnxSurvey::Weights> weights;
};

/// Bytes of the elements in a file; what the importer would refuse counts as
/// none.
uint64_t storedBytes(const onnx::TensorProto &tensor) {
  auto dtype = static_cast<DType>(tensor.data_type());
  uint64_t bytes = 0;
  if (dtype == DType::String) {
    for (const std::string &text : tensor.string_data())
      bytes += text.size();
    return bytes;
  }
  auto count = elementCount(tensor);
  if (!count)
    return 0;
  // At most 2^60 elements of 128 bits.
  return llvm::SaturatingMultiply<uint64_t>(*count, storageBits(dtype)) / 8;
}

void Surveyor::add(const onnx::TensorProto &tensor) {
  auto dtype = static_cast<DType>(tensor.data_type());
  OnnxSurvey::Weights &group = weights[dtypeName(dtype).str()];
  group.count += 1;
  group.bytes += storedBytes(tensor);
}

void Surveyor::add(const onnx::NodeProto &node) {
  operators[operatorName(node)] += 1;
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    if (attribute.has_t())
      add(attribute.t());
    if (attribute.has_g())
      add(attribute.g());
    for (const onnx::TensorProto &tensor : attribute.tensors())
      add(tensor);
    for (const onnx::GraphProto &graph : attribute.graphs())
      add(graph);
  }
}

void Surveyor::add(const onnx::GraphProto &graph) {
  for (const onnx::TensorProto &tensor : graph.initializer())
    add(tensor);
  for (const onnx::SparseTensorProto &tensor : graph.sparse_initializer())
    add(tensor.values());
  for (const onnx::NodeProto &node : graph.node())
    add(node);
}

OnnxSurvey Surveyor::finish() {
  OnnxSurvey survey;
  for (const auto &[name, count] : operators)
    survey.operators.push_back({name, count});
  llvm::sort(survey.operators, [](const auto &a, const auto &b) {
    return std::tie(b.count, a.name) < std::tie(a.count, b.name);
  });
  for (auto &[dtype, group] : weights) {
    group.dtype = dtype;
    survey.weights.push_back(group);
  }
  return survey;
}

/// One side of the graph, as the file states it.
template <typename Infos>
void addTensors(const Infos &infos, const std::set<std::string> &given,
                std::vector<OnnxSurvey::Tensor> &tensors) {
  for (const onnx::ValueInfoProto &info : infos) {
    if (given.count(info.name()))
      continue;
    OnnxSurvey::Tensor tensor;
    tensor.name = info.name();
    const onnx::TypeProto_Tensor &type = info.type().tensor_type();
    tensor.dtype = dtypeName(static_cast<DType>(type.elem_type())).str();
    for (const auto &dim : type.shape().dim())
      tensor.dims.push_back({dim.has_dim_value() ? dim.dim_value() : -1,
                             dim.has_dim_param() ? dim.dim_param() : ""});
    tensors.push_back(std::move(tensor));
  }
}

void addNodes(const onnx::GraphProto &graph, OnnxSurvey &survey) {
  for (const onnx::NodeProto &node : graph.node())
    survey.nodes.push_back(
        {nodeName(node),
         operatorName(node),
         {node.input().begin(), node.input().end()},
         {node.output().begin(), node.output().end()}});
  for (const onnx::TensorProto &tensor : graph.initializer())
    survey.weightShapes[tensor.name()] = {tensor.dims().begin(),
                                          tensor.dims().end()};
}

} // namespace

std::optional<OnnxSurvey> surveyOnnx(llvm::StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/false);
  if (!file)
    return std::nullopt;
  llvm::StringRef bytes = (*file)->getBuffer();
  if (auto scan = scanModel(bytes); !scan) {
    llvm::consumeError(scan.takeError());
    return std::nullopt;
  }
  onnx::ModelProto model;
  if (!parseModel(bytes, model) || !model.has_graph())
    return std::nullopt;
  Surveyor surveyor;
  surveyor.add(model.graph());
  for (const onnx::FunctionProto &function : model.functions())
    for (const onnx::NodeProto &node : function.node())
      surveyor.add(node);
  OnnxSurvey survey = surveyor.finish();
  std::set<std::string> given; // inputs that are weights, up to IR version 3
  for (const onnx::TensorProto &tensor : model.graph().initializer())
    given.insert(tensor.name());
  addTensors(model.graph().input(), given, survey.inputs);
  addTensors(model.graph().output(), {}, survey.outputs);
  addNodes(model.graph(), survey);
  return survey;
}

} // namespace niello
