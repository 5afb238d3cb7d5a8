// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/ops/control/Regions.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir;

namespace niello::onnx_frontend {

/// The value with the static sizes of `type` and no others.
static Value castTo(Node &node, Value value, Type type) {
  if (value.getType() == type)
    return value;
  return tensor::CastOp::create(node.b, node.loc, type, value);
}

FailureOr<BodyRegion> importRegion(Node &node, const onnx::GraphProto &graph,
                                   TypeRange arguments, Bind bind) {
  OpBuilder::InsertionGuard guard(node.b);
  BodyRegion body;
  body.region = std::make_unique<Region>();
  Block &block = body.region->emplaceBlock();
  block.addArguments(arguments,
                     SmallVector<Location>(arguments.size(), node.loc));
  node.b.setInsertionPointToStart(&block);
  node.sizes.enterRegion();
  std::vector<OnnxValue> inputs = bind(block);
  auto outputs = node.importer.importBody(graph, inputs, node.scope);
  node.sizes.leaveRegion();
  node.b.setLoc(node.loc);
  if (failed(outputs)) {
    node.importer.unused.push_back(std::move(body.region));
    return failure();
  }
  body.outputs = std::move(*outputs);
  return body;
}

void insideRegion(Node &node, BodyRegion &body,
                  llvm::function_ref<void()> build) {
  OpBuilder::InsertionGuard guard(node.b);
  node.b.setInsertionPointToEnd(&body.block());
  node.sizes.enterRegion();
  build();
  node.sizes.leaveRegion();
}

Carried::Carried(Node &node, std::vector<Tensor> given)
    : node(node), initial(std::move(given)) {
  for (Tensor &tensor : initial) {
    if (!tensor.value)
      tensor.value = node.value(tensor);
    tensor.elements.reset(); // they change from step to step
    varies.emplace_back(tensor.rank(), false);
  }
}

SmallVector<Type> Carried::types() {
  SmallVector<Type> types;
  for (auto [tensor, varying] : llvm::zip(initial, varies)) {
    SmallVector<int64_t> shape;
    for (auto [size, varies] : llvm::zip(tensor.dims, varying))
      shape.push_back(
          varies ? ShapedType::kDynamic
                 : Sizes::asConstant(size).value_or(ShapedType::kDynamic));
    types.push_back(RankedTensorType::get(
        shape,
        cast<RankedTensorType>(tensor.value.getType()).getElementType()));
  }
  return types;
}

SmallVector<Value> Carried::initialValues() {
  SmallVector<Value> values;
  for (auto [tensor, type] : llvm::zip(initial, types()))
    values.push_back(castTo(node, tensor.value, type));
  return values;
}

Tensor Carried::state(unsigned i, Value value) {
  Tensor tensor = node.makeTensor(value, initial[i].dtype);
  for (auto [at, varies] : llvm::enumerate(varies[i]))
    if (!varies)
      tensor.dims[at] = initial[i].dims[at];
  return tensor;
}

Value Carried::next(unsigned i, Tensor &given) {
  return castTo(node, node.value(given), types()[i]);
}

FailureOr<bool> Carried::settle(ArrayRef<OnnxValue> given) {
  bool settled = true;
  for (auto [i, value] : llvm::enumerate(given)) {
    const Tensor &tensor = value.tensor;
    if (value.kind != OnnxValue::Kind::Tensor)
      return node.refuse("carries a sequence or an optional from step to step");
    if (tensor.dtype != initial[i].dtype)
      return node.bad("needs a loop-carried value of one type, but got " +
                      dtypeName(initial[i].dtype) + " and " +
                      dtypeName(tensor.dtype));
    if (tensor.rank() != initial[i].rank())
      return node.refuse("needs a loop-carried value of one rank, but got " +
                         Twine(initial[i].rank()) + " and " +
                         Twine(tensor.rank()));
    for (int64_t at = 0; at < tensor.rank(); ++at) {
      if (varies[i][at] ||
          node.sizes.equal(tensor.dims[at], initial[i].dims[at]))
        continue;
      varies[i][at] = true;
      settled = false;
    }
  }
  return settled;
}

FailureOr<BodyRegion> importStep(Node &node, const onnx::GraphProto &graph,
                                 Carried &carried, unsigned firstState,
                                 Bind bind) {
  for (;;) { // each round marks one dimension more
    SmallVector<Type> types{node.b.getIndexType()};
    types.append(carried.types());
    auto body = importRegion(node, graph, types, bind);
    if (failed(body))
      return failure();
    if (body->outputs.size() < firstState + carried.size())
      return node.bad(
          "needs a body with " + Twine(firstState + carried.size()) +
          " outputs or more, but got " + Twine(body->outputs.size()));
    auto settled = carried.settle(
        ArrayRef(body->outputs).slice(firstState, carried.size()));
    if (succeeded(settled) && *settled)
      return body;
    node.importer.unused.push_back(std::move(body->region));
    if (failed(settled))
      return failure();
  }
}

SmallVector<Tensor> countedLoop(
    Node &node, Size count, ArrayRef<Tensor> initial,
    llvm::function_ref<SmallVector<Tensor>(Size, MutableArrayRef<Tensor>)>
        body) {
  Carried carried(node, initial.vec());
  ImplicitLocOpBuilder &b = node.b;
  Value zero = node.sizes.value(node.sizes.constant(0));
  Value one = node.sizes.value(node.sizes.constant(1));
  Value end = node.sizes.value(count);
  auto loop =
      scf::ForOp::create(b, node.loc, zero, end, one, carried.initialValues());
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    node.sizes.enterRegion();
    SmallVector<Tensor> states;
    for (auto [i, arg] : llvm::enumerate(loop.getRegionIterArgs()))
      states.push_back(carried.state(i, arg));
    SmallVector<Value> next;
    for (auto [i, tensor] :
         llvm::enumerate(body(loop.getInductionVar(), states)))
      next.push_back(carried.next(i, tensor));
    node.sizes.leaveRegion();
    scf::YieldOp::create(b, node.loc, next);
  }
  SmallVector<Tensor> results;
  for (auto [i, value] : llvm::enumerate(loop.getResults()))
    results.push_back(carried.state(i, value));
  return results;
}

} // namespace niello::onnx_frontend
