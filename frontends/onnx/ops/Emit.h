// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What handlers build with: shapes, broadcasting, casts, reductions, slices.
// Everything takes and gives `Tensor`, so sizes and element types travel along.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_EMIT_H
#define NIELLO_FRONTENDS_ONNX_OPS_EMIT_H

#include "frontends/onnx/Node.h"
#include "frontends/onnx/ops/math/NarrowFloats.h"

namespace niello::onnx_frontend {

using Body = llvm::function_ref<mlir::Value(mlir::ImplicitLocOpBuilder &,
                                            mlir::ArrayRef<mlir::Value>)>;

/// The tensor type with these sizes: constants static, the rest dynamic.
mlir::RankedTensorType typeOf(llvm::ArrayRef<Size> dims, mlir::Type element);
/// The sizes of `dims` that are no constants, in order.
llvm::SmallVector<mlir::Value> dynamicSizes(llvm::ArrayRef<Size> dims);
/// A tensor of this value, element type and sizes.
Tensor wrap(mlir::Value value, DType dtype, llvm::ArrayRef<Size> dims);
/// The value cast to the type that its sizes say.
mlir::Value withType(Node &node, mlir::Value value, llvm::ArrayRef<Size> dims);
/// tensor.empty of these sizes.
mlir::Value empty(Node &node, llvm::ArrayRef<Size> dims, mlir::Type element);
/// A tensor of these sizes filled with one number.
Tensor full(Node &node, llvm::ArrayRef<Size> dims, DType dtype,
            mlir::Value scalar);
/// A scalar constant of the type; integers take the rounded value.
mlir::Value scalar(Node &node, mlir::Type element, double value);
/// The number of a one-element tensor.
mlir::Value extractScalar(Node &node, Tensor &tensor);

/// A run-time check with a status; null where the test is a true constant.
/// `sentence` may hold {0} and {1} for the two numbers.
model::RequireOp require(Node &node, mlir::Value test, llvm::Twine sentence,
                         Size a, Size b);
/// Requires two sizes to be equal: at compile time where both are known.
mlir::LogicalResult requireEqual(Node &node, Size a, Size b,
                                 llvm::StringRef what);

/// Requires numbers read from data to be 0 or more: at compile time where they
/// are known, else when the program runs; after it they count as such.
mlir::LogicalResult requireCounts(Node &node,
                                  llvm::MutableArrayRef<Size> counts,
                                  llvm::StringRef what);

/// The tensor with a size of which the operator says what it is: at compile
/// time where that can be seen, else checked at run time.
mlir::FailureOr<mlir::Value> withSize(Node &node, Tensor &tensor, int64_t dim,
                                      int64_t size, llvm::StringRef what);

/// numpy broadcasting of shapes; run-time sizes that may differ are checked.
mlir::FailureOr<llvm::SmallVector<Size>>
broadcastDims(Node &node, llvm::ArrayRef<llvm::ArrayRef<Size>> shapes);
/// The tensor stretched to these sizes (itself where it has them already).
Tensor broadcastTo(Node &node, Tensor &tensor, llvm::ArrayRef<Size> dims);

/// Inputs broadcast to a common shape, then `body` on whole tensors: for what
/// is one or two arith/math ops, which read best that way.
mlir::FailureOr<Tensor> onTensors(Node &node,
                                  llvm::MutableArrayRef<Tensor> inputs,
                                  DType resultType, Body body);
/// Inputs broadcast to a common shape, then `body` once an element: for what
/// needs constants or several steps.
mlir::FailureOr<Tensor> elementwise(Node &node,
                                    llvm::MutableArrayRef<Tensor> inputs,
                                    DType resultType, Body body);

/// Same elements, other sizes; the counts must be equal (checked at run time
/// where that is not provable).
mlir::FailureOr<Tensor> reshape(Node &node, Tensor &tensor,
                                llvm::ArrayRef<Size> dims);
Tensor transpose(Node &node, Tensor &tensor,
                 llvm::ArrayRef<int64_t> permutation);
/// ONNX Cast between element types.
Tensor castTo(Node &node, Tensor &tensor, DType to, Narrowing how = {});
mlir::Value castScalar(mlir::ImplicitLocOpBuilder &b, mlir::Value value,
                       DType from, DType to, Narrowing how = {});

/// Reduces `axes` (sorted, unique) with a combiner from an initial value.
/// Keeps reduced axes as size 1 where asked.
Tensor reduce(Node &node, Tensor &tensor, llvm::ArrayRef<int64_t> axes,
              bool keepDims, mlir::Value init, Body combine);

/// tensor[offset : offset + size * stride : stride], all steps positive.
Tensor slice(Node &node, Tensor &tensor, llvm::ArrayRef<Size> offsets,
             llvm::ArrayRef<Size> lengths, llvm::ArrayRef<Size> strides);
/// tensor[.., at, ..] at an axis, without that dimension.
Tensor elementOf(Node &node, Tensor &tensor, int64_t axis, Size at);
/// `part` written into `whole` at these offsets; an empty one nowhere.
mlir::Value insertSlice(Node &node, mlir::Value part, mlir::Value whole,
                        llvm::ArrayRef<Size> offsets,
                        llvm::ArrayRef<Size> lengths);
/// The same as `slice` with steps that may be negative or zero: one read an
/// element.
Tensor stridedRead(Node &node, Tensor &tensor, llvm::ArrayRef<Size> offsets,
                   llvm::ArrayRef<Size> lengths, llvm::ArrayRef<Size> strides);
Tensor concat(Node &node, llvm::MutableArrayRef<Tensor> parts, int64_t axis);
/// The same after a check that the parts have one rank and equal sizes beside
/// the axis.
mlir::FailureOr<Tensor>
checkedConcat(Node &node, llvm::MutableArrayRef<Tensor> parts, int64_t axis);

} // namespace niello::onnx_frontend

#endif
