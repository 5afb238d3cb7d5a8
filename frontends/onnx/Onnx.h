// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An ONNX file becomes a module at stage `source`.

#ifndef NIELLO_FRONTENDS_ONNX_ONNX_H
#define NIELLO_FRONTENDS_ONNX_ONNX_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include <map>
#include <string>
#include <vector>

namespace niello {

/// What `--dim NAME=...` says of a symbol: low == high fixes it.
struct DimBounds {
  int64_t low = 0;
  int64_t high = INT64_MAX;
};

struct ImportOptions {
  std::map<std::string, DimBounds> dims;
  /// Values that become outputs too, after the graph's own and in the graph's
  /// order: names of values or nodes, or patterns of them with * and ?.
  std::vector<std::string> taps;
};

struct ImportReport {
  enum class Status { Ok, BadModel, Unsupported } status = Status::Ok;
  /// One sentence, or one line a group of refused nodes.
  std::string text;
};

/// Reads `path` and returns its module, or null with the reason in `report`.
/// Never asserts or throws on any file; memory stays within a small multiple
/// of the file's size.
mlir::OwningOpRef<mlir::ModuleOp> importOnnx(mlir::MLIRContext &context,
                                             llvm::StringRef path,
                                             const ImportOptions &options,
                                             ImportReport &report);

/// The same from bytes in memory. `path` names the model in messages and says
/// in which folder external data lies; it is not read.
mlir::OwningOpRef<mlir::ModuleOp> importOnnxBytes(mlir::MLIRContext &context,
                                                  llvm::StringRef bytes,
                                                  llvm::StringRef path,
                                                  const ImportOptions &options,
                                                  ImportReport &report);

/// One row of `niello ops`.
struct SupportedOp {
  std::string domain, name;
  int since; // first opset version of this form
  std::vector<std::string> dtypes;
  bool byFunctionBody; // through the body the ONNX standard gives
};
std::vector<SupportedOp> supportedOnnxOps();

} // namespace niello

#endif
