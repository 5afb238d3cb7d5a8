// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dropout, which drops nothing outside of training.

#include "frontends/onnx/ops/Emit.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

/// Requires, now or at run time, that the node is not in training with a ratio
/// other than 0.
LogicalResult requireInference(Node &node) {
  if (!node.has(2))
    return success();
  if (auto training = node.constants(2);
      training && training->size() == 1 && training->front() == 0)
    return success();
  Value drops = extractScalar(node, node.tensor(2));
  if (!node.has(1))
    return node.refuse("training mode with a ratio other than 0 is not "
                       "supported; export the model for inference");
  Value ratio = extractScalar(node, node.tensor(1));
  Value none =
      arith::CmpFOp::create(node.b, node.loc, arith::CmpFPredicate::OEQ, ratio,
                            scalar(node, ratio.getType(), 0));
  Value inference = arith::XOrIOp::create(node.b, node.loc, drops,
                                          scalar(node, node.b.getI1Type(), 1));
  Size zero = node.sizes.constant(0);
  require(node, arith::OrIOp::create(node.b, node.loc, none, inference),
          "needs a ratio of 0 in training mode", zero, zero);
  return success();
}

LogicalResult importDropout(Node &node) {
  if (failed(requireInference(node)))
    return failure();
  Tensor input = node.tensor(0);
  if (node.wantsOutput(1)) {
    DType mask = node.opset < 10 ? input.dtype : DType::Bool;
    Type type = elementType(node.b.getContext(), mask);
    (void)node.result(1, full(node, input.dims, mask, scalar(node, type, 1)));
  }
  return node.result(0, input);
}

const Registration table[] = {
    {"", "Dropout", importDropout, floats},
};

} // namespace

ArrayRef<Registration> dropoutOps() { return table; }

} // namespace niello::onnx_frontend
