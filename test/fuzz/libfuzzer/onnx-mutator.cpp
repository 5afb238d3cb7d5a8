// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Changes an ONNX model and leaves it one: bytes changed at random rarely pass
// the parser, so that what stands behind it would hardly be reached.

#include "onnx/defs/schema.h"
#include "onnx/onnx_pb.h"

#include <cmath>
#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

namespace {

// Numbers at which counts, products and positions go wrong.
constexpr int64_t oddNumbers[] = {
    0,         1,         -1,        2,         3,         7,
    INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, 1ll << 31, 1ll << 40,
    1ll << 62, -2,        64,        4096,      1ll << 32, 255};
constexpr float oddReals[] = {0.f,   1.f,  -1.f,      0.5f,  1e-38f,
                              1e38f, -0.f, HUGE_VALF, -1e30f};

class Mutator {
public:
  explicit Mutator(unsigned seed) : random(seed) {}

  void change(onnx::ModelProto &model) {
    if (oneIn(20) && model.opset_import_size() > 0)
      model.mutable_opset_import(below(model.opset_import_size()))
          ->set_version(1 + below(29));
    for (onnx::FunctionProto &function : *model.mutable_functions())
      if (function.node_size() > 0 && oneIn(4))
        node(*function.mutable_node(below(function.node_size())), {});
    graph(*model.mutable_graph());
  }

private:
  std::minstd_rand random;

  size_t below(size_t count) { return random() % count; }
  bool oneIn(size_t count) { return below(count) == 0; }
  int64_t number() { return oddNumbers[below(std::size(oddNumbers))]; }

  void graph(onnx::GraphProto &graph) {
    std::vector<std::string> names{""};
    for (const auto &input : graph.input())
      names.push_back(input.name());
    for (const auto &tensor : graph.initializer())
      names.push_back(tensor.name());
    for (const auto &node : graph.node())
      for (const std::string &name : node.output())
        names.push_back(name);
    switch (below(8)) {
    case 0:
      if (graph.input_size() > 0)
        type(*graph.mutable_input(below(graph.input_size()))->mutable_type());
      return;
    case 1:
      if (graph.output_size() > 0)
        type(*graph.mutable_output(below(graph.output_size()))->mutable_type());
      return;
    case 2:
      if (graph.initializer_size() > 0)
        tensor(*graph.mutable_initializer(below(graph.initializer_size())));
      return;
    case 3:
      if (graph.node_size() > 1)
        graph.mutable_node()->SwapElements(below(graph.node_size()),
                                           below(graph.node_size()));
      return;
    case 4: // an input that is a constant, so that more is known
      if (graph.input_size() > 0 && oneIn(3)) {
        onnx::TensorProto &made = *graph.add_initializer();
        made.set_name(graph.input(below(graph.input_size())).name());
        made.set_data_type(oneIn(2) ? 7 : 1);
        made.add_dims(1);
        made.set_raw_data(std::string(made.data_type() == 7 ? 8 : 4, '\1'));
      }
      return;
    default:
      if (graph.node_size() > 0)
        node(*graph.mutable_node(below(graph.node_size())), names);
    }
  }

  void node(onnx::NodeProto &node, const std::vector<std::string> &names) {
    for (onnx::AttributeProto &held : *node.mutable_attribute())
      if (held.has_g() && oneIn(2))
        return graph(*held.mutable_g());
    switch (below(6)) {
    case 0: { // another operator
      static const auto schemas = onnx::OpSchemaRegistry::get_all_schemas();
      node.set_op_type(schemas[below(schemas.size())].Name());
      return;
    }
    case 1:
      if (names.size() > 1)
        node.add_input(names[below(names.size())]);
      return;
    case 2:
      if (node.input_size() > 0 && oneIn(3))
        node.mutable_input()->RemoveLast();
      else if (node.input_size() > 0 && !names.empty())
        node.set_input(below(node.input_size()), names[below(names.size())]);
      return;
    case 3: { // an attribute that the operator has but the node leaves out
      const auto *schema = onnx::OpSchemaRegistry::Schema(node.op_type());
      if (!schema || schema->attributes().empty())
        return;
      auto at = std::next(schema->attributes().begin(),
                          below(schema->attributes().size()));
      onnx::AttributeProto &made = *node.add_attribute();
      made.set_name(at->first);
      made.set_type(at->second.type);
      if (made.type() == onnx::AttributeProto::INTS)
        made.add_ints(number());
      return attribute(made);
    }
    default:
      if (node.attribute_size() > 0)
        attribute(*node.mutable_attribute(below(node.attribute_size())));
    }
  }

  void attribute(onnx::AttributeProto &attribute) {
    switch (attribute.type()) {
    case onnx::AttributeProto::INT:
      return attribute.set_i(number());
    case onnx::AttributeProto::FLOAT:
      return attribute.set_f(oddReals[below(std::size(oddReals))]);
    case onnx::AttributeProto::INTS:
      if (attribute.ints_size() > 0 && !oneIn(3))
        attribute.set_ints(below(attribute.ints_size()), number());
      else if (attribute.ints_size() > 0 && oneIn(2))
        attribute.mutable_ints()->RemoveLast();
      else
        attribute.add_ints(number());
      return;
    case onnx::AttributeProto::STRING:
      return bytes(*attribute.mutable_s());
    case onnx::AttributeProto::TENSOR:
      return tensor(*attribute.mutable_t());
    case onnx::AttributeProto::GRAPH:
      return graph(*attribute.mutable_g());
    default:
      return attribute.clear_floats();
    }
  }

  void type(onnx::TypeProto &type) {
    auto &tensor = *type.mutable_tensor_type();
    auto &shape = *tensor.mutable_shape();
    if (oneIn(4))
      tensor.set_elem_type(below(28));
    else if (shape.dim_size() > 0 && oneIn(4))
      shape.mutable_dim()->RemoveLast();
    else if (shape.dim_size() == 0 || oneIn(4))
      shape.add_dim()->set_dim_value(number());
    else if (oneIn(2)) // free
      shape.mutable_dim(below(shape.dim_size()))
          ->set_dim_param(oneIn(2)   ? ""
                          : oneIn(2) ? "n"
                                     : "m");
    else
      shape.mutable_dim(below(shape.dim_size()))->set_dim_value(number());
  }

  void tensor(onnx::TensorProto &tensor) {
    if (oneIn(4))
      tensor.set_data_type(below(28));
    else if (tensor.dims_size() > 0 && oneIn(2))
      tensor.set_dims(below(tensor.dims_size()), number());
    else if (oneIn(4))
      tensor.add_dims(number());
    else if (tensor.int64_data_size() > 0)
      tensor.set_int64_data(below(tensor.int64_data_size()), number());
    else if (tensor.raw_data().size() >= 8 && oneIn(2)) {
      int64_t put = number();
      tensor.mutable_raw_data()->replace(
          0, sizeof(put), reinterpret_cast<const char *>(&put), sizeof(put));
    } else
      bytes(*tensor.mutable_raw_data());
  }

  static void bytes(std::string &data) {
    size_t size = data.size();
    data.resize(size + 8);
    size = LLVMFuzzerMutate(reinterpret_cast<uint8_t *>(data.data()), size,
                            data.size());
    data.resize(size);
  }
};

} // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t maxSize, unsigned seed) {
  onnx::ModelProto model;
  // One in eight stays at random, for the parser itself.
  if (seed % 8 == 0 || !model.ParseFromArray(data, size))
    return LLVMFuzzerMutate(data, size, maxSize);
  Mutator mutator(seed / 8);
  for (unsigned i = 0; i < 1 + seed / 8 % 3; ++i)
    mutator.change(model);
  if (model.ByteSizeLong() > maxSize)
    return LLVMFuzzerMutate(data, size, maxSize);
  model.SerializeToArray(data, maxSize);
  return model.GetCachedSize();
}
