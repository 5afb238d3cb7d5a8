// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scan: a body over the slices of its inputs, state in and out.

#include "frontends/onnx/ops/control/Regions.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

/// The axes and directions of a Scan, one a scan input or output.
struct Parts {
  const onnx::GraphProto *body = nullptr;
  unsigned numStates = 0, numInputs = 0, numOutputs = 0;
  SmallVector<int64_t> inputAxes, outputAxes;
  SmallVector<bool> inputReversed, outputReversed;
};

LogicalResult readList(Node &node, StringRef name, unsigned count,
                       SmallVector<int64_t> &list) {
  list = node.intsAttr(name).value_or(SmallVector<int64_t>(count, 0));
  if (list.size() != count)
    return node.bad("needs " + Twine(count) + " " + name + ", but got " +
                    Twine(list.size()));
  return success();
}

LogicalResult readParts(Node &node, Parts &parts) {
  auto *attr = node.attribute("body");
  int64_t scanned = node.intAttr("num_scan_inputs", 0);
  if (!attr)
    return node.bad("needs a body");
  parts.body = &attr->g();
  if (scanned < 1 || scanned > node.numInputs() ||
      parts.body->input_size() != int(node.numInputs()))
    return node.bad("needs 1 to " + Twine(node.numInputs()) +
                    " scan inputs and as many body inputs, but got " +
                    Twine(scanned) + " and " + Twine(parts.body->input_size()));
  parts.numInputs = scanned;
  parts.numStates = node.numInputs() - scanned;
  if (parts.body->output_size() < int(parts.numStates) ||
      parts.body->output_size() < int(node.numOutputs()))
    return node.bad("needs a body with an output for each of its own, but "
                    "got " +
                    Twine(parts.body->output_size()));
  parts.numOutputs = parts.body->output_size() - parts.numStates;
  SmallVector<int64_t> forward, backward;
  if (failed(readList(node, "scan_input_axes", parts.numInputs,
                      parts.inputAxes)) ||
      failed(readList(node, "scan_output_axes", parts.numOutputs,
                      parts.outputAxes)) ||
      failed(
          readList(node, "scan_input_directions", parts.numInputs, forward)) ||
      failed(
          readList(node, "scan_output_directions", parts.numOutputs, backward)))
    return failure();
  parts.inputReversed.assign(forward.begin(), forward.end());
  parts.outputReversed.assign(backward.begin(), backward.end());
  return success();
}

/// The scanned inputs, all of one length along their axes.
FailureOr<Size> readInputs(Node &node, Parts &parts, unsigned first,
                           std::vector<Tensor> &inputs) {
  Size count;
  for (unsigned i = 0; i < parts.numInputs; ++i) {
    Tensor input = node.tensor(first + i);
    input.value = node.value(input);
    if (input.rank() == 0)
      return node.bad("scans a scalar");
    auto axis = node.axis(parts.inputAxes[i], input.rank());
    if (failed(axis))
      return failure();
    parts.inputAxes[i] = *axis;
    if (!count)
      count = input.dims[*axis];
    else if (failed(requireEqual(node, count, input.dims[*axis],
                                 "the lengths of the scan inputs")))
      return failure();
    inputs.push_back(input);
  }
  return count;
}

/// The body's inputs for a step: the states, then a slice of each input.
std::vector<OnnxValue> bindStep(Node &node, const Parts &parts,
                                Carried &carried,
                                MutableArrayRef<Tensor> inputs, Size count,
                                Block &block) {
  std::vector<OnnxValue> bound(parts.numStates + parts.numInputs);
  Size step = block.getArgument(0);
  Size last = node.sizes.sub(count, node.sizes.constant(1));
  for (auto [i, value] : llvm::enumerate(bound)) {
    value.kind = OnnxValue::Kind::Tensor;
    if (i < parts.numStates) {
      value.tensor = carried.state(i, block.getArgument(1 + i));
      continue;
    }
    unsigned at = i - parts.numStates;
    value.tensor =
        elementOf(node, inputs[at], parts.inputAxes[at],
                  parts.inputReversed[at] ? node.sizes.sub(last, step) : step);
  }
  return bound;
}

/// Moves the first dimension, along which a stack grows, to its axis.
LogicalResult giveStack(Node &node, unsigned i, Tensor stack, int64_t axis) {
  auto at = node.axis(axis, stack.rank());
  if (failed(at))
    return failure();
  SmallVector<int64_t> permutation;
  for (int64_t from = 1; from < stack.rank(); ++from)
    permutation.push_back(from);
  permutation.insert(permutation.begin() + *at, 0);
  return node.result(i, transpose(node, stack, permutation));
}

LogicalResult importScan(Node &node) {
  Parts parts;
  std::vector<Tensor> states, inputs;
  if (failed(readParts(node, parts)))
    return failure();
  auto count = readInputs(node, parts, parts.numStates, inputs);
  if (failed(count))
    return failure();
  for (unsigned i = 0; i < parts.numStates; ++i)
    states.push_back(node.tensor(i));
  Carried carried(node, states);
  auto body = importStep(node, *parts.body, carried, 0, [&](Block &block) {
    return bindStep(node, parts, carried, inputs, *count, block);
  });
  if (failed(body))
    return failure();
  SmallVector<Value> initial = carried.initialValues();
  std::vector<Stack> stacks;
  for (unsigned i = 0; i < parts.numOutputs; ++i) {
    OnnxValue &item = body->outputs[parts.numStates + i];
    if (item.kind != OnnxValue::Kind::Tensor)
      return node.refuse("only tensors can be scan outputs");
    stacks.emplace_back(node, *body->region, item.tensor, *count);
    initial.push_back(stacks.back().initial());
    body->block().addArgument(initial.back().getType(), node.loc);
  }
  insideRegion(node, *body, [&] {
    SmallVector<Value> next;
    Block &block = body->block();
    for (unsigned i = 0; i < parts.numStates; ++i)
      next.push_back(carried.next(i, body->outputs[i].tensor));
    for (auto [i, stack] : llvm::enumerate(stacks))
      next.push_back(stack.push(
          block.getArgument(1 + parts.numStates + i), block.getArgument(0),
          body->outputs[parts.numStates + i].tensor, parts.outputReversed[i]));
    scf::YieldOp::create(node.b, node.loc, next);
  });
  Value zero = node.sizes.value(node.sizes.constant(0));
  Value one = node.sizes.value(node.sizes.constant(1));
  auto loop = scf::ForOp::create(node.b, node.loc, zero,
                                 node.sizes.value(*count), one, initial);
  loop.getRegion().takeBody(*body->region);
  for (unsigned i = 0; i < node.numOutputs(); ++i) {
    Value result = loop.getResult(i);
    if (i < parts.numStates)
      (void)node.result(i, carried.state(i, result));
    else if (unsigned at = i - parts.numStates; failed(giveStack(
                 node, i, stacks[at].result(result), parts.outputAxes[at])))
      return failure();
  }
  return success();
}

/// The attribute of nodes that importScan8 makes; no file can have it, since
/// the standard knows it of no operator.
constexpr const char *madeHere = "niello_made";

onnx::AttributeProto *addAttribute(onnx::NodeProto &node, StringRef name,
                                   onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto *attribute = node.add_attribute();
  attribute->set_name(name.str());
  attribute->set_type(type);
  return attribute;
}

void addInt(onnx::NodeProto &node, StringRef name, int64_t value) {
  addAttribute(node, name, onnx::AttributeProto::INT)->set_i(value);
}

/// A Scan of opset 9's meaning, without body and operands.
onnx::NodeProto newScan(int64_t scanned) {
  onnx::NodeProto scan;
  scan.set_op_type("Scan");
  addInt(scan, madeHere, 1);
  addInt(scan, "num_scan_inputs", scanned);
  return scan;
}

// Scan of opset 8 has a batch in front of everything: it is a scan without
// state over that batch, whose body scans one item of it as since opset 9.
LogicalResult importScan8(Node &node) {
  if (node.attribute(madeHere)) {
    onnx::NodeProto bare = node.proto; // without sequence_lens
    bare.mutable_input()->DeleteSubrange(0, 1);
    Node item(node.importer, bare, node.scope, node.opset, node.loc);
    return importScan(item);
  }
  if (node.has(0))
    return node.refuse("sequence_lens is not supported; scan sequences of one "
                       "length");
  auto *body = node.attribute("body");
  if (!body || node.numInputs() < 2)
    return node.bad("needs a body and an input to scan");
  onnx::NodeProto batch = newScan(node.numInputs() - 1);
  onnx::NodeProto item = newScan(node.intAttr("num_scan_inputs", 0));
  *addAttribute(item, "body", onnx::AttributeProto::GRAPH)->mutable_g() =
      body->g();
  if (auto directions = node.intsAttr("directions")) {
    auto *given =
        addAttribute(item, "scan_input_directions", onnx::AttributeProto::INTS);
    for (int64_t direction : *directions)
      given->add_ints(direction);
  }
  item.add_input(""); // sequence_lens, which the standard's types start with
  onnx::GraphProto each;
  for (unsigned i = 1; i < node.numInputs(); ++i) {
    std::string name = "item " + std::to_string(i);
    each.add_input()->set_name(name);
    item.add_input(name);
    batch.add_input(node.proto.input(i));
  }
  for (unsigned i = 0; i < node.numOutputs(); ++i) {
    std::string name = "result " + std::to_string(i);
    each.add_output()->set_name(name);
    item.add_output(name);
    batch.add_output(node.proto.output(i));
  }
  *each.add_node() = item;
  *addAttribute(batch, "body", onnx::AttributeProto::GRAPH)->mutable_g() = each;
  Node whole(node.importer, batch, node.scope, node.opset, node.loc);
  return importScan(whole);
}

const Registration table[] = {
    {"", "Scan", importScan8, everything, 8},
    {"", "Scan", importScan, everything, 9},
};

} // namespace

ArrayRef<Registration> scanOps() { return table; }

} // namespace niello::onnx_frontend
