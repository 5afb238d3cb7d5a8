// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ONNX element types and the types that carry them in the IR: integers are
// signless, so the ONNX type travels beside the value and picks signedness.

#ifndef NIELLO_FRONTENDS_ONNX_DTYPE_H
#define NIELLO_FRONTENDS_ONNX_DTYPE_H

#include "mlir/IR/BuiltinTypes.h"

namespace niello::onnx_frontend {

/// Values are those of onnx.TensorProto.DataType (onnx.proto, IR version 14).
enum class DType : int32_t {
  Undefined = 0,
  Float = 1,
  UInt8 = 2,
  Int8 = 3,
  UInt16 = 4,
  Int16 = 5,
  Int32 = 6,
  Int64 = 7,
  String = 8,
  Bool = 9,
  Float16 = 10,
  Double = 11,
  UInt32 = 12,
  UInt64 = 13,
  Complex64 = 14,
  Complex128 = 15,
  BFloat16 = 16,
  Float8E4M3FN = 17,
  Float8E4M3FNUZ = 18,
  Float8E5M2 = 19,
  Float8E5M2FNUZ = 20,
  UInt4 = 21,
  Int4 = 22,
  Float4E2M1 = 23,
  Float8E8M0 = 24,
  UInt2 = 25,
  Int2 = 26,
};

/// The IR element type, or null where there is none (strings, complex).
mlir::Type elementType(mlir::MLIRContext *context, DType dtype);

/// The field's name of the type: "float32", "uint8", "bool".
llvm::StringRef dtypeName(DType dtype);

bool isFloat(DType dtype);
bool isSignedInteger(DType dtype);
bool isUnsignedInteger(DType dtype);
inline bool isInteger(DType dtype) {
  return isSignedInteger(dtype) || isUnsignedInteger(dtype);
}

/// The number that an integer type holds of a result of 64 bits: ONNX's integer
/// arithmetic keeps the low bits.
int64_t wrapped(int64_t number, DType dtype);

/// Bits of one element in a file; 4-bit types pack two to a byte.
unsigned storageBits(DType dtype);

} // namespace niello::onnx_frontend

#endif
