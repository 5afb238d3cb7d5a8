// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The float types whose conversions arith leaves open: 4-bit floats, powers of
// two, and 8-bit floats that saturate.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_NARROWFLOATS_H
#define NIELLO_FRONTENDS_ONNX_OPS_NARROWFLOATS_H

#include "dialects/model/Terms.h"
#include "frontends/onnx/DType.h"

namespace niello::onnx_frontend {

/// What the attributes of Cast say of the narrow floats.
struct Narrowing {
  bool saturate = true;
  /// Of float8e8m0: "up", "down" or "nearest".
  llvm::StringRef rounding = "up";
};

/// Types below 16 bits.
bool isNarrowFloat(DType dtype);
/// The value of a narrow float as f32, exactly.
model::Term widenFloat(model::Term x, DType from);
/// The narrow float for an f32, f16, bf16 or f64.
model::Term narrowFloat(model::Term x, DType to, Narrowing how);

} // namespace niello::onnx_frontend

#endif
