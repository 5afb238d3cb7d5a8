// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Normalisations.

#include "frontends/onnx/ops/Emit.h"

#include "dialects/model/Model.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

LogicalResult importLayerNorm(Node &node) {
  Tensor &input = node.tensor(0);
  auto axis = node.axis(node.intAttr("axis", -1), input.rank());
  if (failed(axis))
    return failure();
  bool statistics = node.wantsOutput(1) || node.wantsOutput(2);
  auto norm = model::NormOp::create(
      node.b, node.loc, model::NormKind::Layer, node.value(0), node.value(1),
      node.has(2) ? node.value(2) : Value(), *axis,
      node.floatAttr("epsilon", 1e-5f), statistics);
  SmallVector<Size> reduced(input.dims);
  for (int64_t i = *axis; i < input.rank(); ++i)
    reduced[i] = node.sizes.constant(1);
  DType carried = input.dtype == DType::Double ? DType::Double : DType::Float;
  if (statistics)
    for (unsigned i : {0, 1})
      (void)node.result(i + 1, norm.getShared()[i], carried, reduced);
  return node.result(0, norm.getResult(), input.dtype, input.dims);
}

const Registration table[] = {
    {"", "LayerNormalization", importLayerNorm, floats},
};

} // namespace

ArrayRef<Registration> normOps() { return table; }

} // namespace niello::onnx_frontend
