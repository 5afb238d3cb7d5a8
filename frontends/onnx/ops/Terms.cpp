// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/ops/Terms.h"

using namespace mlir;

namespace niello::onnx_frontend {

FailureOr<Tensor> perElement(Node &node, MutableArrayRef<Tensor> inputs,
                             DType resultType, TermBody body) {
  return elementwise(node, inputs, resultType,
                     [&](ImplicitLocOpBuilder &b, ArrayRef<Value> args) {
                       model::Emit e(b, b.getLoc());
                       model::Terms terms;
                       for (Value arg : args)
                         terms.push_back(e.wrap(arg));
                       return Value(body(terms));
                     });
}

Tensor mapElements(Node &node, Tensor input, DType resultType,
                   llvm::function_ref<model::Term(model::Term)> body) {
  return *perElement(node, input, resultType,
                     [&](ArrayRef<model::Term> x) { return body(x[0]); });
}

Tensor generate(
    Node &node, ArrayRef<Size> dims, DType dtype,
    llvm::function_ref<model::Term(model::Emit &, model::Terms)> body) {
  model::Emit e(node.b, node.loc);
  Type element = elementType(node.b.getContext(), dtype);
  Tensor out;
  out.value = e.generate(e.sizes(llvm::to_vector(dims)), element,
                         [&](model::Terms at) { return body(e, at); });
  out.dtype = dtype;
  out.dims.assign(dims.begin(), dims.end());
  return out;
}

Tensor splat(Node &node, DType dtype, double number) {
  Type element = elementType(node.b.getContext(), dtype);
  return full(node, {}, dtype, scalar(node, element, number));
}

LogicalResult give(Node &node, unsigned i, FailureOr<Tensor> out) {
  return failed(out) ? failure() : node.result(i, *out);
}

} // namespace niello::onnx_frontend
