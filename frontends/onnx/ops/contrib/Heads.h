// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the attention operators of com.microsoft share. Shapes: B batch, H
// heads, G key heads, T query length, S key length, P past length, D head
// width, E value width, R rotated width.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_HEADS_H
#define NIELLO_FRONTENDS_ONNX_OPS_HEADS_H

#include "frontends/onnx/ops/Terms.h"

namespace niello::onnx_frontend {

/// Query, key and value of one attention.
struct Heads {
  Tensor query, key, value;
};

/// [B, T, H D] -> [B, H, T, D]; the width must divide by the heads. Rank 4 is
/// split already.
mlir::FailureOr<Tensor> splitHeads(Node &node, Tensor x, int64_t heads);
/// [B, H, T, D] -> [B, T, H D]
mlir::FailureOr<Tensor> mergeHeads(Node &node, Tensor x);
/// x[from : from + size] of one dimension.
Tensor part(Node &node, Tensor x, int64_t axis, Size from, Size size);
/// Requires a tensor of these sizes: at compile time where both are known.
mlir::LogicalResult requireDims(Node &node, Tensor &x,
                                llvm::ArrayRef<Size> dims,
                                llvm::StringRef what);
/// past [B, H, P, D] and then x [B, H, S, D].
mlir::FailureOr<Tensor> afterPast(Node &node, Tensor past, Tensor x);

/// What model.attention takes beside query, key and value.
struct AttentionOptions {
  /// Numbers to add that broadcast to [B, H, T, S].
  std::optional<Tensor> bias;
  /// One a batch entry, [B]: where its queries start, how many keys it has.
  std::optional<Tensor> offset, lengths;
  /// A number a head [H] that stands beside the scores in the softmax.
  std::optional<Tensor> sinks;
  double scale = 0; // 0: 1 / sqrt(D)
  double softcap = 0;
  bool causal = false;
  int64_t left = -1; // keys seen before the query's own, -1: all
};
/// Adds to the bias; both broadcast.
mlir::LogicalResult addBias(Node &node, AttentionOptions &options, Tensor bias);
/// softmax(scale Q K^T + bias) V as [B, H, T, E].
mlir::FailureOr<Tensor> attend(Node &node, Heads heads,
                               const AttentionOptions &options);

/// Rotates x [B, H, T, D] by the rows `positions` [B, T] of the caches
/// [M, R / 2]; the part beyond R stays.
mlir::FailureOr<Tensor> rotate(Node &node, Tensor x, Tensor cos, Tensor sin,
                               Tensor positions, bool interleaved);

/// The end of com.microsoft's Attention and QAttention, after the projection
/// [B, T, H D + H D + H E]: the mask and past are inputs `mask` and `past`, an
/// added bias is input `bias`. Gives results 0 and 1.
mlir::LogicalResult attendProjected(Node &node, Tensor projected,
                                    llvm::ArrayRef<int64_t> widths,
                                    unsigned mask, unsigned past,
                                    unsigned bias);
/// Widths of query, key and value in the columns of projecting weights.
mlir::FailureOr<llvm::SmallVector<int64_t>> projectedWidths(Node &node,
                                                            Tensor &weights);

} // namespace niello::onnx_frontend

#endif
