// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/DType.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace niello::onnx_frontend {

Type elementType(MLIRContext *context, DType dtype) {
  Builder b(context);
  switch (dtype) {
  case DType::Float:
    return b.getF32Type();
  case DType::Double:
    return b.getF64Type();
  case DType::Float16:
    return b.getF16Type();
  case DType::BFloat16:
    return b.getBF16Type();
  case DType::Bool:
    return b.getI1Type();
  case DType::Float8E4M3FN:
    return Float8E4M3FNType::get(context);
  case DType::Float8E4M3FNUZ:
    return Float8E4M3FNUZType::get(context);
  case DType::Float8E5M2:
    return Float8E5M2Type::get(context);
  case DType::Float8E5M2FNUZ:
    return Float8E5M2FNUZType::get(context);
  case DType::Float8E8M0:
    return Float8E8M0FNUType::get(context);
  case DType::Float4E2M1:
    return Float4E2M1FNType::get(context);
  default:
    break;
  }
  if (isInteger(dtype))
    return b.getIntegerType(storageBits(dtype));
  return Type();
}

StringRef dtypeName(DType dtype) {
  static const char *const names[] = {
      "undefined",      "float32",    "uint8",
      "int8",           "uint16",     "int16",
      "int32",          "int64",      "string",
      "bool",           "float16",    "float64",
      "uint32",         "uint64",     "complex64",
      "complex128",     "bfloat16",   "float8e4m3fn",
      "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz",
      "uint4",          "int4",       "float4e2m1",
      "float8e8m0",     "uint2",      "int2"};
  auto index = static_cast<size_t>(dtype);
  return index < std::size(names) ? names[index] : "unknown";
}

bool isFloat(DType dtype) {
  switch (dtype) {
  case DType::Float:
  case DType::Double:
  case DType::Float16:
  case DType::BFloat16:
  case DType::Float8E4M3FN:
  case DType::Float8E4M3FNUZ:
  case DType::Float8E5M2:
  case DType::Float8E5M2FNUZ:
  case DType::Float8E8M0:
  case DType::Float4E2M1:
    return true;
  default:
    return false;
  }
}

bool isSignedInteger(DType dtype) {
  return dtype == DType::Int8 || dtype == DType::Int16 ||
         dtype == DType::Int32 || dtype == DType::Int64 ||
         dtype == DType::Int4 || dtype == DType::Int2;
}

bool isUnsignedInteger(DType dtype) {
  return dtype == DType::UInt8 || dtype == DType::UInt16 ||
         dtype == DType::UInt32 || dtype == DType::UInt64 ||
         dtype == DType::UInt4 || dtype == DType::UInt2;
}

int64_t wrapped(int64_t number, DType dtype) {
  unsigned bits = storageBits(dtype);
  if (bits >= 64)
    return number;
  return isSignedInteger(dtype)
             ? llvm::SignExtend64(number, bits)
             : number &
                   static_cast<int64_t>(llvm::maskTrailingOnes<uint64_t>(bits));
}

unsigned storageBits(DType dtype) {
  switch (dtype) {
  case DType::UInt2:
  case DType::Int2:
    return 2;
  case DType::UInt4:
  case DType::Int4:
  case DType::Float4E2M1:
    return 4;
  case DType::UInt16:
  case DType::Int16:
  case DType::Float16:
  case DType::BFloat16:
    return 16;
  case DType::Float:
  case DType::Int32:
  case DType::UInt32:
    return 32;
  case DType::Double:
  case DType::Int64:
  case DType::UInt64:
  case DType::Complex64:
    return 64;
  case DType::Complex128:
    return 128;
  default:
    return 8;
  }
}

} // namespace niello::onnx_frontend
