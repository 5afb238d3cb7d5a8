// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loop: scf.for where only the count ends it, scf.while where a condition may.

#include "frontends/onnx/ops/control/Regions.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

// A loop over sequences is unrolled; beyond this many steps the code would not
// be worth its size.
constexpr int64_t maxUnrolled = 1024;

OnnxValue knownNumber(Node &node, DType dtype, Size number) {
  OnnxValue value;
  value.kind = OnnxValue::Kind::Tensor;
  value.tensor.dtype = dtype;
  value.tensor.elements = SmallVector<Size>{number};
  return value;
}

/// The parts of a Loop: what its inputs and its body's outputs stand for.
struct Parts {
  const onnx::GraphProto *body = nullptr;
  unsigned numStates = 0, numStacks = 0;
  std::optional<Size> count; // absent: no limit
  bool startsTrue = true;    // the first condition is known to be true
};

LogicalResult readParts(Node &node, Parts &parts) {
  auto *attr = node.attribute("body");
  if (!attr)
    return node.bad("needs a body");
  parts.body = &attr->g();
  parts.numStates = node.numInputs() > 2 ? node.numInputs() - 2 : 0;
  int outputs = parts.body->output_size();
  if (parts.body->input_size() != int(parts.numStates) + 2 ||
      outputs < int(parts.numStates) + 1)
    return node.bad("needs a body with " + Twine(parts.numStates + 2) +
                    " inputs and " + Twine(parts.numStates + 1) +
                    " outputs or more, but got " +
                    Twine(parts.body->input_size()) + " and " + Twine(outputs));
  parts.numStacks = outputs - 1 - parts.numStates;
  if (node.numOutputs() > parts.numStates + parts.numStacks)
    return node.bad("has more outputs than its body");
  if (node.has(0)) {
    auto count = node.elements(0);
    if (!count || count->size() != 1)
      return node.bad("needs a trip count of one number");
    parts.count = node.sizes.max(count->front(), node.sizes.constant(0));
  }
  if (node.has(1)) {
    auto known = node.constants(1);
    parts.startsTrue = known && known->size() == 1 && known->front();
  }
  return success();
}

/// Steps written out one after the other: the only way to carry sequences.
LogicalResult unroll(Node &node, const Parts &parts,
                     std::vector<OnnxValue> states) {
  auto count = parts.count ? Sizes::asConstant(*parts.count) : std::nullopt;
  if (!count || *count > maxUnrolled || !parts.startsTrue)
    return node.refuse("carries a sequence, which needs a trip count known at "
                       "compile time, at most 1024");
  std::vector<std::vector<Tensor>> stacks(parts.numStacks);
  for (int64_t step = 0; step < *count; ++step) {
    std::vector<OnnxValue> inputs{
        knownNumber(node, DType::Int64, node.sizes.constant(step)),
        knownNumber(node, DType::Bool, node.sizes.constant(1))};
    inputs.insert(inputs.end(), states.begin(), states.end());
    auto outputs = node.importer.importBody(*parts.body, inputs, node.scope);
    node.b.setLoc(node.loc);
    if (failed(outputs))
      return failure();
    auto goesOn = (*outputs)[0].tensor.elements;
    if (!goesOn || goesOn->size() != 1 || !Sizes::asConstant(goesOn->front()))
      return node.refuse("carries a sequence, which needs conditions known at "
                         "compile time");
    for (unsigned i = 0; i < parts.numStates; ++i)
      states[i] = (*outputs)[1 + i];
    for (unsigned i = 0; i < parts.numStacks; ++i)
      stacks[i].push_back((*outputs)[1 + parts.numStates + i].tensor);
    if (*Sizes::asConstant(goesOn->front()) == 0)
      break;
  }
  for (unsigned i = 0; i < parts.numStates; ++i)
    (void)node.resultValue(i, states[i]);
  for (unsigned i = 0; i < parts.numStacks; ++i) {
    if (!node.wantsOutput(parts.numStates + i))
      continue;
    if (stacks[i].empty())
      return node.refuse("stacks the outputs of no step, so that their shape "
                         "is unknown");
    for (Tensor &item : stacks[i]) {
      SmallVector<Size> dims{node.sizes.constant(1)};
      dims.append(item.dims);
      auto row = reshape(node, item, dims);
      if (failed(row))
        return failure();
      item = *row;
    }
    (void)node.result(parts.numStates + i, concat(node, stacks[i], 0));
  }
  return success();
}

/// A loop around an imported body. Its block's arguments are the step, the
/// states and, from here on, the stacks.
struct LoopMaker {
  Node &node;
  const Parts &parts;
  Carried &carried;
  BodyRegion &body;
  std::vector<Stack> stacks;

  Tensor condition() { return body.outputs[0].tensor; }
  SmallVector<Value> initialValues();
  SmallVector<Value> nextValues(unsigned firstStack);
  ValueRange makeFor();
  ValueRange makeWhile();
};

SmallVector<Value> LoopMaker::initialValues() {
  SmallVector<Value> values = carried.initialValues();
  for (Stack &stack : stacks) {
    values.push_back(stack.initial());
    body.block().addArgument(values.back().getType(), node.loc);
  }
  return values;
}

/// What a step hands on; its stacks are the block's arguments from
/// `firstStack` on.
SmallVector<Value> LoopMaker::nextValues(unsigned firstStack) {
  Size step = body.block().getArgument(0);
  SmallVector<Value> values;
  for (unsigned i = 0; i < carried.size(); ++i)
    values.push_back(carried.next(i, body.outputs[1 + i].tensor));
  for (auto [i, stack] : llvm::enumerate(stacks))
    values.push_back(stack.push(body.block().getArgument(firstStack + i), step,
                                body.outputs[1 + carried.size() + i].tensor,
                                /*reversed=*/false));
  return values;
}

ValueRange LoopMaker::makeFor() {
  Sizes &sizes = node.sizes;
  Value zero = sizes.value(sizes.constant(0)),
        one = sizes.value(sizes.constant(1));
  SmallVector<Value> initial = initialValues();
  insideRegion(node, body, [&] {
    SmallVector<Value> next = nextValues(1 + carried.size());
    scf::YieldOp::create(node.b, node.loc, next);
  });
  auto loop = scf::ForOp::create(node.b, node.loc, zero,
                                 sizes.value(*parts.count), one, initial);
  loop.getRegion().takeBody(*body.region);
  return loop.getResults();
}

// Carries the step and the condition before the states.
ValueRange LoopMaker::makeWhile() {
  Sizes &sizes = node.sizes;
  Type index = node.b.getIndexType(), flag = node.b.getI1Type();
  SmallVector<Value> initial{
      sizes.value(sizes.constant(0)),
      node.has(1) ? extractScalar(node, node.tensor(1))
                  : arith::ConstantOp::create(node.b, node.loc,
                                              node.b.getBoolAttr(true))};
  initial.append(initialValues());
  body.block().insertArgument(1u, flag, node.loc);
  SmallVector<Type> types{index, flag};
  types.append(SmallVector<Type>(
      ValueRange(ArrayRef(initial).drop_front(2)).getTypes()));
  auto loop = scf::WhileOp::create(node.b, node.loc, types, initial);
  {
    OpBuilder::InsertionGuard guard(node.b);
    Block *before =
        node.b.createBlock(&loop.getBefore(), {}, types,
                           SmallVector<Location>(types.size(), node.loc));
    Value test = before->getArgument(1);
    if (parts.count)
      test = arith::AndIOp::create(node.b, node.loc, test,
                                   sizes.compare(arith::CmpIPredicate::slt,
                                                 before->getArgument(0),
                                                 *parts.count));
    scf::ConditionOp::create(node.b, node.loc, test, before->getArguments());
  }
  insideRegion(node, body, [&] {
    Value following =
        sizes.value(sizes.add(body.block().getArgument(0), sizes.constant(1)));
    Tensor test = condition();
    SmallVector<Value> next{following, extractScalar(node, test)};
    next.append(nextValues(2 + carried.size()));
    scf::YieldOp::create(node.b, node.loc, next);
  });
  loop.getAfter().takeBody(*body.region);
  return loop.getResults().drop_front(2);
}

LogicalResult importLoop(Node &node) {
  Parts parts;
  if (failed(readParts(node, parts)))
    return failure();
  std::vector<OnnxValue> states;
  std::vector<Tensor> tensors;
  for (unsigned i = 0; i < parts.numStates; ++i) {
    states.push_back(node.input(2 + i));
    tensors.push_back(states.back().tensor);
  }
  if (llvm::any_of(states, [](const OnnxValue &value) {
        return value.kind != OnnxValue::Kind::Tensor;
      }))
    return unroll(node, parts, std::move(states));

  Carried carried(node, tensors);
  auto body = importStep(node, *parts.body, carried, 1, [&](Block &block) {
    std::vector<OnnxValue> inputs{
        knownNumber(node, DType::Int64, block.getArgument(0)),
        knownNumber(node, DType::Bool, node.sizes.constant(1))};
    for (unsigned i = 0; i < carried.size(); ++i) {
      OnnxValue &input = inputs.emplace_back();
      input.kind = OnnxValue::Kind::Tensor;
      input.tensor = carried.state(i, block.getArgument(1 + i));
    }
    return inputs;
  });
  if (failed(body))
    return failure();
  auto goesOn = body->outputs[0].tensor.elements;
  bool counted = parts.count && parts.startsTrue && goesOn &&
                 goesOn->size() == 1 && Sizes::asConstant(goesOn->front()) == 1;
  LoopMaker maker{node, parts, carried, *body, {}};
  for (unsigned i = 0; i < parts.numStacks; ++i) {
    OnnxValue &item = body->outputs[1 + carried.size() + i];
    if (item.kind != OnnxValue::Kind::Tensor)
      return node.refuse("only tensors can be scan outputs");
    maker.stacks.emplace_back(node, *body->region, item.tensor,
                              counted ? parts.count : std::nullopt);
  }
  ValueRange results = counted ? maker.makeFor() : maker.makeWhile();
  for (unsigned i = 0; i < node.numOutputs(); ++i) {
    bool isState = i < carried.size();
    (void)node.result(
        i, isState ? carried.state(i, results[i])
                   : maker.stacks[i - carried.size()].result(results[i]));
  }
  return success();
}

const Registration table[] = {
    {"", "Loop", importLoop, 0},
};

} // namespace

ArrayRef<Registration> loopOps() { return table; }

} // namespace niello::onnx_frontend
