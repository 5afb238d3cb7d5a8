// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random tensors for handlers that draw: numbers follow from the node's seed.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_RANDOM_H
#define NIELLO_FRONTENDS_ONNX_OPS_RANDOM_H

#include "frontends/onnx/ops/Emit.h"

namespace niello::onnx_frontend {

/// 1 with the chance `probability`[i] at place i, else 0, as `dtype`. A chance
/// of 0 never gives 1, a chance of 1 always.
Tensor drawBernoulli(Node &node, Tensor probability, DType dtype);

} // namespace niello::onnx_frontend

#endif
