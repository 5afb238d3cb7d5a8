// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes as an ONNX file: the importer returns a verified module or a
// sentence, and nothing else.

#include "compiler/support/Registry.h"
#include "frontends/onnx/Onnx.h"

#include "mlir/IR/Verifier.h"
#include "mlir/InitAllDialects.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

using namespace mlir;

static MLIRContext &context() {
  static MLIRContext *context = [] {
    DialectRegistry registry;
    registerAllDialects(registry);
    niello::registerDialects(registry);
    auto *made = new MLIRContext(registry, MLIRContext::Threading::DISABLED);
    made->loadAllAvailableDialects();
    // Sentences are for a person; here only whether there is one matters.
    made->getDiagEngine().registerHandler(
        [](Diagnostic &) { return success(); });
    return made;
  }();
  return *context;
}

static void demand(bool holds, const char *what) {
  if (holds)
    return;
  fprintf(stderr, "%s\n", what);
  abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static int file = memfd_create("model.onnx", 0);
  static std::string path = "/proc/self/fd/" + std::to_string(file);
  demand(ftruncate(file, 0) == 0 &&
             pwrite(file, data, size, 0) == static_cast<ssize_t>(size),
         "cannot hand the bytes over");

  niello::ImportReport report;
  OwningOpRef<ModuleOp> module =
      niello::importOnnx(context(), path, niello::ImportOptions(), report);
  bool ok = report.status == niello::ImportReport::Status::Ok;
  demand(ok == static_cast<bool>(module), "status and module disagree");
  demand(ok || !report.text.empty(), "refused without a sentence");
  if (ok)
    demand(succeeded(verify(*module)), "imported a module that is not valid");
  return 0;
}
