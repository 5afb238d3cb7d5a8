// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The frame of RNN, GRU and LSTM: directions, layouts and the loop over time.
// A cell gives one step from its gates.
//
// Shapes: T steps, B batch, I input, H hidden, G gates, D directions.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_RECURRENT_H
#define NIELLO_FRONTENDS_ONNX_OPS_RECURRENT_H

#include "frontends/onnx/ops/recurrent/GateFunctions.h"

namespace niello::onnx_frontend {

/// One direction of a recurrence, ready to run.
struct Direction {
  Tensor projected; // [T, B, G * H]: x W' and the biases that join it
  Tensor recurrent; // [H, G * H]
  Tensor stateBias; // [1, G * H]: biases of R; empty where projected has them
  Tensor peepholes; // [3 * H]; empty where the node gives none
  std::vector<Tensor> states; // [B, H] each
  llvm::ArrayRef<Activation> activations;
  std::optional<float> clip;
  bool roundStates = false; // to bytes before they are multiplied by R
};

/// A cell: the states after a step. `x` is [B, G * H], a row of `projected`.
using Cell = llvm::function_ref<mlir::FailureOr<std::vector<Tensor>>(
    Node &, Direction &, Tensor &x, llvm::ArrayRef<Tensor> states)>;

struct RecurrentInputs {
  Tensor x, w, r;                  // [T, B, I], [D, G * H, I], [D, G * H, H]
  std::optional<Tensor> b;         // [D, 2 * G * H]
  std::optional<Tensor> lengths;   // [B]
  std::optional<Tensor> peepholes; // [D, 3 * H]
  std::vector<std::optional<Tensor>> states; // [D, B, H]
  int64_t gates = 1;
  /// The bias of R stays with R h: a gate multiplies it (GRU).
  bool splitBias = false;
  bool roundStates = false;
};

/// Runs all directions of the node and gives its outputs: all steps, then the
/// last value of each state.
mlir::LogicalResult importRecurrent(Node &node, RecurrentInputs inputs,
                                    llvm::ArrayRef<llvm::StringRef> activations,
                                    Cell cell);

/// The inputs that RNN, GRU and LSTM share, at their places.
mlir::FailureOr<RecurrentInputs> readRecurrent(Node &node, int64_t gates);

/// Columns [gate * H, (gate + 1) * H) of [B, G * H].
Tensor gate(Node &node, Tensor &all, int64_t index, Size hidden);
/// a b for [B, H] and [H, N].
Tensor product(Node &node, Tensor a, Tensor b);
/// h R, [B, G * H].
mlir::FailureOr<Tensor> stateProduct(Node &node, Direction &direction,
                                     Tensor state);
/// `x` as bytes of its own range would give it back.
mlir::FailureOr<Tensor> roundToBytes(Node &node, Tensor x);
/// The inputs of DynamicQuantizeLSTM, dequantised.
mlir::FailureOr<RecurrentInputs> readQuantized(Node &node);
/// `x` limited to [-clip, clip] where the node asks for it.
mlir::Value clipped(mlir::ImplicitLocOpBuilder &b, mlir::Value x,
                    std::optional<float> clip);

} // namespace niello::onnx_frontend

#endif
