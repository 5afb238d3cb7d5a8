// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers of 2, 4 or 8 bits in bytes, the first ones lowest.

#ifndef NIELLO_FRONTENDS_ONNX_OPS_PACKED_H
#define NIELLO_FRONTENDS_ONNX_OPS_PACKED_H

#include "frontends/onnx/ops/Terms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace niello::onnx_frontend {

/// The i-th number of a row of bytes, as an i32 of 0 or more.
inline model::Term unpack(model::Emit &e, mlir::Value bytes, model::Terms row,
                          model::Term i, int64_t bits) {
  mlir::Type word = e.b.getI32Type();
  model::Term perByte = e.index(8 / bits);
  row.push_back(i / perByte);
  model::Term byte = e.cast(e.at(bytes, row), word, false);
  model::Term shift = e.cast((i % perByte) * e.index(bits), word);
  model::Term shifted =
      e.wrap(mlir::arith::ShRUIOp::create(e.b, e.loc, byte, shift));
  return shifted & e.integer(word, (1 << bits) - 1);
}

} // namespace niello::onnx_frontend

#endif
