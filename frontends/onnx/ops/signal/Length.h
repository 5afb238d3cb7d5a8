// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lengths that operators on signals take as inputs.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_LENGTH_H
#define NIELLO_FRONTENDS_ONNX_OPS_LENGTH_H

#include "frontends/onnx/ops/Terms.h"

namespace niello::onnx_frontend {

/// The one number of input `i`, 1 or more; checked at run time where it is
/// not known before.
mlir::FailureOr<Size> readLength(Node &node, unsigned i);

} // namespace niello::onnx_frontend

#endif
