// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// If: one branch where the condition is known now, else both as scf.if.

#include "frontends/onnx/ops/control/Regions.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

/// One tensor that both branches give, and what is known of it after the If.
struct Joined {
  Tensor yes, no;
  Type type;                // carried as a tensor, or null:
  SmallVector<bool> number; // carried as these of its elements
};

/// A tensor both sides know number by number stays known: only the numbers
/// that differ are results.
bool joinElements(Node &node, Joined &joined, Region &first, Region &second,
                  Tensor &after) {
  Tensor &yes = joined.yes, &no = joined.no;
  if (!yes.elements || !no.elements ||
      yes.elements->size() != no.elements->size())
    return false;
  after.elements.emplace();
  after.dims = yes.dims;
  for (auto [a, b] : llvm::zip(*yes.elements, *no.elements)) {
    auto left = node.sizes.hoist(a, first), right = node.sizes.hoist(b, second);
    bool same = left && right && node.sizes.equal(*left, *right);
    joined.number.push_back(!same);
    after.elements->push_back(same ? *left : Size());
  }
  return true;
}

LogicalResult joinTensor(Node &node, Joined &joined, Region &first,
                         Region &second, Tensor &after) {
  Tensor &yes = joined.yes, &no = joined.no;
  after.dtype = yes.dtype;
  if (yes.dtype != no.dtype)
    return node.bad("needs branches of one type, but got " +
                    dtypeName(yes.dtype) + " and " + dtypeName(no.dtype));
  if (yes.rank() != no.rank())
    return node.refuse("needs branches of one rank where the condition is not "
                       "known at compile time, but got " +
                       Twine(yes.rank()) + " and " + Twine(no.rank()));
  if (joinElements(node, joined, first, second, after))
    return success();
  SmallVector<int64_t> shape;
  for (auto [a, b] : llvm::zip(yes.dims, no.dims)) {
    auto left = node.sizes.hoist(a, first), right = node.sizes.hoist(b, second);
    bool same = left && right && node.sizes.equal(*left, *right);
    after.dims.push_back(same ? *left : Size());
    shape.push_back(
        same ? Sizes::asConstant(*left).value_or(ShapedType::kDynamic)
             : ShapedType::kDynamic);
  }
  joined.type =
      RankedTensorType::get(shape, elementType(node.b.getContext(), yes.dtype));
  return success();
}

/// Pairs the tensors of two values; a sequence has one for each item.
LogicalResult pair(Node &node, OnnxValue &yes, OnnxValue &no,
                   std::vector<Joined> &joined) {
  if (yes.kind != no.kind || yes.items.size() != no.items.size())
    return node.refuse("needs branches that give the same kind of value, and "
                       "sequences of the same length, where the condition is "
                       "not known at compile time");
  if (yes.kind == OnnxValue::Kind::Tensor)
    joined.push_back({yes.tensor, no.tensor, {}, {}});
  for (auto [a, b] : llvm::zip(yes.items, no.items))
    joined.push_back({a, b, {}, {}});
  return success();
}

/// What one branch yields, made at the end of its block.
void yieldBranch(Node &node, BodyRegion &body, ArrayRef<Joined> joined,
                 bool isYes) {
  insideRegion(node, body, [&] {
    SmallVector<Value> values;
    for (const Joined &one : joined) {
      Tensor tensor = isYes ? one.yes : one.no;
      for (auto [i, carried] : llvm::enumerate(one.number))
        if (carried)
          values.push_back(node.sizes.value((*tensor.elements)[i]));
      if (!one.type)
        continue;
      Value value = node.value(tensor);
      if (value.getType() != one.type)
        value = tensor::CastOp::create(node.b, node.loc, one.type, value);
      values.push_back(value);
    }
    scf::YieldOp::create(node.b, node.loc, values);
  });
}

/// Reads the results of the scf.if into what is known of each tensor.
void readResults(Node &node, scf::IfOp branches, ArrayRef<Joined> joined,
                 MutableArrayRef<Tensor> after) {
  unsigned next = 0;
  for (auto [one, tensor] : llvm::zip(joined, after)) {
    for (auto [i, carried] : llvm::enumerate(one.number))
      if (carried)
        (*tensor.elements)[i] = node.sizes.fromData(branches.getResult(next++));
    if (!one.type)
      continue;
    tensor.value = branches.getResult(next++);
    Tensor read = node.makeTensor(tensor.value, tensor.dtype);
    for (auto [known, size] : llvm::zip(tensor.dims, read.dims))
      if (!known)
        known = size;
  }
}

/// The results of the If, from the tensors of its values in order.
LogicalResult giveResults(Node &node, ArrayRef<OnnxValue> shapes,
                          ArrayRef<Tensor> after) {
  unsigned next = 0;
  for (unsigned i = 0; i < node.numOutputs(); ++i) {
    OnnxValue value = shapes[i];
    if (value.kind == OnnxValue::Kind::Tensor)
      value.tensor = after[next++];
    for (Tensor &item : value.items)
      item = after[next++];
    (void)node.resultValue(i, std::move(value));
  }
  return success();
}

/// Imports one branch where the builder stands.
LogicalResult oneBranch(Node &node, const onnx::GraphProto &graph) {
  auto outputs = node.importer.importBody(graph, {}, node.scope);
  node.b.setLoc(node.loc);
  if (failed(outputs))
    return failure();
  for (unsigned i = 0; i < node.numOutputs(); ++i)
    (void)node.resultValue(i, (*outputs)[i]);
  return success();
}

/// `x.squeeze(i)` as PyTorch exports it: the size is 1 ? Squeeze : Identity.
/// What follows wants the squeezed rank, so the size has to be 1.
bool isSqueezeOrIdentity(const onnx::GraphProto &yes,
                         const onnx::GraphProto &no) {
  auto has = [](const onnx::GraphProto &graph, StringRef op) {
    return llvm::any_of(graph.node(), [&](const onnx::NodeProto &node) {
      return node.op_type() == op;
    });
  };
  return yes.output_size() == 1 && has(yes, "Squeeze") && no.node_size() == 1 &&
         has(no, "Identity");
}

bool sameRanks(ArrayRef<Joined> joined) {
  return llvm::all_of(joined, [](const Joined &one) {
    return one.yes.rank() == one.no.rank();
  });
}

LogicalResult bothBranches(Node &node, const onnx::GraphProto &thenGraph,
                           const onnx::GraphProto &elseGraph) {
  auto none = [](Block &) { return std::vector<OnnxValue>(); };
  auto yes = importRegion(node, thenGraph, {}, none);
  auto no = importRegion(node, elseGraph, {}, none);
  if (failed(yes) || failed(no))
    return failure();
  auto drop = [&] {
    node.importer.unused.push_back(std::move(yes->region));
    node.importer.unused.push_back(std::move(no->region));
  };
  std::vector<Joined> joined;
  for (unsigned i = 0; i < node.numOutputs(); ++i)
    if (failed(pair(node, yes->outputs[i], no->outputs[i], joined)))
      return drop(), failure();
  Value test = extractScalar(node, node.tensor(0));
  if (!sameRanks(joined) && isSqueezeOrIdentity(thenGraph, elseGraph)) {
    drop();
    Size zero = node.sizes.constant(0);
    require(node, test, "needs the size of 1 that it squeezes", zero, zero);
    return oneBranch(node, thenGraph);
  }
  SmallVector<Tensor> after(joined.size());
  SmallVector<Type> types;
  for (auto [one, tensor] : llvm::zip(joined, after)) {
    if (failed(joinTensor(node, one, *yes->region, *no->region, tensor)))
      return drop(), failure();
    types.append(llvm::count(one.number, true), node.b.getIndexType());
    if (one.type)
      types.push_back(one.type);
  }
  yieldBranch(node, *yes, joined, /*isYes=*/true);
  yieldBranch(node, *no, joined, /*isYes=*/false);
  auto branches = scf::IfOp::create(node.b, node.loc, types, test,
                                    /*addThenBlock=*/false,
                                    /*addElseBlock=*/false);
  branches.getThenRegion().takeBody(*yes->region);
  branches.getElseRegion().takeBody(*no->region);
  readResults(node, branches, joined, after);
  return giveResults(node, yes->outputs, after);
}

LogicalResult importIf(Node &node) {
  auto *yes = node.attribute("then_branch");
  auto *no = node.attribute("else_branch");
  if (!yes || !no)
    return node.bad("needs a then_branch and an else_branch");
  for (const onnx::GraphProto *graph : {&yes->g(), &no->g()})
    if (graph->output_size() < int(node.numOutputs()))
      return node.bad("needs " + Twine(node.numOutputs()) +
                      " outputs of each branch, but got " +
                      Twine(graph->output_size()));
  Size elements = node.sizes.product(node.tensor(0).dims);
  if (failed(requireEqual(node, elements, node.sizes.constant(1),
                          "the elements of a condition and 1")))
    return failure();
  auto known = node.constants(0);
  if (!known)
    return bothBranches(node, yes->g(), no->g());
  return oneBranch(node, known->front() ? yes->g() : no->g());
}

const Registration table[] = {
    {"", "If", importIf, bit(DType::Bool)},
};

} // namespace

ArrayRef<Registration> ifOps() { return table; }

} // namespace niello::onnx_frontend
