// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handlers whose arithmetic is more than one op write it as expressions of
// model::Term. This is the step from `Tensor` to terms and back.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_TERMS_H
#define NIELLO_FRONTENDS_ONNX_OPS_TERMS_H

#include "dialects/model/Terms.h"
#include "frontends/onnx/ops/Emit.h"

namespace niello::onnx_frontend {

using TermBody =
    llvm::function_ref<model::Term(llvm::ArrayRef<model::Term>)>;
/// The inputs broadcast to a common shape, then `body` once an element.
mlir::FailureOr<Tensor> perElement(Node &node,
                                   llvm::MutableArrayRef<Tensor> inputs,
                                   DType resultType, TermBody body);
/// The same for one tensor, which always broadcasts.
Tensor mapElements(Node &node, Tensor input, DType resultType,
                   llvm::function_ref<model::Term(model::Term)> body);
/// result[i..] = body(i..) for all places of these sizes.
Tensor generate(Node &node, llvm::ArrayRef<Size> dims, DType dtype,
                llvm::function_ref<model::Term(model::Emit &, model::Terms)>
                    body);

/// One math op on a term.
template <typename Op> model::Term apply(model::Term x) {
  return {*x.emit, x.emit->b.createOrFold<Op>(x.emit->loc, x.value)};
}

/// A float attribute as a number of the tensor's type.
Tensor splat(Node &node, DType dtype, double number);

/// Ends a handler: the tensor as result `i`, or the failure handed on.
mlir::LogicalResult give(Node &node, unsigned i, mlir::FailureOr<Tensor> out);

} // namespace niello::onnx_frontend

#endif
