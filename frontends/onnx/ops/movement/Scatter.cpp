// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading and writing single elements by index.

#include "frontends/onnx/ops/Emit.h"

#include "dialects/model/Model.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

LogicalResult importGatherElements(Node &node) {
  Tensor &data = node.tensor(0), &indices = node.tensor(1);
  auto axis = node.axis(node.intAttr("axis", 0), data.rank());
  if (failed(axis))
    return failure();
  if (indices.rank() != data.rank())
    return node.bad("needs indices of rank " + Twine(data.rank()) +
                    ", but got " + Twine(indices.rank()));
  auto gather =
      model::GatherOp::create(node.b, node.loc, model::GatherKind::Elements,
                              node.value(0), node.value(1), *axis);
  return node.result(0, gather.getResult(), data.dtype, indices.dims);
}

/// How many dimensions the rows of indices name, checked.
FailureOr<int64_t> rowLength(Node &node, Tensor &indices, int64_t most) {
  if (indices.rank() < 1)
    return node.bad("needs indices of rank 1 or more");
  auto length = Sizes::asConstant(indices.dims.back());
  if (!length)
    return node.refuse("needs indices whose last size is known at compile "
                       "time");
  if (*length < 0 || *length > most)
    return node.bad("names " + Twine(*length) + " dimensions of " +
                    Twine(most));
  return *length;
}

LogicalResult importGatherND(Node &node) {
  Tensor &data = node.tensor(0), &indices = node.tensor(1);
  int64_t batch = node.intAttr("batch_dims", 0);
  if (batch < 0 || batch >= indices.rank() || batch >= data.rank())
    return node.bad("has batch_dims " + Twine(batch));
  auto length = rowLength(node, indices, data.rank() - batch);
  if (failed(length))
    return failure();
  SmallVector<Size> dims(ArrayRef<Size>(indices.dims).drop_back());
  dims.append(data.dims.begin() + batch + *length, data.dims.end());
  auto gather =
      model::GatherOp::create(node.b, node.loc, model::GatherKind::Nd,
                              node.value(0), node.value(1), /*axis=*/0, batch);
  return node.result(0, gather.getResult(), data.dtype, dims);
}

FailureOr<model::Reduction> reduction(Node &node) {
  std::string name = node.stringAttr("reduction", "none");
  auto kind = model::symbolizeReduction(name);
  if (!kind)
    return node.bad("has an unknown reduction '" + name + "'");
  return *kind;
}

LogicalResult importScatterElements(Node &node) {
  Tensor &data = node.tensor(0), &indices = node.tensor(1);
  auto axis = node.axis(node.intAttr("axis", 0), data.rank());
  auto kind = reduction(node);
  if (failed(axis) || failed(kind))
    return failure();
  if (indices.rank() != data.rank() || node.tensor(2).rank() != data.rank())
    return node.bad("needs indices and updates of rank " + Twine(data.rank()));
  for (auto [a, b] : llvm::zip(indices.dims, node.tensor(2).dims))
    if (failed(requireEqual(node, a, b, "the indices and updates")))
      return failure();
  auto scatter = model::ScatterOp::create(
      node.b, node.loc, model::ScatterKind::Elements, node.value(0),
      node.value(1), node.value(2), *kind, *axis, isSignedInteger(data.dtype));
  return node.result(0, scatter.getResult(), data.dtype, data.dims);
}

LogicalResult importScatterND(Node &node) {
  Tensor &data = node.tensor(0), &indices = node.tensor(1);
  auto length = rowLength(node, indices, data.rank());
  auto kind = reduction(node);
  if (failed(length) || failed(kind))
    return failure();
  SmallVector<Size> needed(ArrayRef<Size>(indices.dims).drop_back());
  needed.append(data.dims.begin() + *length, data.dims.end());
  if (int64_t(needed.size()) != node.tensor(2).rank())
    return node.bad("needs updates of rank " + Twine(needed.size()) +
                    ", but got " + Twine(node.tensor(2).rank()));
  for (auto [a, b] : llvm::zip(needed, node.tensor(2).dims))
    if (failed(requireEqual(node, a, b, "the updates and what they replace")))
      return failure();
  auto scatter = model::ScatterOp::create(
      node.b, node.loc, model::ScatterKind::Nd, node.value(0), node.value(1),
      node.value(2), *kind, /*axis=*/0, isSignedInteger(data.dtype));
  return node.result(0, scatter.getResult(), data.dtype, data.dims);
}

const Registration table[] = {
    {"", "GatherElements", importGatherElements, everything},
    {"", "GatherND", importGatherND, everything},
    {"", "ScatterElements", importScatterElements, everything},
    {"", "Scatter", importScatterElements, everything},
    {"", "ScatterND", importScatterND, everything},
};

} // namespace

ArrayRef<Registration> scatterOps() { return table; }

} // namespace niello::onnx_frontend
