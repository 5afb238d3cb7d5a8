// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Hash.h"
#include "dialects/model/Model.h"
#include "frontends/onnx/BlockNames.h"
#include "frontends/onnx/Node.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "onnx/checker.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace niello {
namespace {
using namespace onnx_frontend;

OwningOpRef<ModuleOp> bad(ImportReport &report, Twine text) {
  report.status = ImportReport::Status::BadModel;
  report.text = text.str();
  return {};
}

/// The checker's message without its stack of contexts: its first line.
std::string firstLine(StringRef text) {
  return text.split('\n').first.rtrim(" .").str();
}

/// The sentence of what the ONNX checker finds, or an empty string.
std::string check(const onnx::ModelProto &model, StringRef path) {
  // The checker looks at external files itself; ours is the stricter look.
  for (const auto &init : model.graph().initializer())
    if (init.data_location() == onnx::TensorProto::EXTERNAL)
      return std::string();
  try {
    onnx::checker::check_model(model);
  } catch (const std::exception &e) {
    return firstLine(e.what());
  }
  return std::string();
}

void setModuleAttributes(ModuleOp module, StringRef path, StringRef bytes,
                         const ImportOptions &options) {
  Builder b(module.getContext());
  module->setAttr("model.stage", b.getStringAttr("source"));
  module->setAttr("model.source",
                  b.getStringAttr(llvm::sys::path::filename(path)));
  module->setAttr("model.hash", b.getStringAttr(model::hashOf(bytes)));
  SmallVector<NamedAttribute> bounds;
  for (const auto &[name, bound] : options.dims)
    if (bound.low != bound.high)
      bounds.push_back(b.getNamedAttr(
          name, b.getDenseI64ArrayAttr({bound.low, bound.high})));
  if (!bounds.empty())
    module->setAttr("model.symbols", b.getDictionaryAttr(bounds));
}

/// Handlers build ops without asking their rules; the verifier asks now, and
/// what it says first is about the node that the op came from.
std::string verifyModule(ModuleOp module) {
  std::string text;
  ScopedDiagnosticHandler handler(
      module.getContext(), [&](Diagnostic &diagnostic) {
        if (!text.empty() ||
            diagnostic.getSeverity() != DiagnosticSeverity::Error)
          return success();
        if (auto named = dyn_cast<NameLoc>(diagnostic.getLocation()))
          text = "node '" + named.getName().getValue().rsplit('@').first.str() +
                 "': ";
        text += diagnostic.str();
        return success();
      });
  if (failed(verify(module)) && text.empty())
    text = "breaks a rule of the model dialect";
  return text;
}

} // namespace

bool onnx_frontend::parseModel(StringRef bytes, onnx::ModelProto &model) {
  google::protobuf::io::ArrayInputStream stream(bytes.data(), bytes.size());
  google::protobuf::io::CodedInputStream coded(&stream);
  coded.SetTotalBytesLimit(INT_MAX);
  coded.SetRecursionLimit(200); // the scan bounded depth at 96 messages
  return model.ParseFromCodedStream(&coded) && coded.ConsumedEntireMessage();
}

OwningOpRef<ModuleOp> importOnnx(MLIRContext &context, StringRef path,
                                 const ImportOptions &options,
                                 ImportReport &report) {
  std::string name = ("'" + path + "'").str();
  if (llvm::sys::fs::is_directory(path))
    return bad(report, name + " is a folder; give the model file in it");
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/false);
  if (!file)
    return bad(report, name + " cannot be read: " + file.getError().message());
  return importOnnxBytes(context, (*file)->getBuffer(), path, options, report);
}

OwningOpRef<ModuleOp> importOnnxBytes(MLIRContext &context, StringRef bytes,
                                      StringRef path,
                                      const ImportOptions &options,
                                      ImportReport &report) {
  std::string name = ("'" + path + "'").str();
  if (bytes.empty())
    return bad(report, name + " is empty, not an ONNX model");
  auto scan = scanModel(bytes);
  if (!scan)
    return bad(report, name + " is " + llvm::toString(scan.takeError()));
  onnx::ModelProto model;
  if (!parseModel(bytes, model))
    return bad(report, name + " is not an ONNX model: protobuf cannot read it");
  if (!model.has_graph())
    return bad(report, name + " is not an ONNX model: it has no graph");
  if (auto opset = unknownOpset(model)) {
    report.status = ImportReport::Status::Unsupported;
    report.text = *opset + "\n";
    return {};
  }
  if (std::string found = usesUnknownOps(model) ? "" : check(model, path);
      !found.empty())
    return bad(report, name + " breaks the ONNX rules: " + found);

  context.loadDialect<arith::ArithDialect, func::FuncDialect,
                      linalg::LinalgDialect, math::MathDialect, scf::SCFDialect,
                      tensor::TensorDialect, model::ModelDialect>();
  OwningOpRef<ModuleOp> module =
      ModuleOp::create(NameLoc::get(StringAttr::get(&context, path)));
  setModuleAttributes(*module, path, bytes, options);
  Initializers initializers(*module, path, bytes, *scan);
  ImportOptions named = withFileNames(options, model.graph());
  GraphImporter importer(*module, model, initializers, named, report);
  LogicalResult imported = failure();
  try {
    imported = importer.importMain();
  } catch (const std::exception &e) { // schema functions of the ONNX library
    return bad(report, name + ": " + firstLine(e.what()));
  }
  if (failed(imported)) {
    if (report.status == ImportReport::Status::BadModel)
      report.text = name + ": " + report.text;
    return {};
  }
  if (std::string found = verifyModule(*module); !found.empty())
    return bad(report, name + ": " + found);
  return module;
}

} // namespace niello
