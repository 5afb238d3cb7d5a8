// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading by index.

#include "frontends/onnx/ops/Emit.h"

#include "dialects/model/Model.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

LogicalResult importGather(Node &node) {
  Tensor &data = node.tensor(0), &indices = node.tensor(1);
  auto axis = node.axis(node.intAttr("axis", 0), data.rank());
  if (failed(axis))
    return failure();
  SmallVector<Size> dims(data.dims.begin(), data.dims.begin() + *axis);
  dims.append(indices.dims);
  dims.append(data.dims.begin() + *axis + 1, data.dims.end());
  if (data.elements && data.rank() == 1 && dims.size() <= 1)
    if (auto at = node.constants(1)) {
      SmallVector<Size> out;
      int64_t n = data.elements->size();
      for (int64_t i : *at) {
        if (i < -n || i >= n)
          return node.bad("index " + Twine(i) + " is outside a size of " +
                          Twine(n));
        out.push_back((*data.elements)[i < 0 ? i + n : i]);
      }
      return node.resultElements(0, data.dtype, dims, out);
    }
  auto gather =
      model::GatherOp::create(node.b, node.loc, model::GatherKind::Axis,
                              node.value(0), node.value(1), *axis);
  return node.result(0, gather.getResult(), data.dtype, dims);
}

const Registration table[] = {
    {"", "Gather", importGather, everything},
};

} // namespace

ArrayRef<Registration> gatherOps() { return table; }

} // namespace niello::onnx_frontend
