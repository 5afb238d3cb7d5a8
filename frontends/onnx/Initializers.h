// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensors of the file: small ones and shape-like integers become constants,
// the rest `model.weight` symbols that say where the bytes lie.

#ifndef NIELLO_FRONTENDS_ONNX_INITIALIZERS_H
#define NIELLO_FRONTENDS_ONNX_INITIALIZERS_H

#include "frontends/onnx/DType.h"
#include "frontends/onnx/WireScan.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "onnx/onnx_pb.h"

namespace niello::onnx_frontend {

struct Tensor;

class Initializers {
public:
  /// `bytes` is the mapped model file, `path` its path.
  Initializers(mlir::ModuleOp module, llvm::StringRef path,
               llvm::StringRef bytes, const WireScan &scan)
      : module(module), path(path), bytes(bytes), scan(scan) {}

  /// The tensor's value where `b` stands, or a sentence.
  llvm::Expected<Tensor> import(const onnx::TensorProto &proto,
                                mlir::OpBuilder &b, mlir::Location loc);

private:
  llvm::Expected<std::string> weight(const onnx::TensorProto &proto,
                                     mlir::RankedTensorType type, DType dtype);

  mlir::ModuleOp module;
  std::string path;
  llvm::StringRef bytes;
  const WireScan &scan;
  llvm::StringMap<std::string> symbols; // location -> symbol name
};

/// Element bytes of a tensor that lies in the protobuf itself, little-endian,
/// sub-byte types unpacked to a byte each; a sentence where counts disagree.
llvm::Expected<std::string> decodeTensor(const onnx::TensorProto &proto);

/// The number of elements, checked against overflow; nullopt if negative or
/// beyond 2^62.
std::optional<int64_t> elementCount(const onnx::TensorProto &proto);

/// A constant attribute from decoded bytes.
mlir::DenseElementsAttr denseElements(mlir::RankedTensorType type, DType dtype,
                                      llvm::StringRef elementBytes);

} // namespace niello::onnx_frontend

#endif
