// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The activations that RNN, GRU and LSTM name.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_GATEFUNCTIONS_H
#define NIELLO_FRONTENDS_ONNX_OPS_GATEFUNCTIONS_H

#include "frontends/onnx/ops/Emit.h"

namespace niello::onnx_frontend {

/// One of the standard's functions of a float, with its constants.
struct Activation {
  using Function = mlir::Value (*)(mlir::ImplicitLocOpBuilder &, mlir::Value x,
                                   double alpha, double beta);
  Function function = nullptr;
  double alpha = 0, beta = 0;

  mlir::Value operator()(mlir::ImplicitLocOpBuilder &b, mlir::Value x) const {
    return function(b, x, alpha, beta);
  }
};

/// The attributes `activations`, `activation_alpha` and `activation_beta`,
/// `defaults` for each direction where the first is absent.
mlir::FailureOr<llvm::SmallVector<Activation>>
readActivations(Node &node, llvm::ArrayRef<llvm::StringRef> defaults,
                int64_t directions);

} // namespace niello::onnx_frontend

#endif
