// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sequences and optionals: lists of tensors that exist at compile time only.

#include "frontends/onnx/ops/Emit.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

using Kind = OnnxValue::Kind;

LogicalResult requireSequence(Node &node, unsigned i) {
  if (node.input(i).kind == Kind::Sequence)
    return success();
  return node.bad("needs a sequence as input " + Twine(i));
}

OnnxValue sequenceOf(std::vector<Tensor> items) {
  OnnxValue value;
  value.kind = Kind::Sequence;
  value.items = std::move(items);
  return value;
}

LogicalResult importConstruct(Node &node) {
  std::vector<Tensor> items;
  for (unsigned i = 0; i < node.numInputs(); ++i)
    items.push_back(node.tensor(i));
  return node.resultValue(0, sequenceOf(std::move(items)));
}

LogicalResult importEmpty(Node &node) {
  return node.resultValue(0, sequenceOf({}));
}

/// A position in [0, count), or [0, count] where `canEnd`; the end if absent.
FailureOr<int64_t> position(Node &node, unsigned i, int64_t count,
                            bool canEnd) {
  if (!node.has(i))
    return canEnd ? count : count - 1;
  auto known = node.constants(i);
  if (!known || known->size() != 1)
    return node.refuse("needs a position known at compile time");
  int64_t at = known->front() < 0 ? known->front() + count : known->front();
  if (at < 0 || at >= count + canEnd)
    return node.bad("needs a position in a sequence of " + Twine(count) +
                    ", but got " + Twine(known->front()));
  return at;
}

LogicalResult importAt(Node &node) {
  if (failed(requireSequence(node, 0)))
    return failure();
  std::vector<Tensor> &items = node.input(0).items;
  auto at = position(node, 1, items.size(), /*canEnd=*/false);
  return failed(at) ? failure() : node.result(0, items[*at]);
}

LogicalResult importInsert(Node &node) {
  if (failed(requireSequence(node, 0)))
    return failure();
  std::vector<Tensor> items = node.input(0).items;
  auto at = position(node, 2, items.size(), /*canEnd=*/true);
  if (failed(at))
    return failure();
  items.insert(items.begin() + *at, node.tensor(1));
  return node.resultValue(0, sequenceOf(std::move(items)));
}

LogicalResult importErase(Node &node) {
  if (failed(requireSequence(node, 0)))
    return failure();
  std::vector<Tensor> items = node.input(0).items;
  if (items.empty())
    return node.bad("erases from an empty sequence");
  auto at = position(node, 1, items.size(), /*canEnd=*/false);
  if (failed(at))
    return failure();
  items.erase(items.begin() + *at);
  return node.resultValue(0, sequenceOf(std::move(items)));
}

LogicalResult importLength(Node &node) {
  if (failed(requireSequence(node, 0)))
    return failure();
  return node.resultElements(0, DType::Int64, {},
                             {node.sizes.constant(node.input(0).items.size())});
}

/// The sizes of the parts; a scalar `split` is the size of all but the last.
FailureOr<SmallVector<int64_t>> partSizes(Node &node, int64_t count) {
  constexpr int64_t maxParts = 4096; // more would be a loop, not a list
  if (!node.has(1)) {
    if (count > maxParts)
      return node.refuse("splits into more than 4096 parts");
    return SmallVector<int64_t>(count, 1);
  }
  auto split = node.constants(1);
  if (!split)
    return node.refuse("needs a split known at compile time");
  if (node.tensor(1).rank() == 1)
    return *split;
  int64_t each = split->size() == 1 ? split->front() : 0;
  if (each < 1 || count / each > maxParts)
    return node.bad("needs a split of 1 or more, into at most 4096 parts");
  SmallVector<int64_t> parts(count / each, each);
  if (count % each)
    parts.push_back(count % each);
  return parts;
}

LogicalResult importSplit(Node &node) {
  Tensor &input = node.tensor(0);
  auto axis = node.axis(node.intAttr("axis", 0), input.rank());
  if (failed(axis))
    return failure();
  auto count = Sizes::asConstant(input.dims[*axis]);
  if (!count)
    return node.refuse("needs a size along the axis known at compile time, "
                       "which is the length of the sequence");
  auto parts = partSizes(node, *count);
  if (failed(parts))
    return failure();
  SmallVector<Size> offsets(input.rank(), node.sizes.constant(0)),
      strides(input.rank(), node.sizes.constant(1)), lengths(input.dims);
  std::vector<Tensor> items;
  int64_t offset = 0;
  for (int64_t part : *parts) {
    if (part < 0 || part > *count - offset)
      return node.bad("needs parts that add up to " + Twine(*count));
    offsets[*axis] = node.sizes.constant(offset);
    lengths[*axis] = node.sizes.constant(part);
    offset += part;
    Tensor item = slice(node, input, offsets, lengths, strides);
    if (!node.has(1) && !node.intAttr("keepdims", 1)) {
      SmallVector<Size> dims(lengths);
      dims.erase(dims.begin() + *axis);
      auto squeezed = reshape(node, item, dims);
      if (failed(squeezed))
        return failure();
      item = *squeezed;
    }
    items.push_back(item);
  }
  return node.resultValue(0, sequenceOf(std::move(items)));
}

LogicalResult importConcat(Node &node) {
  if (failed(requireSequence(node, 0)))
    return failure();
  SmallVector<Tensor> items(node.input(0).items.begin(),
                            node.input(0).items.end());
  if (items.empty())
    return node.bad("joins an empty sequence");
  bool isNew = node.intAttr("new_axis", 0);
  int64_t rank = items.front().rank();
  auto axis = node.axis(node.intAttr("axis", 0), rank + isNew);
  if (failed(axis))
    return failure();
  for (Tensor &item : items) {
    if (item.rank() != rank)
      return node.bad("needs tensors of one rank, but got " + Twine(rank) +
                      " and " + Twine(item.rank()));
    for (int64_t i = 0; i < rank; ++i)
      if ((isNew || i != *axis) &&
          failed(requireEqual(node, item.dims[i], items.front().dims[i],
                              "the sizes beside the axis")))
        return failure();
    if (!isNew)
      continue;
    SmallVector<Size> dims(item.dims);
    dims.insert(dims.begin() + *axis, node.sizes.constant(1));
    auto expanded = reshape(node, item, dims);
    if (failed(expanded))
      return failure();
    item = *expanded;
  }
  return node.result(0, concat(node, items, *axis));
}

/// An optional with an element is that element; only an empty one is its own
/// kind of value.
LogicalResult importOptional(Node &node) {
  OnnxValue value;
  value.kind = Kind::Optional;
  return node.resultValue(0, node.has(0) ? node.input(0) : value);
}

bool hasElement(Node &node) {
  return node.has(0) && node.input(0).kind != Kind::Optional;
}

LogicalResult importHasElement(Node &node) {
  return node.resultElements(0, DType::Bool, {},
                             {node.sizes.constant(hasElement(node))});
}

LogicalResult importGetElement(Node &node) {
  if (!hasElement(node))
    return node.bad("takes the element of an empty optional");
  return node.resultValue(0, node.input(0));
}

const Registration table[] = {
    {"", "SequenceConstruct", importConstruct, 0},
    {"", "SequenceEmpty", importEmpty, 0},
    {"", "SequenceAt", importAt, 0},
    {"", "SequenceInsert", importInsert, 0},
    {"", "SequenceErase", importErase, 0},
    {"", "SequenceLength", importLength, 0},
    {"", "SplitToSequence", importSplit, everything},
    {"", "ConcatFromSequence", importConcat, 0},
    {"", "Optional", importOptional, 0},
    {"", "OptionalHasElement", importHasElement, 0},
    {"", "OptionalGetElement", importGetElement, 0},
};

} // namespace

ArrayRef<Registration> sequenceOps() { return table; }

} // namespace niello::onnx_frontend
