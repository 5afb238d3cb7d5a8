// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matrix products for the operators that contain one.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_MATMUL_H
#define NIELLO_FRONTENDS_ONNX_OPS_MATMUL_H

#include "frontends/onnx/ops/Emit.h"

namespace niello::onnx_frontend {

/// numpy.matmul of two tensors of one type, of any rank from 1.
mlir::FailureOr<Tensor> matmul(Node &node, Tensor lhs, Tensor rhs);
/// (lhs - lhsZero) (rhs - rhsZero) as int32, for 8-bit integers; a zero point
/// may be null, one number, or one a row of lhs (a column of rhs).
mlir::FailureOr<Tensor> integerMatmul(Node &node, Tensor lhs, Tensor rhs,
                                      Tensor *lhsZero, Tensor *rhsZero);
/// A number a row of a matrix, as a column that broadcasts to it.
mlir::FailureOr<Tensor> asColumn(Node &node, Tensor numbers);

} // namespace niello::onnx_frontend

#endif
